import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OktaDescription } from '../../local/commands/okta.ts';
import { launch } from '../support/run-command.ts';

const command = join(import.meta.dirname, '../../local/commands/main.ts');
const running: ChildProcess[] = [];
let cache: string;

beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'okta-emulator-test-'));
});

afterEach(async () => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
  await rm(cache, { recursive: true });
});

function run(...args: readonly string[]) {
  const env = { ...process.env, XDG_CACHE_HOME: cache };
  const child = spawn(process.execPath, [command, 'okta', ...args], { stdio: ['ignore', 'pipe', 'pipe'], env });
  running.push(child);
  return { child, stderr: text(child.stderr), exited: once(child, 'exit') };
}

/** Reads the output until it matches. */
async function outputUntil(child: ChildProcess, end: RegExp): Promise<string> {
  let output = '';
  for await (const chunk of child.stdout ?? []) {
    output += chunk;
    if (end.test(output)) break;
  }
  return output;
}

/** Starts the emulator on a free port and reads what it prints. */
async function start(...args: readonly string[]) {
  const { child, stderr, exited } = run('--port', '0', '--json', ...args);
  const description = JSON.parse(await outputUntil(child, /^}\n$/m)) as OktaDescription;
  return {
    description,
    async stop() {
      child.kill('SIGINT');
      expect(await exited).toEqual([0, null]);
      expect(await stderr).toBe('');
    },
  };
}

const shell = async (line: string) => (await promisify(execFile)('sh', ['-c', `${line} --silent --show-error`])).stdout;

/** Runs the printed command for `npm run check`, without npm. By default, nothing is remembered of earlier ones. */
async function check({ commands }: OktaDescription, state = mkdtempSync(join(cache, 'state-'))) {
  const [, ca = '', flags = ''] = /^NODE_EXTRA_CA_CERTS=(\S+) npm run check -- (.+)$/.exec(commands.check) ?? [];
  const { code, stdout } = await launch('check', [...flags.split(' '), '--json'], {
    ...{ NODE_EXTRA_CA_CERTS: ca, XDG_STATE_HOME: state },
  });
  const { orgs } = JSON.parse(stdout) as { orgs: { outcomes: { probe: string; finding?: { code: string } }[] }[] };
  const outcomes = orgs.flatMap((org) => org.outcomes);
  return { code, probes: outcomes.length, findings: outcomes.flatMap(({ finding }) => finding?.code ?? []) };
}

