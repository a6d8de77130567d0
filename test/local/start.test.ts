import { execFile } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify, stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function start(...flags: string[]): Promise<Ended> {
  const command = promisify(execFile)(process.execPath, ['local/start.ts', ...flags], { maxBuffer: 16 * 1024 * 1024 });
  return command.then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }: Ended) => ({ code, stdout, stderr }),
  );
}

async function configured(config: object): Promise<string> {
  const file = path.join(await mkdtemp(path.join(tmpdir(), 'okta-synthetics-test-')), 'config.jsonc');
  await writeFile(file, JSON.stringify(config));
  return file;
}

describe('npm start', () => {
  it('shows each probe, the headroom and the metrics, within 100 columns and without colour when it is piped', async () => {
    const { code, stdout, stderr } = await start();
    expect(code).toBe(0);
    expect(stdout).toBe(stripVTControlCharacters(stdout));
    expect(stdout.split('\n').filter((line) => line.length > 100)).toEqual([]);
    expect(stdout.match(/✓ passed/g)).toHaveLength(14);
    expect(stdout).toContain('CloudWatch received 36 metrics in 3 PutMetricData calls, namespace OktaSynthetics');
    expect(stdout).toMatch(/\/oauth2\/\{id\}\/v1\/token +100\.0 % +1999\/2000 +\d+ s +org/);
    expect(stderr).toContain('building the functions');
  });

  it('prints one JSON document for scripts', async () => {
    const { code, stdout } = await start('--json');
    expect(code).toBe(0);
    const report = JSON.parse(stdout);
    expect(report.orgs[0].outcomes).toHaveLength(14);
    expect(report.metrics).toHaveLength(36);
    expect(report.calls.filter((call: string) => call === 'PutMetricData')).toHaveLength(3);
    expect(report.faults).toEqual([]);
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

  it('meets a case on purpose, and is content when it was named rightly', async () => {
    const { code, stdout } = await start('--case', 'C2@authorize@org');
    expect(stdout).toMatch(/Case C2 +a custom scope at the Org server/);
    expect(stdout).toMatch(/at +authorize@org\n +wire +invalid_scope, query/);
    expect(stdout).toMatch(/finding +custom-scope-at-org-server \(configuration\)/);
    expect(stdout).toContain('✓ Case C2 was named rightly');
    expect(stdout.split('\n').filter((line) => line.length > 100)).toEqual([]);
    expect(code).toBe(0);
  });

  it('tells scripts of the case that it met, also where the run itself must say it', async () => {
    const { code, stdout } = await start('--case', 'm2', '--json');
    const { case: met, orgs, faults } = JSON.parse(stdout);
    expect(met).toMatchObject({ id: 'M2', at: 'the run', expected: { code: 'metrics-refused' }, right: true });
    expect(orgs[0].findings).toMatchObject([{ code: 'metrics-refused' }, {}, {}]);
    expect(faults).toHaveLength(3);
    expect(code).toBe(0);
  });

  it.each([
    ['Z9', /There is no case "Z9"\. There are:\n\n {2}N1 +the name does not resolve\n/],
    ['Q5', /Case Q5 \(somebody else was limited\) is waiting: it needs a probe of the System Log\./],
    ['C2@verify@default', /Case C2 cannot be met there\. It can be at token@org, authorize@org, rate-limits/],
  ])('explains itself for a case that it cannot meet: %s', async (choice, text) => {
    const { code, stdout, stderr } = await start('--case', choice);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(text);
    expect(stderr).not.toContain('    at ');
  });

  it('explains itself for a wrong flag', async () => {
    const { code, stderr } = await start('--colour');
    expect(code).toBe(2);
    expect(stderr).toContain('Usage: npm start');
  });

  it('names a server that the embedded Okta does not have', async () => {
    const servers = [{ id: 'ausNotHere' }];
    const { code, stderr } = await start(
      '--config',
      await configured({ orgs: [{ name: 'acme', domain: 'acme.okta.com', servers }] }),
    );
    expect(code).toBe(1);
    expect(stderr).toContain('the embedded Okta has no server "ausNotHere"');
    expect(stderr).not.toContain('    at ');
  });
});
