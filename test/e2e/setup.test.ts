import { existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OktaEmulator, startOktaEmulator } from '../../packages/okta-emulator/src/index.ts';
import { launch, tooLong } from '../support/run-command.ts';

let okta: OktaEmulator;
let folder: string;
beforeAll(async () => {
  okta = await startOktaEmulator();
  folder = mkdtempSync(path.join(tmpdir(), 'okta-synthetics-setup-'));
  writeFileSync(path.join(folder, 'ca.pem'), okta.ca);
});
afterAll(() => okta.close());

const file = (name: string) => path.join(folder, name);

/** The command as an administrator's script starts it: without a terminal. */
function setup(flags: readonly string[], token = okta.adminToken) {
  okta.resetRateLimits();
  const env = { NODE_EXTRA_CA_CERTS: file('ca.pem'), OKTA_API_TOKEN: token, FORCE_COLOR: undefined };
  const all = [
    '--domain',
    okta.domain,
    '--org',
    'acme',
    '--config',
    file('my.jsonc'),
    '--secrets',
    file('secrets.json'),
  ];
  return launch('setup', [...all, ...flags], env);
}

describe('npm run setup', () => {
  it('shows a plan, makes it, rotates, and takes it away, without a secret in any output', async () => {
    const before = okta.snapshot();
    const dry = await setup(['--dry-run', '--test-user', '--server', 'default']);
    expect([dry.code, dry.stderr]).toEqual([0, '']);
    expect(dry.stdout).toContain('+ service application: okta-synthetics acme service');
    expect(dry.stdout).toMatch(/Plan: \d+ to create\.\n$/);
    expect(tooLong(dry.stdout, 80)).toEqual([]);
    expect(okta.snapshot()).toEqual(before);
    expect(existsSync(file('my.jsonc'))).toBe(false);

    const made = await setup(['--yes', '--json', '--test-user', '--server', 'default']);
    expect(made.code).toBe(0);
    const document = JSON.parse(made.stdout) as { passed: boolean; applied: boolean; resources: { action: string }[] };
    expect(document).toMatchObject({ passed: true, applied: true, mark: 'okta-synthetics: okta-synthetics/acme' });
    expect(statSync(file('secrets.json')).mode & 0o777).toBe(0o600);

    const rotated = await setup(['--rotate', '--yes']);
    expect(rotated.code).toBe(0);
    expect(rotated.stderr).toContain('okta-synthetics acme web: retired');
    expect(rotated.stdout).toContain('The password of the test user stays');
    expect(tooLong(rotated.stdout, 80)).toEqual([]);

    const again = await setup(['--yes', '--test-user']);
    expect(again.stdout).toMatch(
      /Done: \d+ as they were\.\nNext: add a receiver to alerts\.pages in .*, then run\n +npm run check -- --config .*\n$/,
    );

    const stored = JSON.parse(readFileSync(file('secrets.json'), 'utf8')) as Record<
      string,
      { password?: string; privateKey?: { d: string; p: string } }
    >;
    const removed = await setup(['--remove', '--yes']);
    expect(removed.code).toBe(0);
    expect(removed.stdout).toContain('without a recovery window');
    expect(tooLong(removed.stdout, 80)).toEqual([]);
    expect(okta.snapshot()).toEqual(before);
    expect([file('my.jsonc'), file('secrets.json')].filter(existsSync)).toEqual([]);

    const secrets = Object.values(stored).flatMap(({ password, privateKey }) => [
      password,
      privateKey?.d,
      privateKey?.p,
    ]);
    const canaries = [okta.adminToken, ...secrets.filter((each) => each !== undefined)];
    expect(canaries.length).toBeGreaterThan(5);
    const output = [dry, made, rotated, again, removed].map(({ stdout, stderr }) => stdout + stderr).join('');
    for (const canary of canaries) expect(output).not.toContain(canary);
  });

  it('says which servers there are to choose from, and does not repeat a token that Okta refuses', async () => {
    const unchosen = await setup(['--yes']);
    expect(unchosen.code).toBe(2);
    expect(unchosen.stderr).toContain('--server');
    const refused = await setup(['--yes', '--server', 'org'], '00unknownCanary');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('API > Tokens');
    expect(refused.stderr).not.toContain('Canary');
  });
});

describe('the first commands of the README', () => {
  it.each([
    ['no option', []],
    ['--test-user', ['--test-user']],
    ['--system-log', ['--system-log']],
    ['--health', ['--health']],
    ['every option', ['--test-user', '--system-log', '--health']],
  ])('end green after a set-up with %s', async (_, flags) => {
    const before = okta.snapshot();
    const own = mkdtempSync(path.join(tmpdir(), 'okta-synthetics-first-path-'));
    const config = path.join(own, 'my.jsonc');
    const secrets = ['--secrets', path.join(own, 'secrets.json')];
    const statusPage = { page: okta.statusPageUrl };
    writeFileSync(config, JSON.stringify({ statusPage, alerts: { pages: [] }, orgs: [] }));
    const env = { NODE_EXTRA_CA_CERTS: file('ca.pem'), OKTA_API_TOKEN: okta.adminToken, FORCE_COLOR: undefined };
    const target = ['--domain', okta.domain, '--org', 'acme', '--server', 'default', '--config', config, ...secrets];
    const run = (command: string, args: readonly string[]) => {
      okta.resetRateLimits();
      return launch(command, args, env);
    };
    const made = await run('setup', [...target, ...flags, '--yes', '--receiver', 'on-call@example.com']);
    expect(made.code, made.stdout + made.stderr).toBe(0);
    expect(JSON.parse(readFileSync(config, 'utf8'))).toMatchObject({
      alerts: { pages: [{ email: 'on-call@example.com' }], tickets: [{ email: 'on-call@example.com' }] },
    });
    const checked = await run('check', ['--config', config, ...secrets]);
    expect(checked.code, checked.stdout + checked.stderr).toBe(0);
    expect(checked.stdout).not.toContain('No one receives');
    expect(checked.stdout).not.toContain('npx cdk deploy');
    const removed = await run('setup', [...target, '--remove', '--yes']);
    expect(removed.code, removed.stdout + removed.stderr).toBe(0);
    expect(okta.snapshot()).toEqual(before);
  });

  it('begin with the messages that have no receiver', async () => {
    const config = path.join(folder, 'untold.jsonc');
    writeFileSync(config, JSON.stringify({ orgs: [{ name: 'acme', domain: okta.domain }] }));
    const env = { NODE_EXTRA_CA_CERTS: file('ca.pem'), FORCE_COLOR: undefined };
    const { stdout } = await launch('check', ['--config', config, '--probe', 'discovery'], env);
    expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(
      /^ No one receives pages: add a receiver to alerts\.pages, such as \{ "email": "on-call@example\.com" \}, or subscribe/,
    );
  });
});
