import { describe, expect, it } from 'vitest';
import { openOkta } from './support/open-okta.ts';

const { okta, client } = await openOkta();

const api = (path: string, authorization?: string) =>
  client.request(path, { headers: authorization === undefined ? {} : { authorization } });

const collections = [
  ['/api/v1/users', 'okta.users.read'],
  ['/api/v1/groups', 'okta.groups.read'],
  ['/api/v1/apps', 'okta.apps.read'],
  ['/api/v1/logs', 'okta.logs.read'],
  ['/api/v1/authorizationServers', 'okta.authorizationServers.read'],
] as const;

describe('the management API', () => {
  it.each(collections)('returns %s for an API token and for a token with the scope %s', async (path, scope) => {
    const responses = await Promise.all([
      api(`${path}?limit=1`, `SSWS ${okta.apiToken}`),
      api(`${path}?limit=1`, `Bearer ${await client.orgToken(scope)}`),
    ]);
    for (const response of responses) {
      expect(response.status).toBe(200);
      expect(await response.json()).toHaveLength(1);
      expect(response.headers.get('link')).toContain('rel="self"');
    }
  });

  it('returns the signing key of each custom server', async () => {
    const response = await api('/api/v1/authorizationServers', `SSWS ${okta.apiToken}`);
    const servers = (await response.json()) as { id: string; credentials: { signing: { kid: string } } }[];
    expect(servers.map(({ id }) => id)).toEqual(['default', 'aus1a2b3c4d5e6f7g8h9']);
    const keys = (await (await client.request('/oauth2/default/v1/keys')).json()) as { keys: { kid: string }[] };
    expect(keys.keys.map(({ kid }) => kid)).toContain(servers[0]?.credentials.signing.kid);
  });

  const read = async (path: string) => {
    const response = await api(path, `SSWS ${okta.apiToken}`);
    return { response, body: (await response.json()) as readonly { id: string; profile?: { login?: string } }[] };
  };

  it('returns the keys of a custom server, as it publishes them', async () => {
    const { body } = await read('/api/v1/authorizationServers/default/credentials/keys');
    const { keys } = (await (await client.request('/oauth2/default/v1/keys')).json()) as { keys: { kid: string }[] };
    expect(body).toMatchObject([
      { kid: keys[0]?.kid, status: 'ACTIVE' },
      { kid: keys[1]?.kid, status: 'NEXT' },
    ]);
  });

  it.each(['monitor@example.com', 'MONITOR@EXAMPLE.COM', 'monitor%40example.com'])(
    'returns a user by the login %s',
    async (login) => {
      expect((await read(`/api/v1/users/${login}`)).body).toMatchObject({ profile: { login: okta.user.login } });
    },
  );

  it('returns the groups of a user and the users of a group', async () => {
    const { body: groups } = await read(`/api/v1/users/${okta.user.login}/groups`);
    expect(groups).toMatchObject([{ profile: { name: 'Everyone' } }, { profile: { name: 'Monitors' } }]);
    const { body: users } = await read(`/api/v1/groups/${groups[1]?.id}/users`);
    expect(users).toMatchObject([{ id: okta.user.id }]);
  });

  it.each([
    ['users?filter=status eq "SUSPENDED"', ['alan@example.com']],
    ['users?search=profile.firstName sw "A" and status eq "ACTIVE"', ['ada@example.com']],
    ['users?q=Mon', ['monitor@example.com']],
    ['users?q=onitor', []],
  ])('returns of %s only those', async (query, logins) => {
    const { body } = await read(`/api/v1/${query}`);
    expect(body.map(({ profile }) => profile?.login)).toEqual(logins);
  });

  it('returns groups by the beginning of their names', async () => {
    expect((await read('/api/v1/groups?q=every')).body).toMatchObject([{ profile: { name: 'Everyone' } }]);
  });

  it('pages through a collection by the links, which repeat the filter', async () => {
    const logins: unknown[] = [];
    let path: string | undefined = '/api/v1/users?limit=1&filter=status eq "ACTIVE"';
    while (path) {
      const { response, body } = await read(path);
      logins.push(...body.map(({ profile }) => profile?.login));
      path = /<([^>]+)>; rel="next"/.exec(response.headers.get('link') ?? '')?.[1];
    }
    expect(logins).toEqual(['monitor@example.com', 'two.factor@example.com', 'thin@example.com', 'ada@example.com']);
  });

  it.each([
    ['users?filter=status is "ACTIVE"', 'E0000031', /there is no operator "is"/],
    ['users?after=nobody', 'E0000029', /^Invalid cursor\.$/],
  ])('rejects %s and says why', async (query, errorCode, errorSummary) => {
    const { response, body } = await read(`/api/v1/${query}`);
    expect(response.status).toBe(400);
    expect(body).toMatchObject({ errorCode, errorCauses: [{ errorSummary: expect.stringMatching(errorSummary) }] });
  });

  it('returns one item of a collection', async () => {
    const { clientId } = okta.clients.service;
    const response = await api(`/api/v1/apps/${clientId}`, `SSWS ${okta.apiToken}`);
    expect(await response.json()).toMatchObject({ id: clientId, status: 'ACTIVE' });
  });

  it.each([
    ['a wrong API token', 'SSWS wrong', 401, 'E0000011', 'Invalid token provided'],
    ['no credentials', undefined, 403, 'E0000005', 'Invalid session'],
  ])('rejects %s with an error envelope', async (_, authorization, status, errorCode, errorSummary) => {
    const response = await api('/api/v1/users?limit=1', authorization);
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({
      errorCode,
      errorSummary,
      errorLink: errorCode,
      errorId: expect.stringMatching(/^oae/),
      errorCauses: [],
    });
  });

  it('rejects a token without the scope with a header and an empty body', async () => {
    const response = await api('/api/v1/users?limit=1', `Bearer ${await client.orgToken('okta.apps.read')}`);
    expect(response.status).toBe(403);
    expect(await response.text()).toBe('');
    const realm = okta.origin.replace('https', 'http');
    expect(response.headers.get('www-authenticate')).toBe(
      `Bearer authorization_uri="${realm}/oauth2/v1/authorize", realm="${realm}", scope="okta.users.read", ` +
        'error="insufficient_scope", error_description="The access token provided does not contain the required scopes.", ' +
        'resource="/api/v1/users"',
    );
  });

  it.each([
    ['text that is not a token', async () => 'gibberish', 'The access token is invalid.'],
    ['a token of a custom server', () => client.customToken(), 'The access token provided is not intended for Okta.'],
    [
      'a revoked token',
      async () => {
        const token = await client.orgToken();
        const path = '/oauth2/v1/revoke';
        const form = { token, ...(await client.assertion(okta.origin + path)) };
        await client.request(path, { method: 'POST', body: new URLSearchParams(form) });
        return token;
      },
      'The access token has been revoked.',
    ],
  ])('rejects %s with a header and an empty body', async (_, token, description) => {
    const response = await api('/api/v1/users?limit=1', `Bearer ${await token()}`);
    expect(response.status).toBe(401);
    expect(await response.text()).toBe('');
    expect(response.headers.get('www-authenticate')).toContain(
      `error="invalid_token", error_description="${description}"`,
    );
  });

  it.each([
    ['/api/v1/unicorns', 'GET', 404, 'E0000007'],
    ['/nowhere', 'GET', 404, 'E0000007'],
    ['/api/v1/users', 'DELETE', 405, 'E0000022'],
  ])('responds to %s by %s with %d', async (path, method, status, errorCode) => {
    const response = await client.request(path, { method, headers: { authorization: `SSWS ${okta.apiToken}` } });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ errorCode });
  });

  it('rejects a feature that the org has no license for, without rate-limit headers', async () => {
    const { response, body } = await read('/api/v1/device-posture-checks');
    expect(response.status).toBe(401);
    expect(body).toMatchObject({ errorCode: 'E0000015' });
    expect(response.headers.has('x-okta-request-id')).toBe(true);
    expect(response.headers.has('x-rate-limit-limit')).toBe(false);
    expect(response.headers.has('cache-control')).toBe(false);
  });

  it('rejects a request for anything but JSON, without a request ID', async () => {
    const headers = { authorization: `SSWS ${okta.apiToken}`, accept: 'text/xml' };
    const response = await client.request('/api/v1/users', { headers });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errorCode: 'E0000019' });
    expect(response.headers.has('x-okta-request-id')).toBe(false);
  });
});
