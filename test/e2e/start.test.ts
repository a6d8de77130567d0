import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { stripVTControlCharacters } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Ended, runLocal } from '../support/run-local.ts';

const start = (...flags: readonly string[]) => runLocal('start', flags);

async function configured(config: object): Promise<string> {
  const file = path.join(await mkdtemp(path.join(tmpdir(), 'okta-synthetics-test-')), 'config.jsonc');
  await writeFile(file, JSON.stringify(config));
  return file;
}

/** Where each of these begins, which must be one after the other. */
function inOrder(text: string, ...parts: readonly (string | RegExp)[]): void {
  let from = 0;
  for (const part of parts) {
    const at = text.slice(from).search(part);
    expect(at, `${part} after ${text.slice(0, from).split('\n').length} lines`).toBeGreaterThanOrEqual(0);
    from += at + 1;
  }
}

describe('npm start', () => {
  let told: Ended;
  beforeAll(async () => {
    told = await start();
  });

  it('tells the whole story: the watch, an outage, the alarm, the message, and its end', () => {
    expect(told.code).toBe(0);
    expect(told.stdout.match(/✓ passed/g)).toHaveLength(14);
    inOrder(
      told.stdout,
      /✓ 14 probes passed/,
      /From now on: internal error\n {7}case O1 at token@default of acme: 500 E0000009/,
      /✗ internal-error \(okta\) at token@default/,
      /▲ alarm okta-synthetics\/acme\/okta\/page/,
      /✉ page to on-call@example\.com/,
      /│ PAGE acme: internal-error/,
      /X-Okta-Request-Id/,
      /From now on all is well again/,
      /▼ over okta-synthetics\/acme\/okta\/page/,
      /│ RESOLVED acme: internal-error/,
      /✓ Case O1: a page after 2 minutes named internal-error; that it is over came 9 minutes after its end/,
    );
    expect(told.stdout.match(/✉/g)).toHaveLength(2);
    expect(told.stderr).toContain('building the functions');
  });

  it('fits into 100 columns, and has no colour when it is piped', () => {
    expect(told.stdout).toBe(stripVTControlCharacters(told.stdout));
    expect(told.stdout.split('\n').filter((line) => line.length > 100)).toEqual([]);
  });

  it('prints one JSON document for scripts, of the outage that was chosen', async () => {
    const { code, stdout } = await start('--case', 'k1', '--json');
    expect(code).toBe(0);
    const { case: met, right, told: incidents, happenings } = JSON.parse(stdout);
    expect(met).toMatchObject({ id: 'K1', org: 'acme', expected: { code: 'client-refused', domain: 'credentials' } });
    expect(right).toBe(true);
    expect(incidents).toMatchObject([{ audience: 'ticket', toldAfter: 4, finding: 'client-refused' }]);
    const kinds = new Set(happenings.map(({ kind }: { kind: string }) => kind));
    expect(kinds).toEqual(new Set(['minute', 'outage', 'alarm', 'message', 'mended']));
    expect(happenings[0].outcomes).toHaveLength(14);
  });

  it('watches an org of which only the domain is known, and says what would switch on the other probes', async () => {
    const { code, stdout } = await start(
      '--config',
      await configured({ orgs: [{ name: 'acme', domain: 'acme.okta.com' }] }),
    );
    expect(code).toBe(0);
    expect(stdout.match(/✓ passed/g)).toHaveLength(4);
    expect(stdout).toContain('off  authorize at org: set "web"');
    expect(stdout).toContain('off  rate-limits: set "api"');
    expect(stdout).toContain('✉ page to nobody: the configuration names no subscriber');
  });

  it('tells of an org that is looked at rarely, beside another, as rightly', async () => {
    const rare = { name: 'rare', domain: 'rare.okta.com', intervalMinutes: { flows: 5, status: 10 } };
    const file = await configured({ orgs: [rare, { name: 'other', domain: 'other.okta.com' }] });
    const { code, stdout } = await start('--config', file, '--case', 'O1@organization');
    expect(stdout).toMatch(/✓ Case O1: a page after \d+ minutes named internal-error/);
    expect(stdout.match(/✉/g)).toHaveLength(2);
    expect(stdout.match(/probes? passed|passed,/g)?.length).toBeLessThan(6);
    expect(stdout.split('\n').filter((line) => line.length > 100)).toEqual([]);
    expect(code).toBe(0);
  });

  it('lists the mistakes of a configuration and nothing else', async () => {
    const file = await configured({ orgs: [{ name: 'Acme!', domain: 'https://acme.okta.com' }] });
    const { code, stdout, stderr } = await start('--config', file);
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain('orgs[0].name');
    expect(stderr).toContain('orgs[0].domain');
    expect(stderr).not.toContain('    at ');
  });

  it('keeps to information what is for information: nobody is told', async () => {
    const { code, stdout } = await start('--case', 'O6');
    expect(stdout).toContain('✓ Case O6 is for information: nobody was told of it by itself');
    expect(stdout).not.toContain('✉');
    expect(code).toBe(0);
  });

  it('with --watch keeps running in real time, until Ctrl-C', async () => {
    const child = spawn(process.execPath, ['local/cli/start.ts', '--watch'], { stdio: ['ignore', 'pipe', 'ignore'] });
    const exited = once(child, 'exit');
    let output = '';
    try {
      for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
        output += chunk;
        if (/\d\d:\d\d .*\n/.test(output)) break;
      }
    } finally {
      child.stdout.resume();
      child.kill('SIGINT');
    }
    expect(output).toMatch(/a minute a minute; Ctrl-C ends it\n\n\d\d:\d\d {2}✓ 14 probes passed\n/);
    expect(await exited).toEqual([0, null]);
  });

  it('does not mind a reader who has read enough, as head has', async () => {
    const child = spawn(process.execPath, ['local/cli/start.ts'], { stdio: ['ignore', 'pipe', 'pipe'] });
    const exited = once(child, 'exit');
    const complaints = text(child.stderr);
    await once(child.stdout, 'data');
    child.stdout.destroy();
    expect(await exited).toEqual([0, null]);
    expect(await complaints).not.toContain('EPIPE');
  });

  it.each([
    ['Z9', /There is no case "Z9"\. There are:\n\n {2}N1 +the name does not resolve\n/],
    ['Q5', /Case Q5 \(another client is rate limited\) is waiting: it needs a System Log probe\./],
    ['C2@verify@default', /Case C2 cannot be met there\. It can be at token@org, authorize@org, rate-limits/],
  ])('explains itself for a case that it cannot meet: %s', async (choice, text) => {
    const { code, stdout, stderr } = await start('--case', choice);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(text);
    expect(stderr).not.toContain('    at ');
  });

  it.each([
    ['--colour', /Usage: npm start/],
    ['--watch --json', /--watch has no end/],
  ])('explains itself for a wrong call: %s', async (flags, text) => {
    const { code, stderr } = await start(...flags.split(' '));
    expect(code).toBe(2);
    expect(stderr).toMatch(text);
  });

  it('lets a server of the embedded Okta stand in for one that it does not have, and says so', async () => {
    const servers = [{ id: 'org' }, { id: 'ausNotHere' }];
    const { code, stdout, stderr } = await start(
      '--config',
      await configured({ orgs: [{ name: 'acme', domain: 'acme.okta.com', servers }] }),
    );
    expect(stderr).toContain("acme: the embedded Okta's server default stands in for ausNotHere");
    expect(stdout).toContain('discovery@default');
    expect(code).toBe(0);
  });
});
