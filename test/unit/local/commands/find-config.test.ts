import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { findConfig } from '../../../../local/commands/check/find-config.ts';
import { sharedOptions } from '../../../../local/commands/command.ts';

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'okta-synthetics-config-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  return folder;
}

const cdkJson = (config?: string) => JSON.stringify({ app: 'node app.ts', context: { config } });

describe('the configuration that a command without --config means', () => {
  it.each([
    ['is the one in cdk.json', { 'cdk.json': cdkJson('acme.jsonc'), 'my.jsonc': '{}' }, 'acme.jsonc'],
    [
      'is my.jsonc, if cdk.json has the example',
      { 'cdk.json': cdkJson(sharedOptions.config.default), 'my.jsonc': '{}' },
      'my.jsonc',
    ],
    ['is my.jsonc, if cdk.json has none', { 'cdk.json': cdkJson(), 'my.jsonc': '{}' }, 'my.jsonc'],
    ['is my.jsonc, if cdk.json cannot be read', { 'cdk.json': '{', 'my.jsonc': '{}' }, 'my.jsonc'],
    ['is none, and never the example', { 'cdk.json': cdkJson(sharedOptions.config.default) }, undefined],
    ['is none in an empty folder', {}, undefined],
  ])('%s', (_, files, expected) => {
    expect(findConfig(folderWith(files))).toBe(expected);
  });
});
