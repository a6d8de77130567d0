import { decodeJwt } from 'jose';
import { expectJson, fetchWithToken, ProbeFailure } from '../findings/probe-failure.ts';
import { defineProbe } from '../model/probe.ts';
import { endpointUrl } from '../okta/endpoints.ts';
import { missingClaim } from './verify.ts';

/**
 * Reads the user's claims with the user's access token (OpenID Connect Core 1.0, 5.3): the same subject as in the ID token,
 * and what applications expect of it. A thin ID token leaves claims to this endpoint.
 */
export const userinfo = defineProbe({
  id: 'userinfo',
  question: 'Does the userinfo endpoint describe the user who signed in?',
  group: 'journey',
  scope: 'server',
  requires: ['user', 'web'],
  inputs: ['userTokens'],
  requests: ['userinfo'],
  timed: false,
  metrics: {},
  async run({ org, server, fetch, inputs: { userTokens } }) {
    const url = endpointUrl(org.domain, server, 'userinfo');
    const headers = { accept: 'application/json' };
    const answer = await fetchWithToken(userTokens.access, url, { headers }, fetch);
    // The application asks for it (OpenID Connect Core 1.0, 5.3.2). Its key would have to be looked up too.
    if (answer.status === 200 && answer.headers.get('content-type')?.startsWith('application/jwt'))
      return { readings: {}, notes: ['not checked: the endpoint signs its answer'] };
    const claims = await expectJson(answer);
    const { subject } = { subject: claims.sub, ...subjectIn(userTokens.id) };
    if (claims.sub === undefined || claims.sub !== subject)
      throw new ProbeFailure('userinfo-mismatch', {
        comparisons: [
          {
            ...{ name: 'sub at userinfo', expected: 'that of the ID token' },
            found: claims.sub === undefined ? 'missing' : 'another one',
          },
        ],
      });
    const missing = (server.expects?.userinfo ?? []).filter(
      (name) => claims[name] === undefined || claims[name] === null,
    );
    if (missing.length > 0)
      throw new ProbeFailure('userinfo-claim-missing', {
        detail: `missing: ${missing.join(', ')}`,
        comparisons: missing.map(missingClaim),
      });
    return { readings: {} };
  },
});

/** Empty if it has none. Trap: not verified. The probe of the ID token does both. */
function subjectIn(idToken: string): { readonly subject?: string } {
  try {
    const { sub } = decodeJwt(idToken);
    return sub === undefined ? {} : { subject: sub };
  } catch {
    return {};
  }
}
