import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { Client as OktaSdk } from '@okta/okta-sdk-nodejs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPrivateJwk, type PrivateJwk } from '../src/index.ts';
import { openOkta } from './support/open-okta.ts';
import { currentCode } from './support/sign-in-steps.ts';

const { okta } = await openOkta({ rateLimits: { 'write /api/v1/apps': 1000, 'write /api/v1': 1000 } });
const authorities = getCACertificates('default');
beforeAll(() => setDefaultCACertificates([...authorities, okta.ca]));
afterAll(() => setDefaultCACertificates(authorities));

const publicOf = ({ kty, alg, use, kid, e, n }: PrivateJwk) => ({ kty, alg, use, kid, e, n });

async function collect<Item>(items: { each(use: (item: Item) => void): Promise<unknown> }): Promise<Item[]> {
  const all: Item[] = [];
  await items.each((item) => void all.push(item));
  return all;
}

/** The SDK's models are classes, but its functions take plain objects of the same shape. */
// biome-ignore lint/suspicious/noExplicitAny: see above.
const plain = (body: object): any => body;

/** Okta's own SDK, unchanged, as a judge of the emulator's API. */
describe('@okta/okta-sdk-nodejs as an administrator', () => {
  const admin = new OktaSdk({ orgUrl: okta.origin, token: okta.adminToken });
  const { applicationApi, applicationSSOPublicKeysApi, authorizationServerApi, policyApi, networkZoneApi } = admin;
  const { groupApi, userApi, userFactorApi, roleAssignmentApi, orgSettingApi } = admin;

  const serviceBody = (key: PrivateJwk) =>
    plain({
      ...{ name: 'oidc_client', label: 'Monitor', signOnMode: 'OPENID_CONNECT', profile: { managedBy: 'test' } },
      credentials: { oauthClient: { token_endpoint_auth_method: 'private_key_jwt' } },
      settings: {
        oauthClient: {
          ...{ application_type: 'service', grant_types: ['client_credentials'], response_types: ['token'] },
          ...{ jwks: { keys: [publicOf(key)] }, dpop_bound_access_tokens: true },
        },
        notes: { admin: 'made by a test' },
      },
    });

  it('makes, reads, changes, rotates and deletes a service application, whose tokens are bound and work', async () => {
    const before = okta.snapshot();
    const [key, newKey] = await Promise.all([createPrivateJwk(), createPrivateJwk()]);
    const made = await applicationApi.createApplication({ application: serviceBody(key) });
    const appId = String(made.id);
    for (const scopeId of ['okta.users.read', 'okta.logs.read']) {
      await applicationApi.grantConsentToScope({
        appId,
        oAuth2ScopeConsentGrant: plain({ issuer: okta.origin, scopeId }),
      });
    }
    expect(
      (await collect(await applicationApi.listScopeConsentGrants({ appId }))).map(({ scopeId }) => scopeId),
    ).toEqual(['okta.users.read', 'okta.logs.read']);
    const role = await roleAssignmentApi.assignRoleToClient({
      clientId: appId,
      assignRoleRequest: plain({ type: 'READ_ONLY_ADMIN' }),
    });

    const asClient = (privateJwk: PrivateJwk) =>
      new OktaSdk({
        ...{ orgUrl: okta.origin, authorizationMode: 'PrivateKey', clientId: appId, scopes: ['okta.users.read'] },
        ...{ privateKey: JSON.stringify(privateJwk), keyId: privateJwk.kid },
      });
    const users = async (privateJwk: PrivateJwk) =>
      (await collect(await asClient(privateJwk).userApi.listUsers())).length;
    expect(await users(key)).toBeGreaterThan(1);

    const read = await applicationApi.getApplication({ appId });
    const changed = await applicationApi.replaceApplication({
      appId,
      application: plain({ ...read, label: 'Renamed' }),
    });
    expect(changed).toMatchObject({ label: 'Renamed', profile: { managedBy: 'test' } });
    expect(await users(key)).toBeGreaterThan(1);

    const added = await applicationSSOPublicKeysApi.addJwk({ appId, addJwkRequest: plain(publicOf(newKey)) });
    expect(added).toMatchObject({ kid: newKey.kid });
    await users(newKey);
    const old = okta.snapshot().applications?.[appId];
    expect(old).toMatchObject({ keys: [{ kid: key.kid }, { kid: newKey.kid }] });
    const [{ id: keyId }] = (read as unknown as { settings: { oauthClient: { jwks: { keys: [{ id: string }] } } } })
      .settings.oauthClient.jwks.keys;
    await applicationSSOPublicKeysApi.deactivateOAuth2ClientJsonWebKey({ appId, keyId });
    await applicationSSOPublicKeysApi.deletejwk({ appId, keyId });
    await users(newKey);
    await expect(users(key)).rejects.toThrow();

    await roleAssignmentApi.deleteRoleFromClient({ clientId: appId, roleAssignmentId: String(Object(role).id) });
    await applicationApi.deactivateApplication({ appId });
    await applicationApi.deleteApplication({ appId });
    expect(okta.snapshot()).toEqual(before);
  });

  it('makes and deletes a scope, a policy and a rule of a custom server', async () => {
    const before = okta.snapshot();
    const authServerId = 'default';
    const servers = await collect(await authorizationServerApi.listAuthorizationServers());
    expect(servers.map(({ id }) => id)).toContain(authServerId);
    const scope = await authorizationServerApi.createOAuth2Scope({
      authServerId,
      oAuth2Scope: plain({ name: 'sdk.read', consent: 'IMPLICIT', metadataPublish: 'NO_CLIENTS' }),
    });
    const policy = await authorizationServerApi.createAuthorizationServerPolicy({
      authServerId,
      policy: plain({
        ...{ type: 'OAUTH_AUTHORIZATION_POLICY', name: 'SDK', description: 'made by a test', priority: 1 },
        conditions: { clients: { include: [okta.clients.service.clientId] } },
      }),
    });
    const policyId = String(policy.id);
    const ruleBody = {
      ...{ type: 'RESOURCE_ACCESS', name: 'SDK', priority: 1 },
      conditions: {
        people: { groups: { include: ['EVERYONE'] } },
        ...{ grantTypes: { include: ['client_credentials'] }, scopes: { include: ['sdk.read'] } },
      },
      actions: { token: { accessTokenLifetimeMinutes: 10 } },
    };
    const rule = await authorizationServerApi.createAuthorizationServerPolicyRule({
      ...{ authServerId, policyId, policyRule: plain(ruleBody) },
    });
    const ruleId = String(rule.id);
    const replaced = await authorizationServerApi.replaceAuthorizationServerPolicyRule({
      ...{ authServerId, policyId, ruleId, policyRule: plain({ ...ruleBody, name: 'SDK 2' }) },
    });
    expect(replaced).toMatchObject({ name: 'SDK 2', system: false });
    const rules = await collect(
      await authorizationServerApi.listAuthorizationServerPolicyRules({ authServerId, policyId }),
    );
    expect(rules).toHaveLength(1);
    await authorizationServerApi.deleteAuthorizationServerPolicyRule({ authServerId, policyId, ruleId });
    await authorizationServerApi.deleteAuthorizationServerPolicy({ authServerId, policyId });
    await authorizationServerApi.deleteOAuth2Scope({ authServerId, scopeId: String(scope.id) });
    expect(okta.snapshot()).toEqual(before);
  });

  it('makes and deletes a user with a group, a code, an application and its sign-in policy', async () => {
    const before = okta.snapshot();
    const group = await groupApi.createGroup({
      group: plain({ profile: { name: 'SDK', description: 'made by a test' } }),
    });
    const groupId = String(group.id);
    const login = 'sdk@example.com';
    const user = await userApi.createUser({
      activate: true,
      body: plain({
        profile: { firstName: 'Sally', lastName: 'Dee', email: login, login },
        ...{ credentials: { password: { value: 'Nine-otters-9-paint' } }, groupIds: [groupId] },
      }),
    });
    const userId = String(user.id);
    expect((await collect(await groupApi.listGroupUsers({ groupId }))).map(({ id }) => id)).toEqual([userId]);
    const factor = await userFactorApi.enrollFactor({
      ...{ userId, body: plain({ factorType: 'token:software:totp', provider: 'GOOGLE' }) },
    });
    const { sharedSecret } = Object(factor)._embedded.activation;
    const factorId = String(factor.id);
    await userFactorApi.activateFactor({ userId, factorId, body: plain({ passCode: currentCode(sharedSecret) }) });
    expect((await collect(await userFactorApi.listFactors({ userId }))).map(({ status }) => status)).toEqual([
      'ACTIVE',
    ]);

    const app = await applicationApi.createApplication({
      application: plain({
        ...{ name: 'oidc_client', label: 'Sign-in', signOnMode: 'OPENID_CONNECT' },
        credentials: { oauthClient: { token_endpoint_auth_method: 'client_secret_basic', pkce_required: true } },
        settings: {
          oauthClient: {
            ...{ application_type: 'web', grant_types: ['authorization_code'], response_types: ['code'] },
            redirect_uris: ['https://monitor.example.com/callback'],
          },
        },
      }),
    });
    const appId = String(app.id);
    expect(Object(app).credentials.oauthClient.client_secret).toHaveLength(64);
    expect(
      Object(await applicationApi.getApplication({ appId })).credentials.oauthClient.client_secret,
    ).toBeUndefined();
    await applicationApi.assignGroupToApplication({ appId, groupId, applicationGroupAssignment: plain({}) });
    const secret = await applicationSSOPublicKeysApi.createOAuth2ClientSecret({ appId });
    expect(secret.status).toBe('ACTIVE');

    const zone = await networkZoneApi.createNetworkZone({
      zone: plain({ type: 'IP', name: 'SDK', usage: 'POLICY', gateways: [{ type: 'CIDR', value: '192.0.2.0/24' }] }),
    });
    const policy = await policyApi.createPolicy({ policy: plain({ type: 'ACCESS_POLICY', name: 'SDK' }) });
    const policyId = String(policy.id);
    const rule = await policyApi.createPolicyRule({
      policyId,
      policyRule: plain({
        ...{ type: 'ACCESS_POLICY', name: 'SDK', priority: 0 },
        conditions: { people: { groups: { include: [groupId] } }, network: { connection: 'ANYWHERE' } },
        actions: { appSignOn: { access: 'ALLOW', verificationMethod: { type: 'ASSURANCE', factorMode: '1FA' } } },
      }),
    });
    const listed = await collect(await policyApi.listPolicyRules({ policyId }));
    expect(listed.map(({ name, priority }) => [name, priority])).toEqual([
      ['SDK', 0],
      ['Catch-all Rule', 99],
    ]);
    await applicationApi.assignApplicationPolicy({ appId, policyId });

    await applicationApi.deactivateApplication({ appId });
    await applicationApi.deleteApplication({ appId });
    await policyApi.deletePolicyRule({ policyId, ruleId: String(rule.id) });
    await policyApi.deletePolicy({ policyId });
    await networkZoneApi.deactivateNetworkZone({ zoneId: String(zone.id) });
    await networkZoneApi.deleteNetworkZone({ zoneId: String(zone.id) });
    await userApi.deactivateUser({ userId });
    await userApi.deleteUser({ userId });
    await groupApi.deleteGroup({ groupId });
    expect(okta.snapshot()).toEqual(before);
  });

  it('reads and changes whether new service applications are super administrators', async () => {
    const setting = async () => (await orgSettingApi.getClientPrivilegesSetting()).clientPrivilegesSetting;
    expect(await setting()).toBe(false);
    for (const isOn of [true, false]) {
      await orgSettingApi.assignClientPrivilegesSetting({
        clientPrivilegesSetting: plain({ clientPrivilegesSetting: isOn }),
      });
      expect(await setting()).toBe(isOn);
    }
  });
});
