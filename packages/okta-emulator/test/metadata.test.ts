import { describe, expect, it } from 'vitest';
import { startOktaEmulator } from '../src/index.ts';
import { createOktaClient } from './support/okta-client.ts';
import { openOkta } from './support/open-okta.ts';

const { okta, client } = await openOkta();

async function read(path: string) {
  const response = await client.request(path);
  return { response, body: (await response.json()) as Record<string, never> };
}

describe('discovery', () => {
  it('returns the Org server’s issuer without /oauth2, and its endpoints with it', async () => {
    const { body } = await read('/.well-known/openid-configuration');
    expect(body).toMatchObject({
      issuer: okta.origin,
      authorization_endpoint: `${okta.origin}/oauth2/v1/authorize`,
      token_endpoint: `${okta.origin}/oauth2/v1/token`,
      userinfo_endpoint: `${okta.origin}/oauth2/v1/userinfo`,
      registration_endpoint: `${okta.origin}/oauth2/v1/clients`,
      jwks_uri: `${okta.origin}/oauth2/v1/keys`,
      introspection_endpoint: `${okta.origin}/oauth2/v1/introspect`,
      revocation_endpoint: `${okta.origin}/oauth2/v1/revoke`,
      end_session_endpoint: `${okta.origin}/oauth2/v1/logout`,
      pushed_authorization_request_endpoint: `${okta.origin}/oauth2/v1/par`,
      response_modes_supported: ['query', 'fragment', 'form_post', 'okta_post_message'],
      id_token_signing_alg_values_supported: ['RS256'],
      code_challenge_methods_supported: ['S256'],
    });
  });

  it.each(['default', 'aus1a2b3c4d5e6f7g8h9'])(
    'returns the endpoints of the custom server %s under its issuer',
    async (id) => {
      const { body } = await read(`/oauth2/${id}/.well-known/openid-configuration`);
      const issuer = `${okta.origin}/oauth2/${id}`;
      expect(body).toMatchObject({
        issuer,
        token_endpoint: `${issuer}/v1/token`,
        jwks_uri: `${issuer}/v1/keys`,
        registration_endpoint: `${okta.origin}/oauth2/v1/clients`,
      });
    },
  );

  it('serves the OAuth document of a custom server before and after the issuer’s path', async () => {
    const before = await read('/.well-known/oauth-authorization-server/oauth2/default');
    const after = await read('/oauth2/default/.well-known/oauth-authorization-server');
    expect(before.body).toEqual(after.body);
    expect(before.body.issuer).toBe(okta.issuers.default);
  });

  it('lists client_credentials only in the OAuth document of a custom server', async () => {
    const paths = [
      '/.well-known/openid-configuration',
      '/.well-known/oauth-authorization-server',
      '/oauth2/default/.well-known/openid-configuration',
      '/oauth2/default/.well-known/oauth-authorization-server',
    ];
    const listing: string[] = [];
    for (const path of paths) {
      const grants: readonly string[] = (await read(path)).body.grant_types_supported ?? [];
      if (grants.includes('client_credentials')) listing.push(path);
    }
    expect(listing).toEqual(['/oauth2/default/.well-known/oauth-authorization-server']);
  });

  it('does not list custom scopes', async () => {
    const { body } = await read('/oauth2/default/.well-known/openid-configuration');
    expect(body.scopes_supported).not.toContain('monitor.read');
  });

  it.each([
    '/oauth2/ausNone/.well-known/openid-configuration',
    '/.well-known/oauth-authorization-server/oauth2/ausNone',
  ])('returns an error envelope for an unknown server at %s', async (path) => {
    const { response, body } = await read(path);
    expect(response.status).toBe(404);
    expect(body).toEqual({
      errorCode: 'E0000007',
      errorSummary: 'Not found: Resource not found: ausNone (AuthorizationServer)',
      errorLink: 'E0000007',
      errorId: expect.stringMatching(/^oae\w{22}$/),
      errorCauses: [],
    });
  });

  it.each(['/.well-known/openid-configuration', '/oauth2/default/.well-known/oauth-authorization-server'])(
    'returns an OAuth error in an envelope for an unknown client at %s',
    async (path) => {
      const { response, body } = await read(`${path}?client_id=0oaNobodyKnowsThis000`);
      expect(response.status).toBe(400);
      expect(body).toMatchObject({
        errorCode: 'invalid_client',
        errorSummary: 'Invalid value for `client_id` parameter',
        errorLink: 'invalid_client',
        errorCauses: [],
      });
      expect((await read(`${path}?client_id=${okta.clients.web.clientId}`)).response.status).toBe(200);
    },
  );

  it('returns the organization and its engine', async () => {
    const { body } = await read('/.well-known/okta-organization');
    expect(body).toEqual({
      id: expect.stringMatching(/^00o\w{17}$/),
      _links: { organization: { href: okta.origin } },
      cell: 'ok8',
      pipeline: 'idx',
    });
  });
});

describe('keys', () => {
  it.each(['/oauth2/v1/keys', '/oauth2/default/v1/keys', '/oauth2/aus1a2b3c4d5e6f7g8h9/v1/keys'])(
    'publishes two public keys at %s',
    async (path) => {
      const { body } = await read(path);
      const keys: readonly Record<string, unknown>[] = body.keys ?? [];
      expect(keys).toHaveLength(2);
      for (const key of keys) {
        expect(Object.keys(key).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
        expect(key).toMatchObject({ alg: 'RS256', kty: 'RSA', use: 'sig' });
      }
    },
  );

  it('allows caching of the keys until their rotation', async () => {
    let nowMs = Date.UTC(2026, 0, 1);
    await using other = await startOktaEmulator({ now: () => nowMs });
    const otherClient = createOktaClient(other);
    const maxAge = async () => {
      const { headers } = await otherClient.request('/oauth2/default/v1/keys');
      const seconds = Number(/^max-age=(\d+), must-revalidate$/.exec(headers.get('cache-control') ?? '')?.[1]);
      expect(Date.parse(headers.get('expires') ?? '') - Date.parse(headers.get('date') ?? '')).toBe(seconds * 1000);
      return seconds;
    };
    const first = await maxAge();
    nowMs += 86_400_000;
    expect(await maxAge()).toBe(first - 86_400);
    await otherClient.close();
  });
});

describe('every response', () => {
  it('has a unique request id', async () => {
    const ids = new Set<string | null>();
    for (const path of ['/.well-known/openid-configuration', '/oauth2/v1/keys', '/nowhere', '/api/v1/users']) {
      ids.add((await client.request(path)).headers.get('x-okta-request-id'));
    }
    expect(ids.size).toBe(4);
    expect(ids).not.toContain(null);
  });

  it('keeps the connection open for the next request', async () => {
    const { headers } = await client.request('/oauth2/v1/keys');
    expect(headers.get('connection')).toBe('keep-alive');
  });
});
