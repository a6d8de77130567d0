import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { Client as OktaSdk } from '@okta/okta-sdk-nodejs';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { openOkta } from './support/open-okta.ts';

let aheadMs = 0;
const { okta, client } = await openOkta({ now: () => Date.now() + aheadMs });
const authorities = getCACertificates();

const restores: (() => unknown)[] = [];
beforeAll(() => {
  // The SDK has no setting for an authority, and deprecated dependencies that warn.
  setDefaultCACertificates([...authorities, okta.ca]);
  vi.spyOn(console, 'warn').mockImplementation(() => {});
});
afterEach(() => {
  for (const restore of restores.splice(0).toReversed()) restore();
});
afterAll(() => {
  setDefaultCACertificates(authorities);
  vi.restoreAllMocks();
});

const { clientId, privateJwk, orgScopes } = okta.clients.service;
const sdk = new OktaSdk({
  ...{ orgUrl: okta.origin, authorizationMode: 'PrivateKey', clientId, scopes: [...orgScopes] },
  ...{ privateKey: JSON.stringify(privateJwk), keyId: privateJwk.kid },
});

async function collect<Item>(items: { each(use: (item: Item) => void): Promise<unknown> }): Promise<readonly Item[]> {
  const all: Item[] = [];
  await items.each((item) => void all.push(item));
  return all;
}

const read = async (path: string, authorization = `SSWS ${okta.apiToken}`) => {
  const response = await client.request(`/api/v1/${path}`, { headers: { authorization } });
  return { response, body: (await response.json()) as never };
};

const daysUntil = (time: unknown) => Math.round((Date.parse(String(time)) - Date.now()) / 86_400_000);
const { payroll } = okta.samlApps;

describe("Okta's SDK reads", () => {
  it('pools of agents, whose status is that of their agents', async () => {
    const statuses = async () =>
      (await collect(await sdk.agentPoolsApi.listAgentPools())).map(({ name, operationalStatus, agents }) => [
        ...[name, operationalStatus],
        agents?.length,
      ]);
    expect(await statuses()).toEqual([
      ['corp.example.com', 'OPERATIONAL', 2],
      ['VPN', 'OPERATIONAL', 1],
    ]);
    restores.push(okta.alterHealth('agents', 'ad-east', { operationalStatus: 'INACTIVE', silentMinutes: 90 }));
    restores.push(okta.alterHealth('agents', 'radius-1', { operationalStatus: 'DISRUPTED' }));
    expect(await statuses()).toEqual([
      ['corp.example.com', 'DEGRADED', 2],
      ['VPN', 'DISRUPTED', 1],
    ]);
  });

  it('identity providers, and the key that the trust of each names', async () => {
    const providers = await collect(await sdk.identityProviderApi.listIdentityProviders());
    expect(providers.map(({ name, status }) => [name, status])).toEqual([
      ['Partner', 'ACTIVE'],
      ['Supplier', 'INACTIVE'],
    ]);
    const keys = await collect(await sdk.identityProviderApi.listIdentityProviderKeys());
    const [partner] = providers as unknown as readonly { protocol: { credentials: { trust: { kid: string } } } }[];
    const kid = partner?.protocol.credentials.trust.kid;
    expect(daysUntil(keys.find((key) => key.kid === kid)?.expiresAt)).toBe(700);
    // One key belongs to no application.
    expect(keys).toHaveLength(providers.length + 1);
  });

  it('custom domains, with the certificates that Okta holds', async () => {
    const { domains = [] } = await sdk.customDomainApi.listCustomDomains();
    expect(domains.map(({ domain, certificateSourceType }) => [domain, certificateSourceType])).toEqual([
      ['acme.okta.com', 'OKTA_MANAGED'],
      ['localhost', 'OKTA_MANAGED'],
      ['login.example.com', 'MANUAL'],
    ]);
    expect(domains[0]?.publicCertificate).toBeUndefined();
    restores.push(okta.alterHealth('domains', 'login.example.com', { certificateDays: 12 }));
    const [, , own] = (await sdk.customDomainApi.listCustomDomains()).domains ?? [];
    expect(daysUntil(own?.publicCertificate?.expiration)).toBe(12);
  });

  it('the certificates of a SAML application, of which the application names the active one', async () => {
    restores.push(okta.alterSamlApp('payroll', { certificateDays: 20 }));
    const keys = await collect(await sdk.applicationApi.listApplicationKeys({ appId: payroll.id }));
    const app = await sdk.applicationApi.getApplication({ appId: payroll.id });
    const { kid } = (app as unknown as { credentials: { signing: { kid: string } } }).credentials.signing;
    expect(keys.map((key) => [key.kid === kid, daysUntil(key.expiresAt)])).toEqual([
      [false, -400],
      [true, 20],
    ]);
  });

  it('API tokens, which expire thirty days after their last use', async () => {
    restores.push(okta.alterHealth('apiTokens', 'pipeline', { unusedDays: 26 }));
    const tokens = await collect(await sdk.apiTokenApi.listApiTokens());
    expect(tokens.map(({ name, expiresAt }) => [name, daysUntil(expiresAt)])).toEqual([
      ['monitor', 30],
      ['pipeline', 4],
    ]);
  });

  it('hooks and log streams', async () => {
    restores.push(okta.alterHealth('eventHooks', 'provisioning', { verificationStatus: 'UNVERIFIED' }));
    restores.push(okta.alterHealth('inlineHooks', 'claims', { status: 'INACTIVE' }));
    restores.push(okta.alterHealth('logStreams', 'siem', { status: 'INACTIVE' }));
    const [eventHook] = await collect(await sdk.eventHookApi.listEventHooks());
    expect(eventHook).toMatchObject({ name: 'provisioning', status: 'ACTIVE', verificationStatus: 'UNVERIFIED' });
    const [inlineHook] = await collect(await sdk.inlineHookApi.listInlineHooks());
    expect(inlineHook).toMatchObject({ name: 'claims', status: 'INACTIVE' });
    const [logStream] = await collect(await sdk.logStreamApi.listLogStreams());
    expect(logStream).toMatchObject({ name: 'siem', status: 'INACTIVE' });
  });

  it('when the keys of a server are rotated', async () => {
    restores.push(okta.alterHealth('servers', 'default', { rotationMode: 'MANUAL', rotatedDaysAgo: 400 }));
    const [server] = await collect(await sdk.authorizationServerApi.listAuthorizationServers());
    const { rotationMode, lastRotated, nextRotation } = server?.credentials?.signing ?? {};
    expect([rotationMode, daysUntil(lastRotated), nextRotation]).toEqual(['MANUAL', -400, undefined]);
  });

  it('a rotation whose time stays the same as time passes', async () => {
    const lastRotated = async () => {
      const { body } = await read('authorizationServers/default');
      return (body as { credentials: { signing: { lastRotated: string } } }).credentials.signing.lastRotated;
    };
    const before = await lastRotated();
    aheadMs = 60_000;
    restores.push(() => {
      aheadMs = 0;
    });
    expect(await lastRotated()).toBe(before);
  });

  it('the org itself', async () => {
    expect(await sdk.orgSettingApi.getOrgSettings()).toMatchObject({ subdomain: 'acme', status: 'ACTIVE' });
  });
});

