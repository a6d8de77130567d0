import { once } from 'node:events';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { check } from '../../../../local/commands/check.ts';
import { execute } from '../../../../local/commands/command.ts';
import { doctor } from '../../../../local/commands/doctor.ts';
import { picture } from '../../../../local/commands/picture.ts';
import { setup } from '../../../../local/commands/setup.ts';
import { start } from '../../../../local/commands/start.ts';
import { watch } from '../../../../local/commands/watch.ts';
import { runCommand } from '../../../support/run-command.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'okta-synthetics-mistakes-'));
const config = path.join(folder, 'my.jsonc');
writeFileSync(config, JSON.stringify({ orgs: [{ name: 'acme', domain: 'acme.okta.com' }] }));

/** What a command writes to standard error if npm took these flags. */
async function withoutDashes(command: Parameters<typeof execute>[0], args: readonly string[], env: object) {
  const written: string[] = [];
  const stream = { isTTY: false, write: (text: unknown) => written.push(String(text)) > 0 };
  const code = await execute(command, args, { stdout: stream, stderr: stream }, env as NodeJS.ProcessEnv);
  return { code, text: written.join('') };
}

it.each([
  [start, ['K1'], { npm_config_case: 'K1' }, 'npm start -- --case <id>'],
  [start, [], { npm_config_watch: 'true' }, 'npm start -- --watch'],
  [check, ['canary'], { npm_config_config: 'canary' }, 'npm run check -- --config <path>'],
])('a line without -- gets the one to write: %#', async (command, args, env, line) => {
  const { code, text } = await withoutDashes(command as Parameters<typeof execute>[0], args, env);
  expect(code).toBe(2);
  expect(text).toContain(line);
  expect(text).not.toContain('canary');
});

it('a picture of a wrong width is refused before anything is simulated', async () => {
  const { code, stderr } = await runCommand(picture, '--width', 'abc');
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: "--width must be a whole number from 200 to 4096, not 'abc'.\n",
  });
});

it.each(['--remove', '--rotate'])('--receiver is refused with %s', async (flag) => {
  const { code, stderr } = await runCommand(setup, '--domain', 'acme.okta.com', '--receiver', 'a@b.ch', flag);
  expect({ code, stderr }).toEqual({ code: 2, stderr: `--receiver and ${flag} are mutually exclusive.\n` });
});

it('a watch at a used port says first who is not told, and leaves no history', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const data = path.join(folder, 'data');
  const { code, stderr } = await runCommand(watch, '--config', config, '--port', String(port), '--data', data);
  server.close();
  expect(code).toBe(2);
  expect(stderr).toMatch(/^No one receives pages: .*\nNo one receives tickets: .*\nPort \d+ .* cannot be used/);
  expect(existsSync(data)).toBe(false);
});

it('the doctor says first who is not told, in the words of the other commands', async () => {
  const { stdout } = await runCommand(doctor, '--config', config, '--org', 'acme');
  expect(stdout.indexOf('No one receives pages')).toBeGreaterThan(0);
  expect(stdout.indexOf('No one receives pages')).toBeLessThan(stdout.indexOf('This machine'));
});
