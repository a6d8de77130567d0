import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { execute } from '../../../../../local/commands/command.ts';
import { openSetup } from '../../../../../local/commands/setup/set-up.ts';
import { setup, tokenVariable } from '../../../../../local/commands/setup.ts';
import { openOkta } from '../../../../../packages/okta-emulator/test/support/open-okta.ts';
import { setupFolder, setupTools } from '../../../../support/setup-org.ts';

const { okta } = await openOkta();
const authorities = getCACertificates('default');
beforeAll(() => {
  setDefaultCACertificates([...authorities, okta.ca]);
  vi.stubEnv(tokenVariable, okta.adminToken);
});
afterAll(() => {
  setDefaultCACertificates(authorities);
  vi.unstubAllEnvs();
});

const { config, secrets, request } = setupFolder(okta);
const flags = ['--domain', okta.domain, '--org', 'acme', '--config', config, '--secrets', secrets];

/** Runs the command at a terminal whose user answers each question with this. */
async function atTerminal(answer: string, email = '', ...more: readonly string[]) {
  let shown = '';
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => {} });
  const stream = {
    write(text: string | Uint8Array) {
      shown += String(text);
      if (String(text).includes('[y/N]')) setImmediate(() => stdin.write(`${answer}\n`));
      if (String(text).includes('Which e-mail address')) setImmediate(() => stdin.write(`${email}\n`));
      return true;
    },
  };
  const code = await execute(setup, [...flags, ...more], { stdout: stream, stderr: stream, stdin });
  return { code, shown };
}

describe('at a terminal, npm run setup', () => {
  it.each([['--test-user'], ['--rotate'], ['--remove']])(
    'changes nothing with %s unless the administrator agrees',
    async (...more) => {
      const { tools, close } = setupTools(okta, secrets);
      await (await openSetup({ ...request, testUser: false }, tools)).apply(() => {});
      await close();
      okta.resetRateLimits();
      const before = [okta.snapshot(), readFileSync(secrets, 'utf8'), readFileSync(config, 'utf8')];
      const { code, shown } = await atTerminal('n', 'on-call@example.com', ...more);
      expect([code, shown]).toEqual([2, expect.stringContaining('Nothing was done.')]);
      expect([okta.snapshot(), readFileSync(secrets, 'utf8'), readFileSync(config, 'utf8')]).toEqual(before);
    },
  );

  it('asks which address to alert until the configuration has one', async () => {
    const { alerts: none } = JSON.parse(readFileSync(config, 'utf8'));
    expect(none).toBeUndefined();
    const mistaken = await atTerminal('y', 'on-call', '--test-user');
    expect([mistaken.code, mistaken.shown]).toEqual([
      2,
      expect.stringContaining('"on-call" is not an e-mail address.'),
    ]);
    const first = await atTerminal('y', 'on-call@example.com', '--test-user');
    expect([first.code, first.shown]).toEqual([
      0,
      expect.stringContaining('Which e-mail address should receive alerts?'),
    ]);
    const people = [{ email: 'on-call@example.com' }];
    expect(JSON.parse(readFileSync(config, 'utf8')).alerts).toEqual({ pages: people, tickets: people });
    const again = await atTerminal('y', 'else@example.com', '--test-user');
    expect([again.code, again.shown]).toEqual([
      0,
      expect.not.stringContaining('Which e-mail address should receive alerts?'),
    ]);
    const removed = await atTerminal('y', '', '--remove');
    expect(removed.shown).toMatch(/ stays: it has no org any more, and settings of yours\. To delete it:\n +rm /);
    expect(existsSync(config)).toBe(true);
  });

  it('sends nothing to another host that an answer redirects to', async () => {
    let requests = 0;
    const other = createServer((_, response) => {
      requests += 1;
      response.end('[]');
    }).listen(0, '127.0.0.1');
    await new Promise((listening) => other.once('listening', listening));
    const location = `http://127.0.0.1:${(other.address() as AddressInfo).port}/`;
    const restore = okta.intercept({ method: 'GET', path: /^\/api\/v1\// }, { status: 302, headers: { location } });
    okta.resetRateLimits();
    await atTerminal('n');
    restore();
    other.closeAllConnections();
    other.close();
    expect(requests).toBe(0);
  });
});
