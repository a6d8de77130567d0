import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../../../lib/config/load-config.ts';
import { drill } from '../../../../local/commands/drill.ts';
import { synthesize } from '../../../../local/self-hosted/synthesize.ts';
import { launch, runCommand, tooLong } from '../../../support/run-command.ts';

const run = (...args: readonly string[]) => runCommand(drill, ...args);

describe('npm run drill', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'drill-'));
  });
  afterAll(() => rm(directory, { recursive: true }));

  it('shows the notifications of each scenario within 100 columns, and writes JUnit', async () => {
    const junit = path.join(directory, 'drill.xml');
    const selection = ['--case', 'O1,K1', '--scenario', 'packet-loss,flapping', '--packet-loss-minutes', '30'];
    const { code, stdout, stderr } = await run(...selection, '--junit', junit);
    expect(stdout).toMatch(/✓ +O1 +organization +okta\/page +page +2′ +internal-error +\d+′/);
    expect(stdout).toMatch(/✓ +K1 +token@default +credentials\/ticket +ticket +4′ +client-refused +\d+′/);
    expect(stdout).toMatch(/✓ +packet-loss +none +nothing\n +30 minutes, \d+ requests lost/);
    expect(stdout).toMatch(/✓ +flapping +okta\/page +page +3′ +internal-error/);
    expect(stdout).toMatch(/(\d+) of \1 scenarios passed/);
    expect(tooLong(stdout)).toEqual([]);
    expect(stderr).toMatch(/✓ O1@organization, /);
    expect(await readFile(junit, 'utf8')).toContain('<testsuite name="drill cases" tests="3" failures="0"');
    expect(code).toBe(0);
  });

  it('runs a template synthesized earlier, prints one JSON document, and ends with 1 if a scenario fails', async () => {
    const file = path.join(directory, 'template.json');
    const { template } = synthesize(loadConfig('lib/config/example.jsonc'));
    await writeFile(file, JSON.stringify(template).replaceAll('IF(m1 < 2, m1)', 'IF(m1 < 1, m1)'));
    const { code, stdout } = await run('--case', 'K3', '--template', file, '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      passed: false,
      results: [{ id: 'K3', passed: false, failures: ['okta-synthetics/acme/credentials/ticket did not fire'] }],
    });
    expect(code).toBe(1);
  });

  it('lists the cases and scenarios to select from', async () => {
    const { code, stdout } = await run('--list');
    expect(stdout).toMatch(/--case\n +N1 +the name does not resolve +N1@organization, ENOTFOUND\n/);
    expect(stdout).toMatch(/\n--scenario\n/);
    expect(stdout).toMatch(/\n +flapping +every second run fails +flapping\n/);
    expect(code).toBe(0);
  });

  it.each([
    ['an unknown case', ['--case', 'Z9'], 'There is no case "Z9"'],
    ['an unknown scenario', ['--scenario', 'storm'], 'There is no scenario storm'],
    ['a wrong number', ['--packet-loss-minutes', 'many'], "must be a whole number from 1 to 999999, not 'many'"],
    ['an unknown flag', ['--colour'], 'Usage: npm run drill'],
    ['a flag of the game day without --live', ['--page'], '--page requires --live.'],
    ['a flag of the simulation with --live', ['--live', '--case', 'K1'], '--live and --case are mutually exclusive.'],
  ])('ends with 2 for %s', async (_, args, text) => {
    const { code, stdout, stderr } = await run(...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(text);
  });

  it.each([
    ['cannot be read', 'missing.json', undefined],
    ['is not a template', 'list.json', '[]'],
  ])('ends with 2 for a template that %s', async (says, name, text) => {
    const file = path.join(directory, name);
    if (text !== undefined) await writeFile(file, text);
    const { code, stderr } = await run('--template', file);
    expect(code).toBe(2);
    expect(stderr).toContain(says);
  });
});

it('a game day reaches AWS through the proxy in HTTPS_PROXY, and says what failed if it does not', async () => {
  const asked: string[] = [];
  const proxy = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', (data) => {
      asked.push(String(data).split(' HTTP/')[0] ?? '');
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    });
  });
  await new Promise<void>((resolve) => {
    proxy.listen(0, '127.0.0.1', resolve);
  });
  const { port } = proxy.address() as AddressInfo;
  const { code, stdout, stderr } = await launch('drill', ['--live', '--yes', '--org', 'acme'], {
    ...{ HTTPS_PROXY: `http://127.0.0.1:${port}`, https_proxy: undefined, no_proxy: undefined, NO_PROXY: undefined },
    ...{ AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: 'canary', AWS_PROFILE: undefined },
  });
  proxy.close();
  expect(new Set(asked)).toEqual(new Set(['CONNECT sts.eu-west-1.amazonaws.com:443']));
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain('sts:GetCallerIdentity failed');
  expect(stderr).not.toContain('canary');
});
