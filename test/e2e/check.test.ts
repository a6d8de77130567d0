import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../lib/config/load-config.ts';
import { monitoredOrgs } from '../../lib/monitored-org.ts';
import { type OktaEmulator, startOktaEmulator } from '../../packages/okta-emulator/src/index.ts';
import { launch, tooLong } from '../support/run-command.ts';

let okta: OktaEmulator;
let directory: string;
beforeAll(async () => {
  okta = await startOktaEmulator();
  directory = await mkdtemp(path.join(tmpdir(), 'okta-synthetics-check-'));
  await writeFile(path.join(directory, 'ca.pem'), okta.ca);
});
afterAll(() => okta.close());

const check = (...flags: readonly string[]) =>
  launch('check', flags, { NODE_EXTRA_CA_CERTS: path.join(directory, 'ca.pem') });

async function write(name: string, content: object): Promise<string> {
  const file = path.join(directory, name);
  await writeFile(file, JSON.stringify(content));
  return file;
}

/** The Okta emulator, configured as a real org would be. */
function configure() {
  const { service, web } = okta.clients;
  return write('config.jsonc', {
    statusPage: { page: okta.statusPageUrl },
    orgs: [
      {
        name: 'acme',
        domain: okta.domain,
        web: { clientId: web.clientId, redirectUri: web.redirectUri },
        service: { clientId: service.clientId, secret: 'acme/key' },
        servers: [
          { id: 'org', scopes: ['okta.users.read'] },
          { id: 'default', audience: 'api://default', scopes: ['monitor.read'] },
        ],
        api: { token: { secret: 'acme/api' } },
      },
    ],
  });
}

describe('npm run check', () => {
  it('checks an org with secrets from a file and prints no secret', async () => {
    const key = { privateKey: okta.clients.service.privateJwk };
    const secrets = await write('secrets.json', { 'acme/key': key, 'acme/api': { apiToken: okta.apiToken } });
    const config = await configure();
    const { code, stdout, stderr } = await check('--config', config, '--secrets', secrets);
    expect(stderr).not.toContain('Error');
    expect(stdout.match(/✓ passed/g)).toHaveLength(
      monitoredOrgs(loadConfig(config)).flatMap(({ plan }) => plan).length,
    );
    expect(code).toBe(0);
    expect(stdout).not.toContain(okta.apiToken);
  });

  it('ends with 1 if a probe fails, with the finding and the request by which the System Log finds it', async () => {
    const key = { privateKey: okta.clients.service.privateJwk };
    const secrets = await write('secrets.json', { 'acme/key': key, 'acme/api': { apiToken: 'wrong' } });
    const { code, stdout } = await check('--config', await configure(), '--secrets', secrets);
    expect(code).toBe(1);
    expect(stdout).toContain('api-token-refused (credentials)');
    expect(stdout).toContain('X-Okta-Request-Id');
  });

  it('prints one JSON document and writes JUnit', async () => {
    const secrets = await write('secrets.json', {});
    const junit = path.join(directory, 'check.xml');
    const { code, stdout } = await check(
      ...['--config', await configure(), '--secrets', secrets, '--json', '--junit', junit],
    );
    expect(code).toBe(1);
    expect(await readFile(junit, 'utf8')).toMatch(/<testcase .*name="rate-limits: .*>\n +<failure /);
    const { passed, verdict, orgs } = JSON.parse(stdout);
    expect(passed).toBe(false);
    expect(verdict).toMatch(/^1 problem \(monitor\)\./);
    const { outcomes } = orgs[0];
    expect(outcomes.find(({ probe }: { probe: string }) => probe === 'rate-limits').finding.code).toBe(
      'secret-unreadable',
    );
  });

  it('explains a public key where the private one belongs, and loses no probe', async () => {
    const { d, p, q, dp, dq, qi, ...publicJwk } = okta.clients.service.privateJwk;
    const secrets = await write('secrets.json', {
      'acme/key': { privateKey: publicJwk },
      'acme/api': { apiToken: okta.apiToken },
    });
    const config = await configure();
    const { code, stdout, stderr } = await check('--config', config, '--secrets', secrets);
    expect(code).toBe(1);
    expect(stdout.match(/"privateKey" holds a public key: store/g)).toHaveLength(1);
    expect(stdout).toContain('1 problem (monitor).');
    expect(stdout.match(/(✓ passed|✗ failed|– skipped)$|(✓ passed|✗ failed|– skipped) /gm)).toHaveLength(
      monitoredOrgs(loadConfig(config)).flatMap(({ plan }) => plan).length,
    );
    expect(`${stdout}${stderr}`).not.toMatch(/^ +at .*:\d+:\d+/m);
    expect(tooLong(stdout, 80).filter((line) => !line.includes(directory))).toEqual([]);
  });

  it('says once that there are no AWS credentials, and how to do without them', async () => {
    const { code, stdout } = await launch('check', ['--config', await configure()], {
      NODE_EXTRA_CA_CERTS: path.join(directory, 'ca.pem'),
      ...{ HOME: directory, AWS_REGION: 'eu-west-1', AWS_EC2_METADATA_DISABLED: 'true' },
      ...{ AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined, AWS_PROFILE: undefined },
    });
    expect(code).toBe(1);
    expect(stdout.match(/there are no AWS credentials/g)).toHaveLength(1);
    expect(stdout).toContain('--secrets');
  });

  it('passes if only the status page cannot be read, and says that it is not known', async () => {
    const { clients, apiToken } = okta;
    const secrets = await write('secrets.json', {
      'acme/key': { privateKey: clients.service.privateJwk },
      'acme/api': { apiToken },
    });
    const config = JSON.parse(await readFile(await configure(), 'utf8'));
    const unreachable = await write('unreachable.jsonc', { ...config, statusPage: { page: 'https://localhost:1/' } });
    const { code, stdout } = await check('--config', unreachable, '--secrets', secrets);
    expect(stdout).toContain('? not known');
    expect(code).toBe(0);
  });

  it('runs only the named probe, and ends with 2 for a name that there is not', async () => {
    const secrets = await write('secrets.json', { 'acme/key': { privateKey: okta.clients.service.privateJwk } });
    const flags = ['--config', await configure(), '--secrets', secrets];
    const one = await check(...flags, '--org', 'acme', '--probe', 'token@default', '--json');
    expect(JSON.parse(one.stdout).orgs[0].outcomes).toMatchObject([{ probe: 'token', server: 'default' }]);
    expect(one.code).toBe(0);
    const none = await check(...flags, '--probe', 'tokens@default');
    expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining('  token@default\n') });
  });

  it('ends with 2 if the configuration is invalid', async () => {
    const config = await write('invalid.jsonc', { orgs: [{ name: 'acme', domain: 'https://acme.okta.com' }] });
    expect(await check('--config', config)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('orgs[0].domain'),
    });
  });

  it('requires a configuration, and never quotes a secrets file that is not JSON', async () => {
    expect((await check()).code).toBe(2);
    const file = path.join(directory, 'broken.json');
    await writeFile(file, 'canary');
    const { code, stderr } = await check('--config', await configure(), '--secrets', file);
    expect(code).toBe(2);
    expect(stderr).toContain('it is not JSON');
    expect(stderr).not.toContain('canary');
  });
});
