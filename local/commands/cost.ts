/** Estimates what a configuration costs a month before it is deployed, and its load on Okta: `npm run cost`. */
import { loadConfig } from '../../lib/config/load-config.ts';
import { estimateCost } from '../../lib/cost/estimate-cost.ts';
import { synthesize } from '../self-hosted/synthesize.ts';
import { defineCommand, sharedOptions } from './command.ts';
import { formatCost } from './reporters/cost.ts';

const { config, json } = sharedOptions;

export const cost = defineCommand({
  name: 'cost',
  options: { config, json },
  run(values, { stdout }) {
    const estimate = estimateCost(synthesize(loadConfig(values.config)).template);
    stdout.write(`${values.json ? JSON.stringify(estimate, null, 2) : formatCost(estimate)}\n`);
    return 0;
  },
});
