import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { writeReport } from '../../../../local/cli/write-report.ts';
import { UsageError } from '../../../../local/runner/select.ts';

it('a report is written, and a file that cannot be is a mistake in the command line', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'okta-synthetics-report-'));
  writeReport(path.join(folder, 'a.xml'), '<a/>');
  expect(readFileSync(path.join(folder, 'a.xml'), 'utf8')).toBe('<a/>');
  const missing = path.join(folder, 'missing', 'a.xml');
  expect(() => writeReport(missing, '<a/>')).toThrow(
    new UsageError(`${missing} cannot be written (ENOENT): check its folder.`),
  );
});
