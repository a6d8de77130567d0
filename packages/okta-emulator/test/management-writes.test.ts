import { describe, expect, it } from 'vitest';
import { createPrivateJwk, type PrivateJwk } from '../src/index.ts';
import { createBrowser } from './support/browser.ts';
import { createOktaAdmin, serviceApplication } from './support/okta-admin.ts';
import { openOkta } from './support/open-okta.ts';
import { currentCode } from './support/sign-in-steps.ts';

const { okta, client } = await openOkta({ rateLimits: { 'write /api/v1/apps': 1000, 'write /api/v1': 1001 } });
const admin = createOktaAdmin(okta, client);
const key = await createPrivateJwk();
const orgToken = '/oauth2/v1/token';
const customToken = '/oauth2/default/v1/token';

function publicOf({ kty, alg, use, kid, e, n }: PrivateJwk) {
  return { kty, alg, use, kid, e, n };
}

async function makeService(more: object = {}, granted: readonly string[] = [], role?: string): Promise<string> {
  const { body } = await admin('POST', '/api/v1/apps?activate=true', serviceApplication(publicOf(key), more));
  for (const scopeId of granted) {
    const { status } = await admin('POST', `/api/v1/apps/${body.id}/grants`, { issuer: okta.origin, scopeId });
    expect(status).toBe(201);
  }
  if (role) expect((await admin('POST', `/oauth2/v1/clients/${body.id}/roles`, { type: role })).status).toBe(201);
  return body.id;
}

async function remove(appId: string): Promise<void> {
  await admin('POST', `/api/v1/apps/${appId}/lifecycle/deactivate`);
  expect((await admin('DELETE', `/api/v1/apps/${appId}`)).status).toBe(204);
}

const causes = ({ body }: { readonly body: { readonly errorCauses: readonly { readonly errorSummary: string }[] } }) =>
  body.errorCauses.map(({ errorSummary }) => errorSummary);

