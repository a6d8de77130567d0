import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const cost = (...flags: string[]) => promisify(execFile)(process.execPath, ['local/cli/cost.ts', ...flags]);

it('npm run cost prints the bill of the example, and JSON for scripts', async () => {
  const { stdout } = await cost();
  expect(stdout).toMatch(/custom metrics +15 +4\.50/);
  expect(stdout).toMatch(/together +\d+\.\d\d/);
  expect(stdout).toMatch(/one CloudWatch Synthetics canary each minute, its runs alone +43,200 +51\.84/);
  expect(stdout).toMatch(/acme +\/oauth2\/v1\/token +60 +0\.05 %/);
  expect(stdout).toMatch(/15 metrics, \d+ alarms, 96,480 invocations a month/);
  const { dollars, lines } = JSON.parse((await cost('--json')).stdout);
  expect(stdout).toContain(dollars.toFixed(2));
  expect(lines.length).toBeGreaterThan(5);
});

it('npm run cost ends in 2 for a wrong flag', async () => {
  await expect(cost('--cheaper')).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Usage: npm run cost'),
  });
});
