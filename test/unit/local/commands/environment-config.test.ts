import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../../lib/config/config-error.ts';
import { resolveOrg } from '../../../../lib/config/resolve-org.ts';
import { type EnvironmentOrg, environmentConfig } from '../../../../local/commands/check/environment-config.ts';

const domain = 'acme.okta.com';
const jwk = { kty: 'RSA', d: 'canary-private' };
const client = {
  OKTA_CLIENT_CLIENTID: '0oaService',
  OKTA_CLIENT_SCOPES: 'okta.users.read, okta.logs.read',
  OKTA_CLIENT_PRIVATEKEY: JSON.stringify(jwk),
};

function orgOf(env: Readonly<Record<string, string>>, more: Partial<EnvironmentOrg> = {}) {
  const { config } = environmentConfig({ domain, ...more }, env);
  const [org] = config.orgs;
  if (!org) throw new Error('there is no org');
  return resolveOrg(org, config);
}

function problemsIn(env: Readonly<Record<string, string>>, more: Partial<EnvironmentOrg> = {}): string {
  try {
    environmentConfig({ domain, ...more }, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
  }
  return 'none';
}

describe('a configuration from the environment', () => {
  it('needs nothing but a domain', () => {
    expect(orgOf({})).toMatchObject({
      name: 'acme',
      domain,
      servers: [{ id: 'org', issuer: 'https://acme.okta.com' }],
    });
  });

  it('has the client of the variables of the SDKs at the Org server, if all scopes are of Okta', async () => {
    const [server] = orgOf(client).servers;
    expect(server).toMatchObject({ id: 'org', service: { clientId: '0oaService', authentication: 'private_key_jwt' } });
    expect(server?.service?.scopes).toEqual(['okta.users.read', 'okta.logs.read']);
    const { secrets } = environmentConfig({ domain }, client);
    expect((await secrets.read('OKTA_CLIENT_PRIVATEKEY')).reveal()).toEqual({ privateKey: jwk });
  });

  it('has a client secret at the default server, for scopes of your own', async () => {
    const env = {
      OKTA_CLIENT_CLIENTID: '0oaService',
      OKTA_CLIENT_SCOPES: 'orders.read',
      OKTA_CLIENT_SECRET: 'canary-s',
    };
    expect(orgOf(env, { audience: 'api://default' }).servers).toMatchObject([
      { id: 'default', audience: 'api://default', service: { authentication: 'client_secret_basic', dpop: false } },
    ]);
    expect((await environmentConfig({ domain }, env).secrets.read('OKTA_CLIENT_SECRET')).reveal()).toEqual({
      clientSecret: 'canary-s',
    });
    expect(JSON.stringify(environmentConfig({ domain }, env).config)).not.toContain('canary');
  });

  it('takes the server, DPoP and an API token where they are given', () => {
    const env = { ...client, OKTA_CLIENT_SCOPES: 'orders', OKTA_CLIENT_DPOP: 'true', OKTA_CLIENT_TOKEN: 'canary' };
    const org = orgOf(env, { server: 'aus1' });
    expect(org.servers).toMatchObject([{ id: 'aus1', service: { dpop: true } }]);
    expect(org.api).toEqual({ kind: 'token', secret: 'OKTA_CLIENT_TOKEN' });
  });

  it('reads a key in PEM format from a file', async () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'okta-synthetics-key-')), 'key.pem');
    writeFileSync(file, '-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----\n');
    const { OKTA_CLIENT_PRIVATEKEY: _, ...env } = { ...client, OKTA_CLIENT_PRIVATEKEY_FILE: file };
    const secret = await environmentConfig({ domain }, env).secrets.read('OKTA_CLIENT_PRIVATEKEY_FILE');
    expect(String(secret.reveal().privateKey)).toContain('BEGIN PRIVATE KEY');
  });

  it('lists all problems by the names of the variables, and quotes no value', () => {
    const text = problemsIn({ OKTA_CLIENT_CLIENTID: 'canary-id', OKTA_CLIENT_DPOP: 'canary-yes' });
    for (const name of ['OKTA_CLIENT_PRIVATEKEY', 'OKTA_CLIENT_SCOPES', 'OKTA_CLIENT_DPOP'])
      expect(text).toContain(name);
    expect(text).not.toContain('canary');
  });

  it.each([
    ['two credentials', { ...client, OKTA_CLIENT_SECRET: 'canary' }, 'keep one of them'],
    ['a secret without a client', { OKTA_CLIENT_SECRET: 'canary' }, 'set OKTA_CLIENT_CLIENTID too'],
    ['a broken JWK', { ...client, OKTA_CLIENT_PRIVATEKEY: '{"d": canary' }, 'is not JSON'],
    [
      'a file that is not there',
      { ...client, OKTA_CLIENT_PRIVATEKEY: '', OKTA_CLIENT_PRIVATEKEY_FILE: '/nowhere/canary' },
      'ENOENT',
    ],
  ])('refuses %s and does not repeat it', (_, env, says) => {
    expect(problemsIn(env)).toContain(says);
    expect(problemsIn(env)).not.toContain('canary');
  });

  it('refuses what the schema of a file refuses', () => {
    expect(problemsIn({}, { domain: 'https://acme.okta.com' })).toContain('remove https://');
    expect(problemsIn({}, { server: 'My server' })).toContain('is not a valid server ID');
    expect(problemsIn({ ...client, OKTA_CLIENT_SCOPES: 'orders' }, { server: 'org' })).toContain('okta.');
  });
});