describe('a service application that was made by the API', () => {
  it('gets tokens of the Org server for the scopes that were granted to it, and no others', async () => {
    const clientId = await makeService({}, ['okta.logs.read']);
    const as = { clientId, privateJwk: key };
    expect(await client.keyToken(orgToken, 'okta.logs.read', as)).toMatchObject({
      status: 200,
      body: { token_type: 'Bearer', scope: 'okta.logs.read' },
    });
    expect(await client.keyToken(orgToken, 'okta.users.read', as)).toMatchObject({
      body: { error: 'consent_required' },
    });
    await remove(clientId);
  });

  it('may ask the API for what its admin role covers, and is refused without one', async () => {
    const clientId = await makeService({}, ['okta.users.read', 'okta.users.manage']);
    const as = { clientId, privateJwk: key };
    const { body } = await client.keyToken(orgToken, 'okta.users.read okta.users.manage', as);
    const headers = { authorization: `Bearer ${body.access_token}` };
    expect((await client.request('/api/v1/users', { headers })).status).toBe(403);
    await admin('POST', `/oauth2/v1/clients/${clientId}/roles`, { type: 'READ_ONLY_ADMIN' });
    expect((await client.request('/api/v1/users', { headers })).status).toBe(200);
    const refused = await client.request('/api/v1/users', { method: 'POST', headers, body: '{}' });
    expect(await refused.json()).toMatchObject({ errorCode: 'E0000006' });
    await remove(clientId);
  });

  it('must send a proof if its tokens are bound by DPoP', async () => {
    const clientId = await makeService({ dpop_bound_access_tokens: true }, ['okta.logs.read']);
    expect(await client.keyToken(orgToken, 'okta.logs.read', { clientId, privateJwk: key })).toMatchObject({
      status: 400,
      body: { error: 'invalid_dpop_proof' },
    });
    await remove(clientId);
  });

  it('gets tokens of a custom server only while a rule of a policy allows it', async () => {
    const clientId = await makeService();
    const as = { clientId, privateJwk: key };
    const server = '/api/v1/authorizationServers/default';
    const scope = await admin('POST', `${server}/scopes`, { name: 'setup.read' });
    expect(scope).toMatchObject({ status: 201, body: { name: 'setup.read', consent: 'IMPLICIT' } });
    expect(await client.keyToken(customToken, 'setup.read', as)).toMatchObject({ body: { error: 'access_denied' } });

    const policy = await admin('POST', `${server}/policies`, {
      ...{ type: 'OAUTH_AUTHORIZATION_POLICY', name: 'Setup', description: 'made by a test', priority: 1 },
      conditions: { clients: { include: [clientId] } },
    });
    expect(policy).toMatchObject({ status: 201, body: { priority: 1, status: 'ACTIVE', system: false } });
    expect((await client.keyToken(customToken, 'setup.read', as)).status).toBe(401);

    const rules = `${server}/policies/${policy.body.id}/rules`;
    const rule = await admin('POST', rules, {
      ...{ type: 'RESOURCE_ACCESS', name: 'Setup', priority: 1 },
      conditions: {
        ...{ people: { groups: { include: ['EVERYONE'] } }, grantTypes: { include: ['client_credentials'] } },
        scopes: { include: ['setup.read'] },
      },
      actions: { token: { accessTokenLifetimeMinutes: 5 } },
    });
    expect(rule.status).toBe(201);
    expect(await client.keyToken(customToken, 'setup.read', as)).toMatchObject({
      status: 200,
      body: { scope: 'setup.read', expires_in: 300 },
    });
    expect((await client.keyToken(customToken, 'monitor.read', as)).status).toBe(401);

    expect((await admin('POST', `${rules}/${rule.body.id}/lifecycle/deactivate`)).status).toBe(204);
    expect((await client.keyToken(customToken, 'setup.read', as)).status).toBe(401);
    for (const path of [`${rules}/${rule.body.id}`, `${server}/policies/${policy.body.id}`]) {
      expect((await admin('DELETE', path)).status).toBe(204);
    }
    expect((await admin('DELETE', `${server}/scopes/${scope.body.id}`)).status).toBe(204);
    await remove(clientId);
  });

  it('has a client id that was chosen for it, which no other application can have', async () => {
    const body = serviceApplication(publicOf(key));
    const chosen = {
      ...body,
      credentials: { oauthClient: { ...body.credentials.oauthClient, client_id: 'monitor-1' } },
    };
    expect(await admin('POST', '/api/v1/apps', chosen)).toMatchObject({ status: 200, body: { id: 'monitor-1' } });
    expect(await admin('POST', '/api/v1/apps', chosen)).toMatchObject({ status: 400, body: { errorCode: 'E0000001' } });
    await remove('monitor-1');
  });

  it('may have the label of another one', async () => {
    const [one, other] = [await makeService(), await makeService()];
    expect(one).not.toBe(other);
    await remove(one);
    await remove(other);
  });

  it('is deactivated before it is deleted, and both end its tokens at once', async () => {
    const clientId = await makeService({}, ['okta.logs.read'], 'READ_ONLY_ADMIN');
    const as = { clientId, privateJwk: key };
    const { body } = await client.keyToken(orgToken, 'okta.logs.read', as);
    const headers = { authorization: `Bearer ${body.access_token}` };
    expect((await client.request('/api/v1/logs', { headers })).status).toBe(200);
    expect(await admin('DELETE', `/api/v1/apps/${clientId}`)).toMatchObject({
      status: 403,
      body: { errorCode: 'E0000056' },
    });
    await admin('POST', `/api/v1/apps/${clientId}/lifecycle/deactivate`);
    expect((await client.request('/api/v1/logs', { headers })).status).toBe(401);
    expect(await client.keyToken(orgToken, 'okta.logs.read', as)).toMatchObject({ body: { error: 'invalid_client' } });
    await remove(clientId);
    expect((await admin('GET', `/api/v1/apps/${clientId}`)).status).toBe(404);
  });

  it('loses the members that a replacement lacks, its keys too', async () => {
    const clientId = await makeService({}, ['okta.logs.read']);
    const { body } = await admin('GET', `/api/v1/apps/${clientId}`);
    expect(body.settings).toMatchObject({ notes: { admin: 'made by a test' }, oauthClient: { jwks: { keys: [{}] } } });
    const { jwks: _, ...withoutKeys } = body.settings.oauthClient;
    const { profile: __, ...rest } = body;
    const replaced = await admin('PUT', `/api/v1/apps/${clientId}`, {
      ...{ ...rest, settings: { oauthClient: withoutKeys } },
    });
    expect(replaced.body.settings.notes.admin).toBeNull();
    expect(replaced.body.profile).toBeUndefined();
    expect(await client.keyToken(orgToken, 'okta.logs.read', { clientId, privateJwk: key })).toMatchObject({
      body: { error: 'invalid_client' },
    });
    expect((await admin('GET', `/api/v1/apps/${clientId}/grants`)).body).toHaveLength(1);
    await remove(clientId);
  });

  it('rotates its key: both work until the old one is deactivated', async () => {
    const clientId = await makeService({}, ['okta.logs.read']);
    const newKey = await createPrivateJwk();
    const at = `/api/v1/apps/${clientId}/credentials/jwks`;
    const [old] = (await admin('GET', at)).body.jwks.keys;
    const onlyOne = await admin('POST', `${at}/${old.id}/lifecycle/deactivate`);
    expect([onlyOne.status, causes(onlyOne)]).toEqual([400, [expect.stringContaining('only active JSON Web Key')]]);
    const added = await admin('POST', at, publicOf(newKey));
    expect(added).toMatchObject({ status: 201, body: { kid: newKey.kid, status: 'ACTIVE' } });
    const tokenBy = async (privateJwk: PrivateJwk) =>
      (await client.keyToken(orgToken, 'okta.logs.read', { clientId, privateJwk })).status;
    expect([await tokenBy(key), await tokenBy(newKey)]).toEqual([200, 200]);
    const active = await admin('DELETE', `${at}/${old.id}`);
    expect([active.status, causes(active)]).toEqual([400, [expect.stringContaining("can't delete an active")]]);
    expect((await admin('POST', `${at}/${old.id}/lifecycle/deactivate`)).body.status).toBe('INACTIVE');
    expect([await tokenBy(key), await tokenBy(newKey)]).toEqual([401, 200]);
    expect((await admin('DELETE', `${at}/${old.id}`)).status).toBe(204);
    expect((await admin('GET', at)).body.jwks.keys).toHaveLength(1);
    await remove(clientId);
  });

  it('has no key that is short, private or of an id that another key has', async () => {
    const clientId = await makeService();
    const at = `/api/v1/apps/${clientId}/credentials/jwks`;
    const short = { ...publicOf(key), kid: 'short', n: Buffer.alloc(128, 255).toString('base64url') };
    expect(causes(await admin('POST', at, short))).toEqual([expect.stringContaining('2,048')]);
    expect(causes(await admin('POST', at, { ...key, kid: 'private' }))).toEqual([expect.stringContaining('private')]);
    expect(causes(await admin('POST', at, publicOf(key)))).toEqual([expect.stringContaining('unique `kid`')]);
    await remove(clientId);
  });

  it('is a super administrator from the start if the org says so', async () => {
    const path = '/api/v1/org/settings/clientPrivilegesSetting';
    expect((await admin('GET', path)).body).toEqual({ clientPrivilegesSetting: false });
    await admin('PUT', path, { clientPrivilegesSetting: true });
    const clientId = await makeService();
    await admin('PUT', path, { clientPrivilegesSetting: false });
    expect((await admin('GET', `/oauth2/v1/clients/${clientId}/roles`)).body).toMatchObject([{ type: 'SUPER_ADMIN' }]);
    await remove(clientId);
  });
});

