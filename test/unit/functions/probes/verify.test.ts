import { UnsecuredJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { ProbeFailure } from '../../../../functions/findings/probe-failure.ts';
import type { ProbeContext } from '../../../../functions/model/probe.ts';
import { factsOf, shownValue } from '../../../../functions/okta/access-token.ts';
import { signatureProblem, verify } from '../../../../functions/probes/verify.ts';
import { buildOrg } from '../../../support/build-config.ts';
import { chatMarkup, unprintable } from '../../../support/hostile-text.ts';
import {
  accessClaims,
  judgedAt,
  publishedKeys,
  signed,
  signedWithSecret,
  unsigned,
} from '../../../support/made-tokens.ts';

const org = buildOrg({
  service: { clientId: '0oaService', secret: 'acme/key' },
  servers: [{ id: 'default', audience: 'api://default', scopes: ['orders.read'] }],
});
const [server] = org.servers;

/** The probe's finding for this token, or `passed`. */
async function judged(value: string | Promise<string>) {
  const inputs = { token: { value: await value, type: 'bearer' }, keys: publishedKeys };
  const context = { org, server, now: () => judgedAt * 1000, inputs, fetch: async () => Response.json(publishedKeys) };
  try {
    await verify.run(context as unknown as ProbeContext);
    return { code: 'passed' };
  } catch (error) {
    if (error instanceof ProbeFailure) return error;
    throw error;
  }
}

const fresh = { ...accessClaims, iat: judgedAt };

describe('a new access token', () => {
  it('passes if a service would accept it', async () => {
    expect((await judged(signed(fresh))).code).toBe('passed');
  });

  it.each([
    ['was issued to another client', { cid: '0oaAnother' }, 'malformed-answer'],
    ['was issued to no client', { cid: undefined }, 'claim-missing'],
    ['was issued to a list that has the client', { cid: ['0oaService'] }, 'malformed-answer'],
    ['is of another server of the org', { iss: 'https://acme.okta.com/oauth2/aus1' }, 'issuer-mismatch'],
    ['is of a host that begins with that of the org', { iss: `${accessClaims.iss}.evil.example` }, 'issuer-mismatch'],
    ['is for another audience', { aud: 'api://another' }, 'audience-mismatch'],
    ['lacks a scope', { scp: ['openid'] }, 'scope-missing'],
  ])('fails if it %s', async (_, change, code) => {
    expect((await judged(signed({ ...fresh, ...change }))).code).toBe(code);
  });

  it('fails if it is signed with another algorithm, even by the published key', async () => {
    for (const alg of ['PS256', 'RS512']) {
      expect((await judged(signed(fresh, { header: { alg } }).catch(() => withAlgorithm(alg)))).code).toBe(
        'algorithm-unexpected',
      );
    }
    expect((await judged(signedWithSecret(fresh))).code).toBe('algorithm-unexpected');
    expect((await judged(unsigned(fresh))).code).not.toBe('passed');
  });

  it('fails if another key has signed it', async () => {
    expect((await judged(signed(fresh, { byStranger: true }))).code).toBe('signature-invalid');
  });
});

/** A token whose header names an algorithm with which it was not signed. */
async function withAlgorithm(alg: string): Promise<string> {
  const [, ...others] = (await signed(fresh)).split('.');
  const header = Buffer.from(JSON.stringify({ alg, kid: 'published-key' })).toString('base64url');
  return [header, ...others].join('.');
}

describe('the shown facts of a token', () => {
  it.each([...unprintable, ...chatMarkup, 'jane@example.com', 'x'.repeat(201)])(
    'has none of its values that are no identifier and no address: %j',
    async (text) => {
      const token = await signed(
        { ...fresh, iss: text, aud: [text], scp: [text], [text]: 1 },
        { header: { kid: text } },
      );
      const [, payload] = token.split('.');
      const named = Buffer.from(JSON.stringify({ alg: text, kid: text })).toString('base64url');
      const facts = factsOf(`${named}.${payload}.x`);
      expect(facts).toMatchObject({ alg: 'not shown', kid: 'not shown', issuer: 'not shown', audience: 'not shown' });
      expect(facts?.scopes).toEqual(['not shown']);
      expect(JSON.stringify([facts, await judged(token)])).not.toContain(JSON.stringify(text).slice(1, -1));
      const keys = { keys: [{ kty: 'RSA', kid: text, use: 'sig' }] };
      const problem = signatureProblem('ERR_JWKS_NO_MATCHING_KEY', { value: token }, keys);
      expect(JSON.stringify(problem)).not.toContain(JSON.stringify(text).slice(1, -1));
    },
  );

  it('is no object, whatever its members are', () => {
    const values: readonly unknown[] = [{ toString: 1 }, [{ toString: null, valueOf: 1 }], [[['x']]], null, {}, ''];
    for (const value of values) {
      expect(shownValue(value)).toBe('not shown');
      expect(factsOf(new UnsecuredJWT({ ...fresh, aud: value as never }).encode())?.audience).toBe('not shown');
    }
  });
});
