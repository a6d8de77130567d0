import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openOkta } from '../../packages/okta-emulator/test/support/open-okta.ts';
import { openCanaries } from '../support/canaries.ts';
import { accessClaims, idClaims, signed } from '../support/made-tokens.ts';
import { launch } from '../support/run-command.ts';

const { okta, client } = await openOkta();

let env: Readonly<Record<string, string | undefined>>;
beforeAll(async () => {
  const ca = path.join(await mkdtemp(path.join(tmpdir(), 'okta-synthetics-token-')), 'ca.pem');
  await writeFile(ca, okta.ca);
  env = { NODE_EXTRA_CA_CERTS: ca, HTTPS_PROXY: undefined, https_proxy: undefined };
});

/** The variables of the service application of the org. */
function service(scopes: string) {
  const { clientId, privateJwk } = okta.clients.service;
  return {
    ...{ OKTA_CLIENT_CLIENTID: clientId, OKTA_CLIENT_SCOPES: scopes },
    OKTA_CLIENT_PRIVATEKEY: JSON.stringify(privateJwk),
  };
}

/** Judges a token, and fails if anything shows it. */
async function judge(token: string, flags: readonly string[], more: Readonly<Record<string, string>> = {}) {
  const ended = await launch('check', ['--token', ...flags], { ...env, ...more }, `${token}\n`);
  const canaries = openCanaries();
  canaries.add('the token', token);
  expect(canaries.leaksIn(`${ended.stdout}\n${ended.stderr}`)).toEqual([]);
  return ended;
}

const atDomain = ['--domain', okta.domain];

describe('npm run check -- --token', () => {
  it('accepts a token of a custom server, with the keys that the server publishes', async () => {
    const flags = [...atDomain, '--audience', okta.audiences.default, '--scopes', 'monitor.read', '--json'];
    const { code, stdout, stderr } = await judge(await client.customToken(), flags);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toMatchObject({ passed: true, kind: 'custom-access-token', verdict: 'accepted' });
    expect(code).toBe(0);
  });

  it("ends with 1 and shows a service's answer to a missing scope", async () => {
    const { code, stdout } = await judge(await client.customToken(), [...atDomain, '--scopes', 'orders.write']);
    expect(stdout).toContain('A service rejects it with 403 insufficient_scope: scopes.');
    expect(code).toBe(1);
  });

  it('asks the server that issued it, if a service application is configured there', async () => {
    const token = await client.orgToken();
    const alone = await judge(token, atDomain);
    expect(alone.stdout).toContain('It cannot be said from here whether it is good: introspection.');
    expect(alone.code).toBe(1);
    const asked = await judge(token, atDomain, service('okta.users.read'));
    expect(asked.stdout).toContain('Okta says that it is active.');
    expect(asked.code).toBe(0);
  });

  it('notices that a token was revoked', async () => {
    const { clientId } = okta.clients.service;
    const token = await client.orgToken();
    const url = '/oauth2/v1/revoke';
    await client.post(url, { token, client_id: clientId, ...(await client.assertion(okta.origin + url)) });
    const { code, stdout } = await judge(token, [...atDomain, '--json'], service('okta.users.read'));
    expect(stdout).toContain('it has expired or was revoked');
    expect(code).toBe(1);
  });

  it("sends nothing anywhere for another org's token, whatever it names", async () => {
    okta.clearRequests();
    const iss = `${okta.issuers.default.replace('localhost', '127.0.0.1')}`;
    for (const claims of [accessClaims, { ...accessClaims, iss }, { ...idClaims, iss: `${okta.origin}.example.net` }]) {
      const { code, stdout } = await judge(await signed(claims), atDomain, service('okta.users.read'));
      expect(stdout).toContain('keys are fetched only');
      expect(code).toBe(1);
    }
    expect(okta.requests).toEqual([]);
  });

  it('judges without any configuration, and then vouches for nothing', async () => {
    const { code, stdout } = await judge(await client.customToken(), []);
    expect(stdout).toContain('It cannot be said from here whether it is good: issuer, signature.');
    expect(code).toBe(1);
  });

  it('shows the values of claims only with --show-claims', async () => {
    const token = await client.customToken();
    expect((await judge(token, atDomain)).stdout).not.toContain('"jti"');
    expect((await judge(token, [...atDomain, '--show-claims'])).stdout).toContain('"jti"');
  });

  it.each(['', 'not a token', '{"error": "canary-in-json"}'])(
    'ends with 1 for text that is no token: %s',
    async (text) => {
      const { code, stdout } = await judge(text, atDomain);
      expect(stdout).toContain('not a token');
      expect(stdout).not.toContain('canary');
      expect(code).toBe(1);
    },
  );

  it.each([
    ['after --token', (token: string) => ['--token', token]],
    ['with =', (token: string) => [`--token=${token}`]],
    ['as part of the flag', (token: string) => [`--token${token}`]],
    ['as the value of another flag', (token: string) => ['--token', '--audience', token]],
    ['as the path of a file', (token: string) => ['--config', token]],
    ['alone', (token: string) => [token]],
  ])('refuses a token that is given as an argument %s, and does not repeat it', async (_, argsOf) => {
    for (const token of [await client.customToken(), `00${'a1B2c3D4'.repeat(5)}`]) {
      const { code, stdout, stderr } = await launch('check', argsOf(token), env);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      const canaries = openCanaries();
      canaries.add('the token', token);
      expect(canaries.leaksIn(stderr)).toEqual([]);
      expect(stderr).not.toContain(token.slice(0, 20));
    }
  });
});