describe('a client with a secret', () => {
  it.each(['client_secret_basic', 'client_secret_post'])(
    'rotates it: both work until the old one is inactive, by %s',
    async (method) => {
      const { clientId, clientSecret } = okta.clients.secret;
      const at = `/api/v1/apps/${clientId}/credentials/secrets`;
      const added = await admin('POST', at);
      expect(added).toMatchObject({ status: 201, body: { status: 'ACTIVE', client_secret: expect.any(String) } });
      const statusWith = async (secret: string) => {
        const form = { grant_type: 'client_credentials', scope: 'monitor.read' };
        const posted = { ...form, client_id: clientId, client_secret: secret };
        return method === 'client_secret_basic'
          ? (await client.post(customToken, form, client.basic(clientId, secret))).status
          : (await client.post(customToken, posted)).status;
      };
      expect([await statusWith(clientSecret), await statusWith(added.body.client_secret)]).toEqual([200, 200]);
      const full = await admin('POST', at);
      expect([full.status, causes(full)]).toEqual([400, [expect.stringContaining('maximum number')]]);
      expect((await admin('DELETE', `${at}/${added.body.id}`)).status).toBe(400);
      await admin('POST', `${at}/${added.body.id}/lifecycle/deactivate`);
      expect([await statusWith(clientSecret), await statusWith(added.body.client_secret)]).toEqual([200, 401]);
      expect((await admin('DELETE', `${at}/${added.body.id}`)).status).toBe(204);
      const [last] = (await admin('GET', at)).body;
      const refused = await admin('POST', `${at}/${last.id}/lifecycle/deactivate`);
      expect(causes(refused)).toEqual(["You can't deactivate the only active client secret."]);
    },
  );
});

