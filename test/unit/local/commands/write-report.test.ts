import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { writeReport } from '../../../../local/commands/command.ts';
import { reportDocument } from '../../../../local/commands/report/report-document.ts';
import { toJunit } from '../../../../local/commands/reporters/pipelines.ts';
import { UsageError } from '../../../../local/lab/result.ts';

const newFolder = () => mkdtempSync(path.join(tmpdir(), 'okta-synthetics-report-'));

it('a report is written, and a file that cannot be is a mistake in the command line', () => {
  const folder = newFolder();
  writeReport(path.join(folder, 'a.xml'), '<a/>');
  expect(readFileSync(path.join(folder, 'a.xml'), 'utf8')).toBe('<a/>');
  const missing = path.join(folder, 'missing', 'a.xml');
  expect(() => writeReport(missing, '<a/>')).toThrow(
    new UsageError(`${missing} cannot be written (ENOENT): check its folder.`),
  );
});

it('a report replaces an earlier one or an empty file, and no file of somebody', () => {
  const file = path.join(newFolder(), 'report');
  const sound = [toJunit({ command: 'check', results: [], seconds: 1 }), reportDocument([], 0)];
  writeFileSync(file, '');
  for (const text of sound) {
    writeReport(file, text);
    expect(readFileSync(file, 'utf8')).toBe(text);
  }
  writeFileSync(file, '{ "orgs": [] }');
  expect(() => writeReport(file, '<a/>')).toThrow(`${file} exists and is no report of this tool: name another file.`);
  expect(readFileSync(file, 'utf8')).toBe('{ "orgs": [] }');
});
