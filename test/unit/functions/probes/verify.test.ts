import type { JWTPayload } from 'jose';
import { describe, expect, it } from 'vitest';
import { ProbeFailure } from '../../../../functions/diagnosis/probe-failure.ts';
import type { ProbeContext } from '../../../../functions/model/probe.ts';
import { verify } from '../../../../functions/probes/verify.ts';
import { fullOrg } from '../../../support/full-org.ts';
import {
  accessClaims,
  issuer,
  judgedAt,
  publishedKeys,
  signed,
  signedWithSecret,
  unsigned,
} from '../../../support/made-tokens.ts';

const service = {
  ...{ clientId: '0oaService', authentication: 'private_key_jwt', secret: 'acme/key' },
  scopes: ['orders.read'],
} as const;

/** The code of the finding about a token, or `passed`. */
async function judged(value: string): Promise<string> {
  const context = {
    ...{ org: fullOrg, server: { id: 'default', issuer, audience: 'api://default', service } },
    ...{ now: () => judgedAt * 1000, inputs: { token: { value, type: 'Bearer' }, keys: publishedKeys } },
    fetch: async () => Response.json(publishedKeys),
  } as unknown as Parameters<typeof verify.run>[0] & ProbeContext;
  try {
    await verify.run(context);
    return 'passed';
  } catch (error) {
    if (!(error instanceof ProbeFailure)) throw error;
    return error.code;
  }
}

describe('the access token of a custom server', () => {
  const withClaims = (claims: JWTPayload) => signed({ ...accessClaims, ...claims });

  it('passes if a service would accept it', async () => {
    expect(await judged(await withClaims({}))).toBe('passed');
  });

  it.each<[string, Promise<string> | string, string]>([
    ['of another issuer', withClaims({ iss: 'https://acme.okta.com/oauth2/other' }), 'issuer-mismatch'],
    ['for another audience', withClaims({ aud: 'api://other' }), 'audience-mismatch'],
    ['of another client', withClaims({ cid: '0oaOther' }), 'malformed-answer'],
    ['without a client', withClaims({ cid: undefined }), 'claim-missing'],
    ['by an algorithm that Okta does not use', signedWithSecret(accessClaims), 'algorithm-unexpected'],
    ['without a signature', unsigned(accessClaims), 'algorithm-unexpected'],
    ['by a stranger', signed(accessClaims, { byStranger: true }), 'signature-invalid'],
  ])('fails %s', async (_, token, code) => {
    expect(await judged(await token)).toBe(code);
  });
});
