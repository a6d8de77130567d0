import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { findChromium } from '../../../../local/commands/picture.ts';

it('Chromium is the one that CHROMIUM_PATH names, or one in the PATH, if it can be run', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'okta-synthetics-chromium-'));
  const file = path.join(folder, 'chromium');
  writeFileSync(file, '');
  expect(findChromium({ CHROMIUM_PATH: file })).toBeUndefined();
  chmodSync(file, 0o755);
  expect(findChromium({ CHROMIUM_PATH: file })).toBe(file);
  expect(findChromium({ PATH: `/nowhere${path.delimiter}${folder}` })).toBe(file);
  // What is named and is not there is not replaced by another one.
  expect(findChromium({ CHROMIUM_PATH: '/nowhere/chromium', PATH: folder })).toBeUndefined();
  rmSync(folder, { recursive: true });
});
