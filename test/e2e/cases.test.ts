import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { runLocal } from '../support/run-local.ts';

const cases = (...flags: readonly string[]) => runLocal('cases', flags);

describe('npm run cases', () => {
  it('shows each cell with its finding and the score, within 100 columns and without colour when it is piped', async () => {
    const { code, stdout } = await cases('--case', 'K3,T5', '--case', 'M4', '--healthy', '4');
    expect(stdout).toMatch(/K3 {2}the API token is no longer valid \(ticket\)/);
    expect(stdout).toMatch(/rate-limits +401 E0000011 +api-token-refused +credentials +✓/);
    expect(stdout).toMatch(/introspect@default +200 .* token-inactive +okta +✓/);
    expect(stdout).toMatch(/M4 +the monitor is not running +needs npm run drill, because only an alarm can detect it/);
    expect(stdout).toContain('3 of 3 cells named rightly');
    expect(stdout).toContain('0 findings in 4 healthy runs');
    expect(stdout.split('\n').filter((line) => line.length > 100)).toEqual([]);
    expect(stdout).toBe(stripVTControlCharacters(stdout));
    expect(code).toBe(0);
  });

  it('prints one JSON document for scripts', async () => {
    const { code, stdout } = await cases('--case', 'K3', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      cells: [{ case: 'K3', probe: 'rate-limits', right: true, expected: { code: 'api-token-refused' } }],
      falseAlarms: [],
    });
  });

  it.each([
    ['an unknown case', ['--case', 'Z9'], 'no case Z9: there are N1, '],
    ['a wrong number', ['--healthy', 'many'], "'many' is no number of runs"],
    ['a wrong flag', ['--colour'], 'Usage: npm run cases'],
  ])('explains itself for %s', async (_, flags, text) => {
    const { code, stdout, stderr } = await cases(...flags);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(text);
  });
});
