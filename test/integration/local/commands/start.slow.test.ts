import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig, parseConfig } from '../../../../lib/config/load-config.ts';
import { monitoredOrgs } from '../../../../lib/monitored-org.ts';
import { start } from '../../../../local/commands/start.ts';
import { type Ended, runCommand, tooLong } from '../../../support/run-command.ts';

const run = (...args: readonly string[]) => runCommand(start, ...args);

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'start-'));
});
afterAll(() => rm(directory, { recursive: true }));

async function write(config: object): Promise<string> {
  const file = path.join(directory, 'config.jsonc');
  await writeFile(file, JSON.stringify(config));
  return file;
}

/** How many probes pass in a healthy run of every group. */
function probeCount(config = loadConfig('lib/config/example.jsonc')): number {
  return monitoredOrgs(config).reduce((sum, { plan }) => sum + plan.length, 0);
}

/** Asserts that each part comes after the one before. */
function expectInOrder(text: string, ...parts: readonly RegExp[]): void {
  let from = 0;
  for (const part of parts) {
    const at = text.slice(from).search(part);
    expect(at, `${part} after line ${text.slice(0, from).split('\n').length}`).toBeGreaterThanOrEqual(0);
    from += at + 1;
  }
}

describe('npm start by default', () => {
  let ended: Ended;
  beforeAll(async () => {
    ended = await run();
  });

  it('shows healthy probes, an outage, the alarm, the message and its end', () => {
    const { code, stdout, stderr } = ended;
    expect(code).toBe(0);
    expect(stdout.match(/✓ passed/g)).toHaveLength(probeCount());
    expectInOrder(
      stdout,
      new RegExp(`✓ ${probeCount()} probes passed`),
      /Fault injected: .*\n {7}case O1@token@default, .*, org acme/,
      /✗ internal-error \(okta\) at token@default/,
      /▲ firing okta-synthetics\/acme\/okta\/page/,
      /✉ page to on-call@example\.com/,
      /│ PAGE acme: no tokens at 'default' - Okta 500/,
      /X-Okta-Request-Id/,
      /Fault restored/,
      // People are told before CloudWatch's alarm resolves.
      /│ RESOLVED acme: Okta 500 at 'default'/,
      /▼ resolved okta-synthetics\/acme\/okta\/page/,
      /✓ Case O1: page sent after 2 minutes with the finding internal-error; resolved \d+ minutes after the\s+fault\s+ended/,
    );
    expect(stdout.match(/✉/g)).toHaveLength(2);
    expect(stderr).toContain('building the functions');
  });

  it('fits into 100 columns', () => {
    expect(tooLong(ended.stdout)).toEqual([]);
  });
});

describe('npm start', () => {
  it('prints one JSON document and writes JUnit for the selected case', async () => {
    const junit = path.join(directory, 'start.xml');
    const { code, stdout } = await run('--case', 'k1', '--json', '--junit', junit);
    expect(code).toBe(0);
    const { passed, results, events } = JSON.parse(stdout);
    expect(passed).toBe(true);
    expect(results).toMatchObject([
      {
        ...{ case: 'K1', org: 'acme', passed: true },
        notifications: [{ route: 'ticket', notifiedAfter: 4, finding: 'client-refused' }],
      },
    ]);
    const kinds = new Set(events.map(({ kind }: { kind: string }) => kind));
    expect(kinds).toEqual(new Set(['minute', 'fault', 'alarm', 'message', 'restored']));
    expect(events[0].outcomes).toHaveLength(probeCount());
    expect(await readFile(junit, 'utf8')).toContain('<testsuite name="start cases" tests="1" failures="0"');
  });

  it('monitors an org of which only the domain is configured, and says what would switch on the other probes', async () => {
    const config = { orgs: [{ name: 'acme', domain: 'acme.okta.com' }] };
    const { code, stdout } = await run('--config', await write(config));
    expect(code).toBe(0);
    expect(stdout.match(/✓ passed/g)).toHaveLength(probeCount(parseConfig(JSON.stringify(config))));
    expect(stdout).toContain('off  authorize, sign-in-assets at org: set "web"');
    expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(/off rate-limits, [\w, -]+: set "api"/);
    expect(stdout).toContain('✉ page to no one, because the configuration names no subscriber');
  });

  it('notifies about an org that runs rarely beside another one', async () => {
    const rare = { name: 'rare', domain: 'rare.okta.com', intervalMinutes: { flows: 5, status: 10 } };
    const file = await write({ orgs: [rare, { name: 'other', domain: 'other.okta.com' }] });
    const { code, stdout } = await run('--config', file, '--case', 'O1@organization');
    expect(stdout).toMatch(/✓ Case O1: page sent after \d+ minutes with the finding internal-error/);
    expect(stdout.match(/✉/g)).toHaveLength(2);
    expect(stdout.match(/probes? passed|passed,/g)?.length).toBeLessThan(6);
    expect(tooLong(stdout)).toEqual([]);
    expect(code).toBe(0);
  });

  it('replaces a server that the Okta emulator does not have, and says so', async () => {
    const servers = [{ id: 'org' }, { id: 'ausNotHere' }];
    const file = await write({ orgs: [{ name: 'acme', domain: 'acme.okta.com', servers }] });
    const { code, stdout, stderr } = await run('--config', file);
    expect(stderr).toContain("acme: simulating server ausNotHere as the Okta emulator's server default");
    expect(stdout).toContain('discovery@default');
    expect(code).toBe(0);
  });

  it('lists the mistakes of a configuration and nothing else', async () => {
    const file = await write({ orgs: [{ name: 'Acme!', domain: 'https://acme.okta.com' }] });
    const { code, stdout, stderr } = await run('--config', file);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain('orgs[0].name');
    expect(stderr).toContain('orgs[0].domain');
    expect(stderr).not.toContain('    at ');
  });

  it.each([
    ['an unknown case', ['--case', 'Z9'], /There is no case "Z9"\. The cases are:\n\n {2}N1 +/],
    [
      'a target without the case',
      ['--case', 'C2@verify@default'],
      /Case C2 \(.+\) cannot happen there\. Its targets are token@org/,
    ],
    ['an unknown flag', ['--colour'], /Usage: npm start/],
    [
      'flags that exclude each other',
      ['--watch', '--junit', 'start.xml'],
      /^--watch and --junit are mutually exclusive/,
    ],
  ])('ends with 2 for %s', async (_, args, text) => {
    const { code, stdout, stderr } = await run(...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(text);
    expect(stderr).not.toContain('    at ');
  });
});
