import { expect, it } from 'vitest';
import { loadConfig } from '../../../../lib/config/load-config.ts';
import { estimateCost } from '../../../../lib/cost/estimate-cost.ts';
import { cost } from '../../../../local/commands/cost.ts';
import { synthesize } from '../../../../local/self-hosted/synthesize.ts';
import { runCommand } from '../../../support/run-command.ts';

const estimate = estimateCost(synthesize(loadConfig('lib/config/example.jsonc')).template);

it('npm run cost prints the bill of the example with its total', async () => {
  const { code, stdout } = await runCommand(cost);
  expect(code).toBe(0);
  for (const { item } of estimate.lines) expect(stdout).toContain(item);
  expect(stdout).toContain(estimate.dollars.toFixed(2));
  expect(stdout).toMatch(new RegExp(`${estimate.metrics} metrics, ${estimate.alarms} alarms, `));
  expect(stdout).toMatch(/acme +\/oauth2\/v1\/token +\d+ +\d\.\d\d %/);
});

it('npm run cost prints JSON for scripts', async () => {
  expect(JSON.parse((await runCommand(cost, '--json')).stdout)).toEqual(JSON.parse(JSON.stringify(estimate)));
});
