import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const cost = (...flags: string[]) => promisify(execFile)(process.execPath, ['local/cli/cost.ts', ...flags]);

it('npm run cost prints the cost of the example, as text or as JSON', async () => {
  const { stdout } = await cost();
  const { dollars, metrics, alarms, invocations, lines } = JSON.parse((await cost('--json')).stdout);
  expect(stdout).toMatch(new RegExp(`custom metrics +${metrics} +\\d+\\.\\d\\d`));
  expect(stdout).toMatch(new RegExp(`total +${dollars.toFixed(2)}`));
  expect(stdout).toMatch(/one CloudWatch Synthetics canary every minute \(runs only\) +43,200 +51\.84/);
  expect(stdout).toMatch(/acme +\/oauth2\/v1\/token +60 +0\.05 %/);
  const count = invocations.toLocaleString('en-US');
  expect(stdout).toContain(`${metrics} metrics, ${alarms} alarms, ${count} invocations per month`);
  expect(lines.length).toBeGreaterThan(5);
});

it('npm run cost exits with 2 for an invalid flag', async () => {
  await expect(cost('--cheaper')).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Usage: npm run cost'),
  });
});