describe('grants and roles', () => {
  it('are given once, and for what Okta knows', async () => {
    const clientId = await makeService({}, ['okta.logs.read'], 'READ_ONLY_ADMIN');
    const grants = `/api/v1/apps/${clientId}/grants`;
    const grant = (scopeId: string, issuer = okta.origin) => admin('POST', grants, { issuer, scopeId });
    expect(causes(await grant('okta.logs.read'))).toEqual([expect.stringContaining('already assigned')]);
    expect((await grant('okta.nothing.read')).status).toBe(400);
    expect((await grant('okta.users.read', okta.issuers.default)).status).toBe(400);
    const roles = `/oauth2/v1/clients/${clientId}/roles`;
    expect(await admin('POST', roles, { type: 'READ_ONLY_ADMIN' })).toMatchObject({
      status: 409,
      body: { errorCode: 'E0000090' },
    });
    const [role] = (await admin('GET', roles)).body;
    expect(role).toMatchObject({ label: 'Read-Only Administrator', assignmentType: 'CLIENT', status: 'ACTIVE' });
    const [given] = (await admin('GET', grants)).body;
    expect(given).toMatchObject({ scopeId: 'okta.logs.read', clientId, issuer: okta.origin, source: 'ADMIN' });
    expect((await admin('DELETE', `${roles}/${role.id}`)).status).toBe(204);
    expect((await admin('DELETE', `${grants}/${given.id}`)).status).toBe(204);
    expect((await admin('GET', grants)).body).toEqual([]);
    await remove(clientId);
  });
});

