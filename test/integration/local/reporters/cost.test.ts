import { expect, it } from 'vitest';
import { estimateCost } from '../../../../lib/cost/estimate-cost.ts';
import { formatCost } from '../../../../local/reporters/cost.ts';
import { samples } from '../../../support/synthesized.ts';

it('the load is told by bucket and as a share of the default limit, and what costs no limit last', () => {
  const text = formatCost(estimateCost(JSON.parse(samples.example?.text ?? '')));
  expect(text).toMatch(/acme +\/api\/v1\/users +60 +0\.17 %/);
  expect(text).toMatch(/acme +no limit +312\n/);
});