describe('npm run check -- --domain', () => {
  const probes = ['--probe', 'token@default,verify@default,introspect@default'];

  it('runs the probes of a file with a client from the environment', async () => {
    const flags = [...atDomain, '--audience', okta.audiences.default, ...probes, '--json'];
    const { code, stdout, stderr } = await launch('check', flags, { ...env, ...service('monitor.read') });
    const { orgs } = JSON.parse(stdout);
    expect(orgs[0].outcomes.map(({ probe, status }: Record<string, string>) => [probe, status])).toContainEqual([
      'verify',
      'passed',
    ]);
    expect(`${stdout}${stderr}`).not.toContain(okta.clients.service.privateJwk.d);
    expect(code).toBe(0);
  });

  it('names the variable of a secret that cannot be used, and how to go on', async () => {
    const more = { ...service('monitor.read'), OKTA_CLIENT_PRIVATEKEY: 'canary' };
    const { code, stdout } = await launch('check', [...atDomain, ...probes], { ...env, ...more });
    expect(stdout).toContain('"OKTA_CLIENT_PRIVATEKEY"');
    expect(stdout).toContain(`npm run check -- --domain ${okta.domain}`);
    expect(stdout).not.toContain('canary');
    expect(code).toBe(1);
  });

  it('ends with 2 if the variables do not fit together, and for a second source', async () => {
    const { OKTA_CLIENT_SCOPES: _, ...partial } = service('monitor.read');
    const incomplete = await launch('check', atDomain, { ...env, ...partial });
    expect(incomplete).toMatchObject({ code: 2, stderr: expect.stringContaining('OKTA_CLIENT_SCOPES') });
    expect((await launch('check', [...atDomain, '--config', 'my.jsonc'], env)).code).toBe(2);
  });

  it('repeats the run, and says how long each phase took', async () => {
    const flags = [...atDomain, ...probes, '--repeat', '3', '--json'];
    const { code, stdout } = await launch('check', flags, { ...env, ...service('monitor.read') });
    const [{ repeated }] = JSON.parse(stdout).orgs;
    expect(repeated.runs).toBe(3);
    expect(repeated.times).toContainEqual(
      expect.objectContaining({ phase: 'firstByteMs', target: 'token@default', count: 3 }),
    );
    expect(code).toBe(0);
  });

  it('fails on the level of --fail-on and worse ones, and annotates a run of GitHub Actions', async () => {
    const more = { ...service('nowhere'), ...env };
    const flags = [...atDomain, '--probe', 'token@default', '--github'];
    const failing = await launch('check', [...flags, '--fail-on', 'ticket'], more);
    expect(failing.stdout).toMatch(/^::error title=[^\n]+$/m);
    expect(failing.code).toBe(1);
    const tolerant = await launch('check', [...flags, '--fail-on', 'page'], more);
    expect(tolerant.stdout).toMatch(/^::warning title=[^\n]+$/m);
    expect(tolerant.code).toBe(0);
  });

  it.each([
    ['--fail-on', 'never'],
    ['--repeat', '1'],
    ['--github', '--json'],
    ['--scopes', 'a'],
    ['--token', '--probe=token'],
    ['--token', '--fail-on=page'],
  ])('ends with 2 for %s %s', async (...flags) => {
    expect(await launch('check', [...atDomain, ...flags], env)).toMatchObject({ code: 2, stdout: '' });
  });
});