describe('a user that was made by the API', () => {
  const redirectUri = 'https://monitor.example.com/callback';
  const webApplication = {
    ...{ name: 'oidc_client', label: 'Monitor sign-in', signOnMode: 'OPENID_CONNECT' },
    credentials: { oauthClient: { token_endpoint_auth_method: 'client_secret_basic', pkce_required: true } },
    settings: {
      oauthClient: {
        ...{ application_type: 'web', grant_types: ['authorization_code'], response_types: ['code'] },
        redirect_uris: [redirectUri],
      },
    },
  };

  async function makeUser(name: string) {
    const group = await admin('POST', '/api/v1/groups', {
      profile: { name: `${name}s`, description: 'made by a test' },
    });
    const login = `${name}@example.com`;
    const password = 'Quick-lamps-8-borrow';
    const user = await admin('POST', '/api/v1/users?activate=true', {
      profile: { firstName: 'Monty', lastName: 'Probe', email: login, login },
      ...{ credentials: { password: { value: password } }, groupIds: [group.body.id] },
    });
    expect(user).toMatchObject({ status: 200, body: { status: 'ACTIVE', profile: { login } } });
    const app = await admin('POST', '/api/v1/apps?activate=true', webApplication);
    return { groupId: group.body.id, appId: app.body.id, account: { id: user.body.id, login, password } };
  }

  const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
  const authorizeUrl = (appId: string, more: Record<string, string> = {}) =>
    `${okta.origin}/oauth2/v1/authorize?${new URLSearchParams({
      ...{
        client_id: appId,
        redirect_uri: redirectUri,
        response_type: 'code',
        scope: 'openid',
        state: 's',
        nonce: 'n',
      },
      ...{ code_challenge: challenge, code_challenge_method: 'S256', ...more },
    })}`;

  async function signIn(appId: string, account: Parameters<typeof createBrowser>[3]): Promise<string> {
    try {
      const { response } = await createBrowser(okta, client, {}, account).visit(authorizeUrl(appId));
      const { searchParams } = new URL(response.headers.get('location') ?? 'none:');
      return searchParams.has('code') ? 'signed in' : String(searchParams.get('error_description'));
    } catch (error) {
      return String(error);
    }
  }

  async function removeUser(userId: string): Promise<void> {
    for (const status of [204, 204, 404])
      expect((await admin('DELETE', `/api/v1/users/${userId}`)).status).toBe(status);
  }

  it.each(['idx', 'classic'] as const)(
    'signs in to an application that is assigned to the group, at the %s engine',
    async (engine) => {
      const restore = okta.alterSignIn({ engine });
      const { groupId, appId, account } = await makeUser(`prober-${engine}`);
      expect(await signIn(appId, account)).not.toBe('signed in');
      const assigned = await admin('PUT', `/api/v1/apps/${appId}/groups/${groupId}`, {});
      expect(assigned).toMatchObject({ status: 200, body: { id: groupId, profile: {} } });
      if (engine === 'idx') expect(await signIn(appId, account)).toBe('signed in');
      else {
        const authn = await admin('POST', '/api/v1/authn', { username: account.login, password: account.password });
        const { sessionToken } = authn.body;
        const answer = await createBrowser(okta, client).send(authorizeUrl(appId, { sessionToken, prompt: 'none' }));
        expect(answer.headers.get('location')).toContain('code=');
      }
      await remove(appId);
      await admin('DELETE', `/api/v1/groups/${groupId}`);
      await removeUser(account.id);
      restore();
      expect(okta.findUser(account.login)).toBeUndefined();
    },
  );

  it('signs in only as the policy of the application allows', async () => {
    const { groupId, appId, account } = await makeUser('policed');
    await admin('PUT', `/api/v1/apps/${appId}/groups/${groupId}`, {});
    const policies = '/api/v1/policies';
    const policy = await admin('POST', policies, {
      ...{ type: 'ACCESS_POLICY', name: 'Monitor', description: 'made by a test', status: 'ACTIVE' },
    });
    expect(policy.status).toBe(200);
    const rules = `${policies}/${policy.body.id}/rules`;
    const [last] = (await admin('GET', rules)).body;
    expect(last).toMatchObject({ name: 'Catch-all Rule', priority: 99, system: true });
    expect((await admin('DELETE', `${rules}/${last.id}`)).status).toBe(403);
    const denied = { ...last, actions: { appSignOn: { access: 'DENY' } } };
    expect((await admin('PUT', `${rules}/${last.id}`, denied)).status).toBe(200);
    expect((await admin('PUT', `/api/v1/apps/${appId}/policies/${policy.body.id}`)).status).toBe(204);
    expect(await signIn(appId, account)).toContain('security.access_denied');

    const zone = await admin('POST', '/api/v1/zones', {
      ...{ type: 'IP', name: 'Monitor', status: 'ACTIVE', usage: 'POLICY' },
      gateways: [{ type: 'CIDR', value: '127.0.0.0/8' }],
    });
    const rule = await admin('POST', rules, {
      ...{ type: 'ACCESS_POLICY', name: 'Monitor', priority: 0 },
      conditions: {
        people: { groups: { include: [groupId] } },
        network: { connection: 'ZONE', include: [zone.body.id] },
      },
      actions: {
        appSignOn: { access: 'ALLOW', verificationMethod: { type: 'ASSURANCE', factorMode: '1FA' } },
      },
    });
    expect(rule).toMatchObject({ status: 200, body: { priority: 0 } });
    expect(await signIn(appId, account)).toBe('signed in');
    expect((await admin('POST', `/api/v1/zones/${zone.body.id}/lifecycle/deactivate`)).status).toBe(400);

    expect((await admin('DELETE', `${policies}/${policy.body.id}`)).status).toBe(400);
    await remove(appId);
    expect((await admin('DELETE', `${policies}/${policy.body.id}`)).status).toBe(204);
    await admin('POST', `/api/v1/zones/${zone.body.id}/lifecycle/deactivate`);
    expect((await admin('DELETE', `/api/v1/zones/${zone.body.id}`)).status).toBe(204);
    await admin('DELETE', `/api/v1/groups/${groupId}`);
    await removeUser(account.id);
  });

  it('signs in with a code that was enrolled and activated', async () => {
    const { groupId, appId, account } = await makeUser('coded');
    const factors = `/api/v1/users/${account.id}/factors`;
    const factor = await admin('POST', factors, { factorType: 'token:software:totp', provider: 'GOOGLE' });
    const { sharedSecret: totpSecret } = factor.body._embedded.activation;
    expect(factor.body.status).toBe('PENDING_ACTIVATION');
    const activate = (passCode: string) =>
      admin('POST', `${factors}/${factor.body.id}/lifecycle/activate`, { passCode });
    expect((await activate('000000')).body.errorCode).toBe('E0000068');
    expect((await activate(currentCode(totpSecret, Date.now() - 30_000))).body.status).toBe('ACTIVE');
    const listed = await admin('GET', factors);
    expect(JSON.stringify(listed.body)).not.toContain(totpSecret);

    await admin('PUT', `/api/v1/apps/${appId}/groups/${groupId}`, {});
    const policy = await admin('POST', '/api/v1/policies', { type: 'ACCESS_POLICY', name: 'Two factors' });
    await admin('PUT', `/api/v1/apps/${appId}/policies/${policy.body.id}`);
    expect(await signIn(appId, account)).not.toBe('signed in');
    expect(await signIn(appId, { ...account, totpSecret })).toBe('signed in');
    await remove(appId);
    await admin('DELETE', `/api/v1/policies/${policy.body.id}`);
    await admin('DELETE', `/api/v1/groups/${groupId}`);
    await removeUser(account.id);
  });

  it('must be unlike the users and groups that exist, and have what Okta demands', async () => {
    const profile = { firstName: 'A', lastName: 'B', email: okta.user.login, login: okta.user.login };
    expect(causes(await admin('POST', '/api/v1/users', { profile }))).toEqual([
      'login: An object with this field already exists in the current organization',
    ]);
    expect(causes(await admin('POST', '/api/v1/groups', { profile: { name: 'Monitors' } }))).toEqual([
      'name: An object with this field already exists in the current organization',
    ]);
    const other = { ...profile, login: 'new@example.com' };
    const weak = { profile: other, credentials: { password: { value: 'weak' } } };
    expect((await admin('POST', '/api/v1/users', weak)).body.errorSummary).toBe('Api validation failed: password');
    const odd = { profile: { ...other, shoeSize: 43 } };
    expect(causes(await admin('POST', '/api/v1/users', odd))).toEqual([
      "Property name 'shoeSize' is not defined in profile",
    ]);
  });
});