describe('the credentials of applications', () => {
  it('have a secret in clear text, of a client that has one', async () => {
    restores.push(okta.alterHealth('clientSecrets', 'web', { active: [400, 90] }));
    const { web, service } = okta.clients;
    expect((await read(`apps/${web.clientId}/credentials/secrets`)).body).toMatchObject([
      { id: expect.stringMatching(/^ocs/), status: 'ACTIVE', client_secret: web.clientSecret },
      { status: 'ACTIVE' },
    ]);
    expect((await read(`apps/${service.clientId}/credentials/secrets`)).body).toEqual([]);
  });

  it('have the public keys of a client, and no private member of one', async () => {
    restores.push(okta.alterHealth('clientKeys', 'service', { active: [3], inactive: [500] }));
    const { body } = await read(`apps/${clientId}/credentials/jwks`);
    expect(body).toMatchObject({
      jwks: {
        keys: [
          { kid: privateJwk.kid, status: 'ACTIVE' },
          { status: 'ACTIVE', id: expect.stringMatching(/^pks/) },
          { status: 'INACTIVE' },
        ],
      },
    });
    expect(JSON.stringify(body)).not.toMatch(/"(d|p|q|dp|dq|qi)":/);
  });
});

describe('the right to read a collection', () => {
  it.each([
    ['agentPools', 'okta.agentPools.read'],
    ['idps', 'okta.idps.read'],
    ['idps/credentials/keys', 'okta.idps.read'],
    ['domains', 'okta.domains.read'],
    ['api-tokens', 'okta.apiTokens.read'],
    ['eventHooks', 'okta.eventHooks.read'],
    ['inlineHooks', 'okta.inlineHooks.read'],
    ['logStreams', 'okta.logStreams.read'],
    ['org', 'okta.orgs.read'],
    ['principal-rate-limits', 'okta.principalRateLimits.read'],
    [`apps/${payroll.id}/credentials/keys`, 'okta.apps.read'],
  ])('%s takes the scope %s, and an admin role', async (path, scope) => {
    const at = async (token: string) =>
      (await client.request(`/api/v1/${path}`, { headers: { authorization: token } })).status;
    const bearer = `Bearer ${await client.orgToken(scope)}`;
    expect(await at(bearer)).toBe(200);
    expect(await at(`Bearer ${await client.orgToken('okta.users.read')}`)).toBe(403);
    restores.push(okta.restrictRoles([scope]));
    expect(await at(bearer)).toBe(403);
    expect((await read(path)).body).toMatchObject({ errorCode: 'E0000006' });
  });
});

it('a key that is hidden vanishes from the published keys, and comes back', async () => {
  const published = async () => {
    const { keys } = (await (await client.request('/oauth2/default/v1/keys')).json()) as { keys: { kid: string }[] };
    return keys.map(({ kid }) => kid);
  };
  const [active, next] = await published();
  const restore = okta.hideKey('default', 'active');
  expect(await published()).toEqual([next]);
  restore();
  expect(await published()).toEqual([active, next]);
});
