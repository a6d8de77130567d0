import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runCli } from '../src/cli.ts';

const folder = await mkdtemp(join(tmpdir(), 'okta-emulator-cli-'));
afterAll(() => rm(folder, { recursive: true }));

/** Runs the command, which stops at once when it has started. */
async function run(...args: readonly string[]) {
  const written = { stdout: '', stderr: '' };
  const stream = (name: keyof typeof written) => ({
    write(text: string) {
      written[name] += text;
    },
  });
  const code = await runCli(args, { stdout: stream('stdout'), stderr: stream('stderr') }, Promise.resolve());
  return { code, ...written };
}

const start = (...args: readonly string[]) => run('--port', '0', '--folder', folder, ...args);

describe('the command okta-emulator', () => {
  it('prints issuers, clients and the file of the certificate to trust', async () => {
    const { code, stdout, stderr } = await start();
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/issuer {2,}https:\/\/localhost:\d+\n/);
    expect(stdout).toMatch(/client id {2,}0oa\w{17}\n/);
    expect(stdout).toContain(join(folder, 'ca.pem'));
    expect(stdout).toMatch(/Press Ctrl-C to stop\.\n$/);
  });

  it('prints one JSON document, and is the same org at the next start unless it must be fresh', async () => {
    const start1 = JSON.parse((await start('--json')).stdout);
    const start2 = JSON.parse((await start('--json')).stdout);
    const fresh = JSON.parse((await start('--json', '--fresh')).stdout);
    expect(start2.clients).toEqual(start1.clients);
    expect(fresh.clients.web.clientId).not.toBe(start1.clients.web.clientId);
  });

  it('lets no other user read the private keys', async () => {
    const { files } = JSON.parse((await start('--json')).stdout);
    expect(await readFile(files.ca, 'utf8')).toMatch(/^-----BEGIN CERTIFICATE-----/);
    for (const file of [files.privateKey, files.dpopPrivateKey, join(folder, 'identity.json')]) {
      expect((await stat(file)).mode & 0o077).toBe(0);
    }
  });

  it('explains its options', async () => {
    expect(await run('--help')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Usage: okta-emulator/) });
  });

  it.each([
    [['--nope'], 'Usage: okta-emulator'],
    [['--port', 'x'], '--port must be a whole number from 0 to 65535'],
    [['--port', '65536'], '--port must be a whole number from 0 to 65535'],
  ])('refuses %j', async (args, text) => {
    expect(await run(...args)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(text) });
  });

  it('says which port is in use', async () => {
    await using server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { readonly port: number };
    expect(await run('--port', String(port), '--folder', folder)).toEqual({
      code: 1,
      stdout: '',
      stderr: `Port ${port} is already in use. Try okta-emulator --port 0\n`,
    });
  });
});