describe('npm run okta', () => {
  it('prints commands that work, and ends on Ctrl-C', async () => {
    const { description, stop } = await start();
    const { token, users, fail, mend } = description.commands;
    expect(JSON.parse(await shell(token))).toMatchObject({ token_type: 'Bearer', scope: 'monitor.read' });
    expect(JSON.parse(await shell(users))).toMatchObject([{ status: 'ACTIVE' }]);
    expect(JSON.parse(await shell(fail))).toEqual({ cases: ['O1@token@default'] });
    expect(JSON.parse(await shell(token))).toMatchObject({ errorCode: 'E0000009' });
    expect(JSON.parse(await shell(mend))).toEqual({ cases: [] });
    expect(JSON.parse(await shell(token))).toMatchObject({ token_type: 'Bearer' });
    await stop();
  });

  it('writes a configuration and secrets that npm run check takes as they are', async () => {
    const { description, stop } = await start();
    const { code, probes, findings } = await check(description);
    expect(findings).toEqual([]);
    expect(probes).toBeGreaterThan(10);
    expect(code).toBe(0);
    for (const file of Object.values(description.files)) {
      expect(file.startsWith(cache)).toBe(true);
      if (file !== description.files.ca) expect((await stat(file)).mode & 0o077).toBe(0);
    }
    await stop();
  });

  it('fails as the given case does, until another one is chosen', async () => {
    const { description, stop } = await start('--case', 'O1@token@default');
    expect(description.cases.active).toEqual(['O1@token@default']);
    const { code, findings } = await check(description);
    expect(code).toBe(1);
    expect(findings).toContain('internal-error');

    const choose = async (method: string, id = '') => {
      const response = await fetch(description.cases.url + id, { method });
      return { status: response.status, body: await response.json() };
    };
    expect(await choose('PUT', '/o2,N2@keys@org')).toEqual({
      status: 200,
      body: { cases: ['O2@organization', 'N2@keys@org'] },
    });
    expect((await check(description)).findings).toContain('read-only-mode');
    expect(await choose('PUT', '/Z99')).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining('There is no case "Z99"') },
    });
    expect(await choose('PUT', '/M1')).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining('needs more than the emulator') },
    });
    expect((await choose('GET')).body).toEqual({ cases: ['O2@organization', 'N2@keys@org'] });
    expect((await choose('POST')).status).toBe(404);
    await choose('DELETE');
    expect((await check(description)).code).toBe(0);
    await stop();
  });

  it('fails as cases of the test user do, and as SAML applications do', async () => {
    const { description, stop } = await start('--case', 'K5');
    expect(description.cases.active).toEqual(['K5@sign-in']);
    const state = join(cache, 'pipeline');
    expect((await check(description, state)).findings).toEqual(['user-password-refused']);
    // One command after the other remembers that Okta refused the password.
    await fetch(description.cases.url, { method: 'DELETE' });
    expect((await check(description, state)).findings).toEqual(['user-password-refused']);
    expect((await check(description)).findings).toEqual([]);
    const choose = async (id: string) => {
      const response = await fetch(`${description.cases.url}/${id}`, { method: 'PUT' });
      expect([response.status, await response.json()]).toEqual([200, { cases: [expect.any(String)] }]);
      return (await check(description)).findings;
    };
    expect(await choose('K7')).toEqual(['user-locked']);
    expect(await choose('J2')).toEqual(['enrollment-demanded']);
    expect(await choose('J6@code@default')).toEqual(['code-refused']);
    expect(await choose('J11')).toEqual(['saml-acs-mismatch']);
    await stop();
  });

  it('keeps its CA, clients and keys between starts, unless they shall be new or their file is broken', async () => {
    const identityOf = async (...args: readonly string[]) => {
      const { description, stop } = await start(...args);
      const { files, clients, apiToken, servers } = description;
      const ca = await readFile(files.ca, 'utf8');
      const discovery = await shell(`curl ${servers[0]?.issuer}/oauth2/v1/keys --cacert ${files.ca}`);
      await stop();
      return { ca, clients, apiToken, keys: JSON.parse(discovery) };
    };
    const first = await identityOf();
    expect(await identityOf()).toEqual(first);

    const fresh = await identityOf('--fresh');
    expect(fresh.ca).not.toBe(first.ca);
    expect(fresh.clients.web).not.toEqual(first.clients.web);
    expect(fresh.keys).not.toEqual(first.keys);
    expect(await identityOf()).toEqual(fresh);

    await writeFile(join(cache, 'okta-synthetics', 'okta-emulator', 'identity.json'), '{"version":');
    expect((await identityOf()).ca).not.toBe(fresh.ca);
  });

  it('prints its URLs and credentials in 80 columns, without colour if there is no terminal', async () => {
    const { child, exited } = run('--port', '0');
    const output = await outputUntil(child, /Press Ctrl-C to stop/);
    expect(output).toMatch(/^Org authorization server\n/);
    for (const word of [
      'issuer',
      'Discovery',
      'secret',
      'private key',
      'super admin',
      'password',
      '--cacert',
      '--secrets',
    ]) {
      expect(output).toContain(word);
    }
    // The paths of the files depend on the user's folder.
    const columns = output.split('\n').map((line) => line.replace(/\S*okta-emulator\S*/, '').length);
    expect(Math.max(...columns)).toBeLessThanOrEqual(80);
    expect(output).not.toContain('\u001b');
    child.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
  });

  it.each([
    [['--nope'], 'Usage: npm run okta'],
    [['--port', 'x'], '--port must be a whole number from 0 to 65534'],
    [['--port', '0', '--case', 'Z99'], 'There is no case "Z99". The cases are:'],
  ])('rejects %s and says why', async (args, text) => {
    const { stderr, exited } = run(...args);
    expect(await exited).toEqual([2, null]);
    expect(await stderr).toContain(text);
  });

  it('says which port is in use', async () => {
    const { description, stop } = await start();
    const port = new URL(description.servers[0]?.issuer ?? '').port;
    const { stderr, exited } = run('--port', port);
    expect(await exited).toEqual([1, null]);
    expect(await stderr).toBe(`Port ${port} is already in use. Try npm run okta -- --port 0\n`);
    await stop();
  });
});
