import { generateSigningKey } from '../emulators/okta/signing-keys.ts';
import type { Fault } from '../simulator/environment.ts';
import {
  alterHeaders,
  alterJson,
  forgeTokens,
  intercept,
  rateLimitHeaders,
  redirectBy,
  reportStatus,
} from './faults/answers.ts';
import { changeOrg, changeServer } from './faults/configuration.ts';
import { allEndpoints, authorize, introspect, keys, rateLimitedEndpoints, token } from './targets.ts';

/** A key that Okta already publishes but does not sign with yet. */
const { publicJwk: nextKey } = await generateSigningKey();

/** The key in use is published late: the first answer of a run lacks it, later ones contain it. */
const laggingKeySet: Fault = (environment) => {
  let answers = 0;
  return intercept(keys[1], {
    transform(answer) {
      answers += 1;
      const { keys: published } = JSON.parse(answer.body) as { keys: object[] };
      return answers > 1 ? answer : { ...answer, body: JSON.stringify({ keys: published.slice(1) }) };
    },
  })(environment);
};

/** Less clock skew than the monitor tolerates. */
const smallSkewSeconds = 30;

const setCell = changeOrg((org) => ({ ...org, cell: 'okta.com:8' }));

/** How a healthy org can look. Monitors have mistaken each of these for a failure. */
export const healthyVariants: Readonly<Record<string, readonly Fault[]>> = {
  plain: [],
  'redirect by script': authorize.map((target) => redirectBy(target, 'script')),
  'redirect with a fragment': authorize.map((target) => redirectBy(target, 'fragment')),
  'self-submitting form': authorize.map((target) => redirectBy(target, 'form')),
  'token that meets all expectations': [
    changeServer('default', (server) => ({
      ...server,
      expects: { claims: ['sub', 'cid'], minLifetimeSeconds: 3_600 },
    })),
    forgeTokens({ claims: (claims) => ({ ...claims, aud: [claims.aud] }) }),
  ],
  'repeated rate-limit headers': rateLimitedEndpoints.map((target) =>
    alterHeaders(target, (headers) => ({ ...headers, ...rateLimitHeaders('2000 & 600', '1999 & 599') })),
  ),
  'rate-limit reset in the past': rateLimitedEndpoints.map((target) =>
    alterHeaders(target, (headers) => ({ ...headers, 'x-rate-limit-reset': '1' })),
  ),
  'incident on other cells': [setCell, reportStatus({ kind: 'incident', cells: ['okta.com:3', 'okta.com:18'] })],
  'planned maintenance': [setCell, reportStatus({ kind: 'planned', cells: ['okta.com:8'] })],
  // Okta lets these buckets exceed their limit for a while when it has capacity.
  'burst without a 429': [...authorize, ...token, ...introspect].map((target) =>
    alterHeaders(target, (headers) => ({ ...headers, 'x-rate-limit-remaining': '0' })),
  ),
  'key set that lags behind': [laggingKeySet],
  'keys of other types': keys.map((target) =>
    alterJson(target, ({ keys: published }) => ({ keys: [{ kty: 'EC', use: 'enc', kid: 'x' }, ...(published as [])] })),
  ),
  'small clock skew': [
    ...allEndpoints.map((target) =>
      alterHeaders(target, (headers) => ({
        ...headers,
        date: new Date(Date.now() + smallSkewSeconds * 1000).toUTCString(),
      })),
    ),
    forgeTokens({ claims: (claims) => ({ ...claims, iat: claims.iat + smallSkewSeconds }) }),
  ],
  'upcoming key rotation': keys.flatMap((target) => [
    alterJson(target, ({ keys: published }) => ({ keys: [nextKey, ...(published as object[])] })),
    alterHeaders(target, (headers) => ({ ...headers, 'cache-control': 'max-age=60, must-revalidate' })),
  ]),
};
