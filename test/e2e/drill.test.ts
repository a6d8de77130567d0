import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../lib/config/load-config.ts';
import { synthesize } from '../../local/simulator/synthesize.ts';
import { runLocal } from '../support/run-local.ts';

const drill = (...flags: readonly string[]) => runLocal('drill', flags);

describe('npm run drill', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'drill-'));
  });
  afterAll(() => rm(directory, { recursive: true }));

  it('shows who heard of what, within 100 columns and without colour when it is piped', async () => {
    const junit = path.join(directory, 'drill.xml');
    const flags = ['--case', 'O1,K1', '--scenario', 'noise,flapping', '--noise-minutes', '30', '--junit', junit];
    const { code, stdout, stderr } = await drill(...flags);
    expect(stdout).toMatch(/✓ +O1 +organization +okta\/page +page +2′ +internal-error +9′/);
    expect(stdout).toMatch(/✓ +K1 +token@default +credentials\/ticket +ticket +4′ +client-refused +7′/);
    expect(stdout).toMatch(/✓ +noise +none +nobody\n +30 minutes, \d+ requests lost/);
    expect(stdout).toMatch(/✓ +flapping +okta\/page +page +3′ +internal-error/);
    expect(stdout).toContain('4 of 4 rows right');
    expect(stdout.split('\n').filter((line) => line.length > 100)).toEqual([]);
    expect(stdout).toBe(stripVTControlCharacters(stdout));
    expect(stderr).toContain('✓ O1@organization, 500 E0000009\n');
    expect(await readFile(junit, 'utf8')).toContain('<testsuite name="drill cases" tests="2" failures="0"');
    expect(code).toBe(0);
  });

  it('drills what was synthesized before, prints one JSON document, and ends with 1 where a row is wrong', async () => {
    const file = path.join(directory, 'template.json');
    const { template } = synthesize(loadConfig('lib/config/example.jsonc'));
    await writeFile(file, JSON.stringify(template).replaceAll('IF(m1 < 2, m1)', 'IF(m1 < 1, m1)'));
    const { code, stdout } = await drill('--case', 'K3', '--template', file, '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      right: false,
      rows: [{ id: 'K3', right: false, why: ['okta-synthetics/acme/credentials/ticket did not rise'] }],
    });
    expect(code).toBe(1);
  });

  it('lists what there is to choose from', async () => {
    const { code, stdout } = await drill('--list');
    expect(stdout).toMatch(/--case\n +N1 +the name does not resolve +N1@organization, ENOTFOUND\n/);
    expect(stdout).toMatch(/\n--scenario\n/);
    expect(stdout).toMatch(/\n +flapping +every second run fails +flapping\n/);
    expect(code).toBe(0);
  });

  it.each([
    ['an unknown case', ['--case', 'Z9'], 'There is no case "Z9"'],
    ['an unknown scenario', ['--scenario', 'storm'], 'There is no scenario storm'],
    ['a wrong number', ['--noise-minutes', 'many'], "'many' is no number of minutes"],
    ['a wrong flag', ['--colour'], 'Usage: npm run drill'],
  ])('ends with 2 for %s', async (_, flags, text) => {
    const { code, stdout, stderr } = await drill(...flags);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(text);
  });

  it.each([
    ['cannot be read', 'missing.json', undefined],
    ['is no template', 'list.json', '[]'],
  ])('ends with 1 for a template that %s', async (says, name, text) => {
    const file = path.join(directory, name);
    if (text !== undefined) await writeFile(file, text);
    const { code, stderr } = await drill('--template', file);
    expect(code).toBe(1);
    expect(stderr).toContain(says);
  });
});
