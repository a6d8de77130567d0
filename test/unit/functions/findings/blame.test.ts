import { expect, it } from 'vitest';
import { blameOf } from '../../../../functions/findings/blame.ts';
import type { Exchange } from '../../../../functions/model/exchange.ts';

const answer = (status: number, requestId?: string): Exchange => ({
  ...{ method: 'POST', url: 'https://acme.okta.com/oauth2/v1/token', at: '', phases: {}, status },
  ...{ sender: { mediaType: 'application/json' }, ...(requestId !== undefined && { requestId }) },
});

it.each([
  [400, 'Refused by Okta'],
  [401, 'Refused by Okta'],
  [499, 'Refused by Okta'],
  [500, "Okta's fault"],
  [200, "Okta's fault"],
])('an answer of Okta with status %i begins with "%s"', (status, words) => {
  expect(blameOf({ domain: 'okta' }, answer(status, 'aB3dE6gH9jK2mN5p'))).toBe(words);
});

it('an answer below 500 that does not show its sender is not said to be refused by Okta', () => {
  expect(blameOf({ domain: 'okta' }, answer(400))).not.toBe('Refused by Okta');
});

it('a finding of another domain has the words of that domain', () => {
  expect(blameOf({ domain: 'configuration' }, answer(400, 'aB3dE6gH9jK2mN5p'))).toBe('Configuration fault');
});

it.each([
  ['okta', 'okta', "Okta's fault"],
  ['okta', 'okta or administrators', "Okta's or its administrators' fault"],
  ['network', 'custom domain', 'Fault of the custom domain'],
  ['monitor', 'our way', "Monitor's fault"],
  ['network', 'our way', 'Network fault'],
] as const)('a failure in the domain %s that shows %s to be at fault begins with "%s"', (domain, suspect, words) => {
  expect(blameOf({ domain, suspect }, answer(502))).toBe(words);
});
