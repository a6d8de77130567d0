import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../local/commands/cases.ts';
import { drill } from '../../../../local/commands/drill.ts';
import { runCommand, tooLong } from '../../../support/run-command.ts';

const run = (...args: readonly string[]) => runCommand(cases, ...args);

describe('npm run cases', () => {
  it('shows each variant with its finding and the totals within 100 columns', async () => {
    const { code, stdout } = await run('--case', 'k3,T5', '--case', 'K1@token@org', '--healthy', '5');
    expect(stdout).toMatch(/K3 {2}.* \(ticket\)/);
    expect(stdout).toMatch(/rate-limits +401 E0000011 +api-token-refused +credentials +Okta +✓/);
    expect(stdout).toMatch(/introspect@default +200 .* token-inactive +okta +Okta +✓/);
    expect(stdout).toMatch(/token@org .* client-refused +credentials +Okta +✓/);
    expect(stdout).not.toContain('token@default');
    expect(stdout).toMatch(/(\d+) of \1 variants diagnosed correctly/);
    expect(stdout).toContain('0 false alarms in 5 healthy runs');
    expect(tooLong(stdout)).toEqual([]);
    expect(code).toBe(0);
  });

  it('prints one JSON document and writes JUnit, for any configuration', async () => {
    const directory = await mkdtemp(path.join(tmpdir(), 'cases-'));
    const [config, junit] = [path.join(directory, 'config.jsonc'), path.join(directory, 'cases.xml')];
    await writeFile(config, JSON.stringify({ orgs: [{ name: 'alone', domain: 'alone.okta.com' }] }));
    const { code, stdout } = await run('--config', config, '--case', 'O1@organization', '--json', '--junit', junit);
    const { passed, results } = JSON.parse(stdout);
    expect(passed).toBe(true);
    expect(results.length).toBeGreaterThan(0);
    expect(results[0]).toMatchObject({ case: 'O1', org: 'alone', target: 'organization', passed: true });
    expect(await readFile(junit, 'utf8')).toContain(
      `<testsuite name="cases cases" tests="${results.length}" failures="0"`,
    );
    expect(code).toBe(0);
    await rm(directory, { recursive: true });
  });

  it.each([
    ['an unknown case', ['--case', 'Z9'], 'There is no case "Z9". The cases are:'],
    ['a skipped case', ['--case', 'M4'], 'is skipped: '],
    ['a wrong number', ['--healthy', 'many'], "must be a whole number from 0 to 999999, not 'many'"],
    ['an unknown flag', ['--colour'], 'Usage: npm run cases'],
  ])('ends with 2 for %s', async (_, args, text) => {
    const { code, stdout, stderr } = await run(...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(text);
  });
});

describe('npm run drill -- --diagnosis', () => {
  it('verifies the findings of a case without alarms, as npm run cases does', async () => {
    const { code, stdout } = await runCommand(drill, '--diagnosis', '--case', 'T5', '--json');
    const { results, healthyRuns } = JSON.parse(stdout);
    expect(results[0]).toMatchObject({ case: 'T5', passed: true, expected: { domain: 'okta' } });
    expect([code, healthyRuns]).toEqual([0, 0]);
  });

  it.each([
    [['--diagnosis', '--scenario', 'flapping'], '--diagnosis and --scenario are mutually exclusive.'],
    [['--diagnosis', '--live'], '--live and --diagnosis are mutually exclusive.'],
    [['--healthy', '5'], '--healthy requires --diagnosis.'],
  ])('refuses the flags %s', async (args, text) => {
    expect(await runCommand(drill, ...args)).toMatchObject({ code: 2, stdout: '', stderr: `${text}\n` });
  });
});
