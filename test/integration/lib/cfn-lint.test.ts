import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { App } from 'aws-cdk-lib';
import { expect, it } from 'vitest';
import { samples } from '../../support/synthesized.ts';

const isInstalled = spawnSync('cfn-lint', ['--version']).status === 0;

it.for(Object.entries(samples))('cfn-lint accepts every template of the %s configuration', (sample, { skip }) => {
  skip(!isInstalled, 'cfn-lint is not installed: pip install cfn-lint');
  const [, { stack }] = sample;
  const { directory } = (stack.node.root as App).synth();
  const files = readdirSync(directory).filter((file) => file.endsWith('.template.json'));
  const paths = files.map((file) => path.join(directory, file));
  const { stdout, status } = spawnSync('cfn-lint', ['--', ...paths], { encoding: 'utf8' });
  expect({ stdout, status }).toEqual({ stdout: '', status: 0 });
});
