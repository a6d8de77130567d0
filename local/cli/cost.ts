/**
 * Estimates the monthly cost of a configuration and its requests to Okta: `npm run cost`.
 *
 * Exits with 1 for an invalid configuration, with 2 for an invalid flag.
 */
import { parseArgs } from 'node:util';
import { loadConfig } from '../../lib/config/load-config.ts';
import { estimateCost } from '../../lib/cost/estimate-cost.ts';
import { formatCost } from '../reporters/cost.ts';
import { synthesize } from '../simulator/synthesize.ts';
import { runCommand } from './command.ts';

const usage = `Usage: npm run cost -- [--config <path>] [--json]

  --config <path>  the configuration file (default: lib/config/example.jsonc)
  --json           print JSON instead of text
  --help           print this help
`;

const options = {
  config: { type: 'string', default: 'lib/config/example.jsonc' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

function run({ config, json }: { readonly config: string; readonly json: boolean }): number {
  const cost = estimateCost(synthesize(loadConfig(config)).template);
  process.stdout.write(`${json ? JSON.stringify(cost, null, 2) : formatCost(cost)}\n`);
  return 0;
}

await runCommand({ usage, flags: () => parseArgs({ options }).values, run });
