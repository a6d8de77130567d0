import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OktaEmulator, startOktaEmulator } from '../../packages/okta-emulator/src/index.ts';
import { startRawServer } from '../support/raw-server.ts';

let okta: OktaEmulator;
let directory: string;
beforeAll(async () => {
  okta = await startOktaEmulator();
  directory = await mkdtemp(path.join(tmpdir(), 'okta-synthetics-watch-'));
});
afterAll(async () => {
  await okta.close();
  await rm(directory, { recursive: true });
});

/** Watches an org until something happens, or until a text was printed. Then presses Ctrl-C. */
async function watch(domain: string, ca: string, until: Promise<void> | string) {
  const file = path.join(directory, 'ca.pem');
  await writeFile(file, ca);
  const flags = ['--domain', domain, '--probe', 'organization', '--watch', '--every', '10s'];
  const child = spawn(process.execPath, ['local/commands/main.ts', 'check', ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_EXTRA_CA_CERTS: file },
  });
  const exited = once(child, 'exit');
  let stdout = '';
  // A second Ctrl-C would end the process at once.
  const stopping = Promise.withResolvers<void>();
  stopping.promise.then(() => child.kill('SIGINT'));
  child.stderr.resume();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    if (typeof until === 'string' && stdout.includes(until)) stopping.resolve();
  });
  if (typeof until !== 'string') until.then(stopping.resolve);
  const [code] = await exited;
  return { code, stdout };
}

describe('npm run check -- --watch', () => {
  it('runs until Ctrl-C and ends with the code of its last round', async () => {
    const { code, stdout } = await watch(okta.domain, okta.ca, 'probes passed\n');
    expect(stdout).toMatch(/^\d\d:\d\d:\d\dZ {2}1 of 1 probes passed\n\nVerdict {2}No problem\./);
    expect(code).toBe(0);
  });

  it('ends at Ctrl-C in the middle of a check', async () => {
    const asked = Promise.withResolvers<void>();
    await using server = await startRawServer(() => asked.resolve());
    const { stdout, code } = await watch(server.domain, server.ca, asked.promise);
    expect([code, stdout]).toEqual([2, 'Nothing was checked.\n']);
  });
});
