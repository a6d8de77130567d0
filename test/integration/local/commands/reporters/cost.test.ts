import { expect, it } from 'vitest';
import { estimateCost } from '../../../../../lib/cost/estimate-cost.ts';
import { formatCost } from '../../../../../local/commands/cost.ts';
import { samples } from '../../../../support/synthesized.ts';

it('the cost report lists requests by bucket with their share of the default limit, and unlimited requests last', () => {
  const cost = estimateCost(JSON.parse(samples.example?.text ?? ''));
  const text = formatCost(cost);
  expect(text).toMatch(/acme +\/api\/v1\/users +60 +0\.17 %/);
  expect(text).toMatch(new RegExp(`acme +no rate limit +${cost.load.at(-1)?.requestsPerHour}\n`));
});
