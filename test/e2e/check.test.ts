import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../lib/config/load-config.ts';
import { monitoredOrgs } from '../../lib/monitored-org.ts';
import { type OktaEmulator, startOktaEmulator } from '../../local/emulators/okta/okta-emulator.ts';
import { launch } from '../support/run-command.ts';

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
    statusPage: { page: okta.statusPageUrl, feed: okta.statusFeedUrl },
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

  it('ends with 1 if a probe fails, with the finding and the text for Okta support', async () => {
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
    const { passed, orgs } = JSON.parse(stdout);
    expect(passed).toBe(false);
    const { outcomes } = orgs[0];
    expect(outcomes.find(({ probe }: { probe: string }) => probe === 'rate-limits').finding.code).toBe(
      'secret-unreadable',
    );
  });

  it('requires a configuration, and never quotes a secrets file that is not JSON', async () => {
    expect((await check()).code).toBe(2);
    const file = path.join(directory, 'broken.json');
    await writeFile(file, 'canary');
    const { code, stderr } = await check('--config', await configure(), '--secrets', file);
    expect(code).toBe(1);
    expect(stderr).toContain('it is not JSON');
    expect(stderr).not.toContain('canary');
  });
});