describe('what an administrator lacks', () => {
  const group = { profile: { name: 'Refused' } };

  it('is the right to change anything, with the token of a read-only administrator', async () => {
    const reader = createOktaAdmin(okta, client, okta.apiToken);
    expect((await reader('GET', '/api/v1/groups')).status).toBe(200);
    expect(await reader('POST', '/api/v1/groups', group)).toMatchObject({
      status: 403,
      body: { errorCode: 'E0000006' },
    });
  });

  it('is a right that was taken away, with the misleading error where Okta has one', async () => {
    const clientId = await makeService();
    const restore = okta.restrictRoles(['okta.groups.manage', 'okta.appGrants.manage']);
    expect((await admin('POST', '/api/v1/groups', group)).body.errorCode).toBe('E0000006');
    const grant = { issuer: okta.origin, scopeId: 'okta.logs.read' };
    expect(await admin('POST', `/api/v1/apps/${clientId}/grants`, grant)).toMatchObject({
      status: 403,
      body: { errorCode: 'E0000005', errorSummary: 'Invalid session' },
    });
    restore();
    await remove(clientId);
  });

  it('is API Access Management: nothing about custom servers works', async () => {
    const restore = okta.alterSignIn({ apiAccessManagement: false });
    for (const path of ['/api/v1/authorizationServers', '/api/v1/authorizationServers/default/scopes']) {
      expect(await admin('GET', path)).toMatchObject({ status: 401, body: { errorCode: 'E0000015' } });
    }
    expect((await client.request('/oauth2/default/.well-known/openid-configuration')).status).toBe(401);
    expect((await client.request('/.well-known/openid-configuration')).status).toBe(200);
    restore();
  });

  it('is patience while Okta reconciles priorities', async () => {
    okta.reconcilePolicies();
    const policy = { type: 'ACCESS_POLICY', name: 'Reconciled' };
    expect(await admin('POST', '/api/v1/policies', policy)).toMatchObject({
      status: 423,
      body: { errorCode: 'E0000239' },
    });
    const { status, body } = await admin('POST', '/api/v1/policies', policy);
    expect(status).toBe(200);
    await admin('DELETE', `/api/v1/policies/${body.id}`);
  });

  it('is a body that is JSON', async () => {
    const headers = { authorization: `SSWS ${okta.adminToken}` };
    const response = await client.request('/api/v1/groups', { method: 'POST', headers, body: '{' });
    expect(await response.json()).toMatchObject({ errorCode: 'E0000003' });
  });
});

