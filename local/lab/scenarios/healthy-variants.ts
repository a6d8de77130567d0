import { generateSigningKey } from '../../../packages/okta-emulator/src/index.ts';
import type { Fault } from '../simulation/environment.ts';
import {
  alterJson,
  alterKeys,
  forgeTimes,
  forgeTokens,
  rateLimitHeaders,
  redirectBy,
  replaceHeaders,
  reportStatus,
  shiftDate,
} from './faults/answers.ts';
import { changeOrg, changeServer } from './faults/configuration.ts';
import { alterSignIn, alterUser, signInWithCode } from './faults/test-user.ts';
import {
  allEndpoints,
  at,
  atEach,
  authenticatingEndpoints,
  authorize,
  discovery,
  type FaultAt,
  keys,
  organization,
  rateLimitedEndpoints,
  signIn,
  verify,
} from './targets.ts';

/** A key that Okta already publishes but does not sign with yet. */
const { publicJwk: nextKey } = await generateSigningKey();

const publishNextKey = alterKeys((published) => [nextKey, ...published]);

const expireSoon = replaceHeaders(() => ({ 'cache-control': 'max-age=60, must-revalidate' }));

/** The key in use is published late: the first answer of a run lacks it, later ones contain it. */
const publishLate: FaultAt = (environment, target) => {
  let answers = 0;
  return alterKeys((published) => {
    answers += 1;
    return published.slice(answers > 1 ? 0 : 1);
  })(environment, target);
};

/** Legal, and the same URLs: host names have no case, and 443 is the default. */
const spellDifferently = alterJson((body) =>
  Object.fromEntries(
    Object.entries(body).map(([name, value]) => [
      name,
      typeof value === 'string' && name !== 'issuer' ? value.replace('https://localhost', 'HTTPS://LOCALHOST') : value,
    ]),
  ),
);

/** Less clock skew than the monitor tolerates. */
const smallSkewSeconds = 30;

/** A sign-in at Classic Engine. */
const classic = alterSignIn({ engine: 'classic' });

const setCell = changeOrg((org) => ({ ...org, cell: 'okta.com:8' }));

/** How a healthy org can look. Monitors have mistaken each of these for a failure. */
export const healthyVariants: Readonly<Record<string, readonly Fault[]>> = {
  plain: [],
  'redirect by script': atEach(authorize, redirectBy('script')),
  'redirect with a fragment': atEach(authorize, redirectBy('fragment')),
  'self-submitting form': atEach(authorize, redirectBy('form')),
  'token that meets all expectations': [
    at(verify, changeServer({ expects: { claims: ['sub', 'cid'], minLifetimeSeconds: 3_600 } })),
    forgeTokens({ claims: (claims) => ({ ...claims, aud: [claims.aud] }) }),
  ],
  'repeated rate-limit headers': atEach(
    rateLimitedEndpoints,
    replaceHeaders(() => rateLimitHeaders('2000 & 600', '1999 & 599')),
  ),
  'rate-limit reset in the past': atEach(
    rateLimitedEndpoints,
    replaceHeaders(() => ({ 'x-rate-limit-reset': '1' })),
  ),
  'incident on other cells': [setCell, reportStatus({ kind: 'incident', cells: ['okta.com:3', 'okta.com:18'] })],
  'planned maintenance': [setCell, reportStatus({ kind: 'planned', cells: ['okta.com:8'] })],
  // Okta lets these buckets exceed their limit for a while when it has capacity.
  'burst without a 429': atEach(
    [...authorize, ...authenticatingEndpoints],
    replaceHeaders(() => ({ 'x-rate-limit-remaining': '0' })),
  ),
  'key set that lags behind': [at(keys[1], publishLate)],
  'keys of other types': atEach(
    keys,
    alterKeys((published) => [{ kty: 'EC', use: 'enc', kid: 'x' }, ...published]),
  ),
  'the same key twice': atEach(
    keys,
    alterKeys((published) => [...published, ...published]),
  ),
  'capitals and default ports': atEach(discovery, spellDifferently),
  'old Date, and its Age': atEach(
    [organization, ...discovery, ...keys],
    replaceHeaders(() => ({ date: new Date(Date.now() - 600_000).toUTCString(), age: '600' })),
  ),
  'reset as a date': atEach(
    rateLimitedEndpoints,
    replaceHeaders(() => ({ 'x-rate-limit-reset': new Date(Date.now() + 30_000).toUTCString() })),
  ),
  'reset in milliseconds': atEach(
    rateLimitedEndpoints,
    replaceHeaders(() => ({ 'x-rate-limit-reset': String(Date.now() + 30_000) })),
  ),
  'small clock skew': [...atEach(allEndpoints, shiftDate(smallSkewSeconds)), forgeTimes({ iat: smallSkewSeconds })],
  'Classic Engine': [classic],
  'one-time code': [at(signIn, signInWithCode())],
  'one-time code, Classic Engine': [classic, at(signIn, signInWithCode())],
  'password on the second page': [alterSignIn({ passwordOnFirstPage: false })],
  'questions that may be skipped': [
    alterSignIn({ deviceChallenge: true, keepMeSignedInPrompt: true }),
    at(signIn, alterUser({ passwordExpiresInDays: 3 })),
  ],
  'rotating refresh tokens': [alterSignIn({ refreshTokenRotation: 'ROTATE', refreshTokenLeewaySeconds: 0 })],
  'refresh tokens that stay': [alterSignIn({ refreshTokenRotation: 'STATIC' })],
  'upcoming key rotation': [...atEach(keys, publishNextKey), ...atEach(keys, expireSoon)],
};
