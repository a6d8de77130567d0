import { describe, expect, it } from 'vitest';
import { compareDiscovery } from '../../../../functions/okta/discovery.ts';
import { bucketOf, endpointUrl, issuerOf, locate } from '../../../../functions/okta/endpoints.ts';
import { cacheSeconds, parseKeySet, signingKeyIds } from '../../../../functions/okta/key-set.ts';

describe('endpoints', () => {
  it('builds Org server endpoints with /oauth2, which the issuer does not have', () => {
    expect(issuerOf('acme.okta.com', 'org')).toBe('https://acme.okta.com');
    expect(endpointUrl('acme.okta.com', { id: 'org' }, 'token')).toBe('https://acme.okta.com/oauth2/v1/token');
  });

  it('builds custom server endpoints below the server id, with buckets that all custom servers share', () => {
    expect(endpointUrl('acme.okta.com', { id: 'aus1' }, 'introspect')).toBe(
      'https://acme.okta.com/oauth2/aus1/v1/introspect',
    );
    expect(bucketOf({ id: 'aus1' }, 'introspect')).toBe('/oauth2/{id}/v1');
    expect(locate('https://acme.okta.com/oauth2/aus1/v1/token')?.bucket).toBe('/oauth2/{id}/v1/token');
    expect(locate('https://acme.okta.com/oauth2/v1/token')).toEqual({
      endpoint: 'token',
      kind: 'org',
      bucket: '/oauth2/v1/token',
    });
  });

  it('returns no bucket for endpoints without a rate limit', () => {
    expect(locate('https://acme.okta.com/oauth2/default/v1/keys')).toMatchObject({
      endpoint: 'keys',
      bucket: undefined,
    });
    expect(locate('https://acme.okta.com/elsewhere')).toBeUndefined();
  });
});

describe('discovery', () => {
  const server = { id: 'default', issuer: 'https://login.acme.com/oauth2/default' };
  const document = (host: string) => ({
    issuer: server.issuer,
    authorization_endpoint: `https://${host}/oauth2/default/v1/authorize`,
    token_endpoint: `https://${host}/oauth2/default/v1/token`,
    jwks_uri: `https://${host}/oauth2/default/v1/keys`,
    introspection_endpoint: `https://${host}/oauth2/default/v1/introspect`,
  });

  it('accepts discovery endpoints on the issuer’s host or on the requested host', () => {
    expect(compareDiscovery(document('login.acme.com'), 'acme.okta.com', server)).toEqual([]);
    expect(compareDiscovery(document('acme.okta.com'), 'acme.okta.com', server)).toEqual([]);
  });

  it('reports a discovery document with another issuer or a missing endpoint', () => {
    const drifted = {
      ...document('acme.okta.com'),
      issuer: 'https://acme.okta.com/oauth2/default',
      jwks_uri: undefined,
    };
    expect(compareDiscovery(drifted, 'acme.okta.com', server)).toEqual([
      { member: 'issuer', expected: server.issuer, found: 'https://acme.okta.com/oauth2/default' },
      { member: 'jwks_uri', expected: 'https://login.acme.com/oauth2/default/v1/keys', found: undefined },
    ]);
  });
});

describe('a key set', () => {
  const rsa = { kty: 'RSA', kid: 'a', use: 'sig', n: 'x', e: 'AQAB' };

  it('accepts a key set with two signing keys, as before a rotation', () => {
    expect(signingKeyIds({ keys: [rsa, { ...rsa, kid: 'b' }] })).toEqual(['a', 'b']);
  });

  it('finds no signing key if the keys are for encryption, incomplete or missing', () => {
    expect(
      signingKeyIds({
        keys: [
          { ...rsa, use: 'enc' },
          { ...rsa, n: undefined },
          { kty: 'EC', kid: 'c' },
        ],
      }),
    ).toEqual([]);
    expect(parseKeySet({ keys: 'none' })).toBeUndefined();
    expect(parseKeySet({ keys: [null, 7, rsa] })).toEqual({ keys: [rsa] });
  });

  it('reads from the headers how long a key set may be cached', () => {
    expect(cacheSeconds(new Headers({ 'cache-control': 'max-age=3832304, must-revalidate' }))).toBe(3_832_304);
    expect(cacheSeconds(new Headers({ 'cache-control': 'no-cache, no-store' }))).toBe(0);
    expect(cacheSeconds(new Headers())).toBeUndefined();
  });
});
