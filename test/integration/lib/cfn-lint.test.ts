import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { samples } from '../../support/synthesized.ts';

const isInstalled = spawnSync('cfn-lint', ['--version']).status === 0;

it.for(Object.entries(samples))('cfn-lint accepts the template of the %s configuration', (sample, { skip }) => {
  skip(!isInstalled, 'cfn-lint is not installed: pip install cfn-lint');
  const [name, { text }] = sample;
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'cfn-lint-')), `${name}.template.json`);
  writeFileSync(file, text);
  const { stdout, status } = spawnSync('cfn-lint', ['--', file], { encoding: 'utf8' });
  expect({ stdout, status }).toEqual({ stdout: '', status: 0 });
});
