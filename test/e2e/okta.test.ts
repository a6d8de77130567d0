import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import type { OktaDescription } from '../../local/reporters/okta.ts';

const command = join(import.meta.dirname, '../../local/cli/okta.ts');
const running: ChildProcess[] = [];

function run(...args: readonly string[]) {
  const child = spawn(process.execPath, [command, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
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

afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

describe('npm run okta', () => {
  it('prints commands that work, and removes its files on Ctrl-C', async () => {
    const { child, stderr, exited } = run('--port', '0', '--json');
    const description = JSON.parse(await outputUntil(child, /^}\n$/m)) as OktaDescription;
    const answers = await Promise.all(
      description.commands.map((line) => promisify(execFile)('sh', ['-c', `${line} --silent --show-error`])),
    );
    expect(JSON.parse(answers[0]?.stdout ?? '')).toMatchObject({ token_type: 'Bearer', scope: 'monitor.read' });
    expect(JSON.parse(answers[1]?.stdout ?? '')).toMatchObject([{ status: 'ACTIVE' }]);

    child.kill('SIGINT');
    expect(await exited).toEqual([0, null]);
    expect(await stderr).toBe('');
    await expect(access(description.files.ca)).rejects.toThrow('ENOENT');
  });

  it('prints its URLs and credentials in 80 columns, without colour if there is no terminal', async () => {
    const { child, exited } = run('--port', '0');
    const output = await outputUntil(child, /Press Ctrl-C to stop/);
    expect(output).toMatch(/^Org authorization server\n/);
    for (const word of ['issuer', 'Discovery', 'secret', 'private key', 'SSWS token', 'password', '--cacert']) {
      expect(output).toContain(word);
    }
    // The paths of the files depend on the machine's folder for temporary files.
    const columns = output.split('\n').map((line) => line.replace(/\S*okta-emulator-\S*/, '').length);
    expect(Math.max(...columns)).toBeLessThanOrEqual(80);
    expect(output).not.toContain('\u001b');
    child.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
  });

  it.each([
    [['--nope'], 'Usage: npm run okta'],
    [['--port', 'x'], '--port must be a whole number from 0 to 65535'],
  ])('rejects %s and says why', async (args, text) => {
    const { stderr, exited } = run(...args);
    expect(await exited).toEqual([2, null]);
    expect(await stderr).toContain(text);
  });
});