describe('changes', () => {
  it('are counted apart from reads, those of applications by themselves', async () => {
    const limitOf = async (method: string, path: string) =>
      (await admin(method, path)).headers.get('x-rate-limit-limit');
    expect(await limitOf('GET', '/api/v1/groups')).toBe('1200');
    expect(await limitOf('DELETE', '/api/v1/groups/none')).toBe('1001');
    expect(await limitOf('DELETE', '/api/v1/apps/none')).toBe('1000');
  });

  it('of missing resources get 404, however the path is written', async () => {
    for (const id of ['none', '%E0%A4%A']) {
      expect(await admin('DELETE', `/api/v1/groups/${id}`)).toMatchObject({
        status: 404,
        body: { errorCode: 'E0000007' },
      });
    }
  });
});

describe('the org', () => {
  it('is as before when everything that was made is deleted', async () => {
    const before = okta.snapshot();
    const clientId = await makeService({}, ['okta.logs.read'], 'READ_ONLY_ADMIN');
    const { body: group } = await admin('POST', '/api/v1/groups', { profile: { name: 'Passing' } });
    await admin('PUT', `/api/v1/groups/${group.id}/users/${okta.user.id}`);
    await admin('PUT', `/api/v1/apps/${okta.clients.web.clientId}/groups/${group.id}`, {});
    expect(okta.snapshot()).not.toEqual(before);
    expect(JSON.stringify(okta.snapshot())).not.toMatch(
      new RegExp(`${okta.clients.web.clientSecret}|${okta.user.password}`),
    );
    await admin('DELETE', `/api/v1/groups/${group.id}`);
    await remove(clientId);
    expect(okta.snapshot()).toEqual(before);
  });

  it('tells in its System Log who changed what, with the id of the request', async () => {
    const { body, headers } = await admin('POST', '/api/v1/groups', { profile: { name: 'Logged' } });
    const id = headers.get('x-okta-request-id');
    const log = await admin('GET', `/api/v1/logs?filter=${encodeURIComponent(`transaction.id eq "${id}"`)}`);
    expect(log.body).toMatchObject([
      {
        eventType: 'group.lifecycle.create',
        actor: { alternateId: 'ada@example.com' },
        target: [{ id: body.id, type: 'UserGroup', displayName: 'Logged' }],
      },
    ]);
    expect(log.body[0].transaction.detail.requestApiTokenId).toMatch(/^00T/);
    await admin('DELETE', `/api/v1/groups/${body.id}`);
  });
});
