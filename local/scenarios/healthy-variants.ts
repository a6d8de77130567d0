import { generateSigningKey } from '../emulators/okta/signing-keys.ts';
import type { Fault } from '../simulator/environment.ts';
import { altersHeaders, altersJson, limitHeaders, redirectsBy } from './faults/answers.ts';
import { org, server } from './faults/events.ts';
import { authorize, everywhere, introspect, keys, limited, token } from './targets.ts';

/** A key that Okta has made ready, and does not sign with yet. */
const { publicJwk: nextKey } = await generateSigningKey();

/** The key in use reaches the key set a moment late: the first answer of a run lacks it, the next has it. */
const laggingKeys: Fault = ({ okta }) => {
  let answers = 0;
  return {
    restore: okta.intercept(
      { path: keys[1].path },
      {
        transform(answer) {
          answers += 1;
          const { keys: published } = JSON.parse(answer.body) as { keys: object[] };
          return answers > 1 ? answer : { ...answer, body: JSON.stringify({ keys: published.slice(1) }) };
        },
      },
    ),
  };
};

/** Within what every clock may be off by. */
const halfAMinute = 30;

/**
 * How a healthy org may look, besides plain: none of it is a failure, and monitors have taken each for one.
 */
export const healthyVariants: Readonly<Record<string, readonly Fault[]>> = {
  plain: [],
  'a redirect by script': authorize.map((site) => redirectsBy(site, 'script')),
  'a redirect with a fragment': authorize.map((site) => redirectsBy(site, 'fragment')),
  'a form that posts itself': authorize.map((site) => redirectsBy(site, 'form')),
  'a token that is as expected': [
    server('default', (one) => ({ ...one, expects: { claims: ['sub', 'cid'], minLifetimeSeconds: 3_600 } })),
    ({ okta }) => ({
      restore: okta.alterTokens('default', { claims: (claims) => ({ ...claims, aud: [claims.aud] }) }),
    }),
  ],
  'doubled rate-limit headers': limited.map((site) =>
    altersHeaders(site, (headers) => ({ ...headers, ...limitHeaders('2000 & 600', '1999 & 599') })),
  ),
  'a reset in the past': limited.map((site) =>
    altersHeaders(site, (headers) => ({ ...headers, 'x-rate-limit-reset': '1' })),
  ),
  'an incident elsewhere': [
    org((one) => ({ ...one, cell: 'okta.com:8' })),
    ({ okta }) => {
      okta.setStatus({ kind: 'incident', cells: ['okta.com:3', 'okta.com:18'] });
      return { restore: () => okta.setStatus({ kind: 'operational' }) };
    },
  ],
  'maintenance to come': [
    org((one) => ({ ...one, cell: 'okta.com:8' })),
    ({ okta }) => {
      okta.setStatus({ kind: 'planned', cells: ['okta.com:8'] });
      return { restore: () => okta.setStatus({ kind: 'operational' }) };
    },
  ],
  // Okta lets these go beyond their limit for a while, where it has capacity.
  'a burst without a 429': [...authorize, ...token, ...introspect].map((site) =>
    altersHeaders(site, (headers) => ({ ...headers, 'x-rate-limit-remaining': '0' })),
  ),
  'a key set that lags': [laggingKeys],
  'keys of other kinds': keys.map((site) =>
    altersJson(site, ({ keys: published }) => ({ keys: [{ kty: 'EC', use: 'enc', kid: 'x' }, ...(published as [])] })),
  ),
  'clocks a little apart': [
    ...everywhere.map((site) =>
      altersHeaders(site, (headers) => ({
        ...headers,
        date: new Date(Date.now() + halfAMinute * 1000).toUTCString(),
      })),
    ),
    ({ okta }) => ({
      restore: okta.alterTokens('default', { claims: (claims) => ({ ...claims, iat: claims.iat + halfAMinute }) }),
    }),
  ],
  'a rotation to come': keys.flatMap((site) => [
    altersJson(site, ({ keys: published }) => ({ keys: [nextKey, ...(published as object[])] })),
    altersHeaders(site, (headers) => ({ ...headers, 'cache-control': 'max-age=60, must-revalidate' })),
  ]),
};
