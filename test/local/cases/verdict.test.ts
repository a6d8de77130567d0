import { describe, expect, it } from 'vitest';
import { finding } from '../../../functions/diagnosis/finding.ts';
import { type Case, type Cell, cell, warning } from '../../../local/cases/case.ts';
import { token } from '../../../local/cases/sites.ts';
import { judge } from '../../../local/cases/verdict.ts';

const [atOrg] = token;
const one: Pick<Case, 'hears'> = { hears: 'page' };
const expected = { code: 'internal-error', domain: 'okta' } as const;
const fails = cell(atOrg, '500', expected);

const outcome = (probe: string, server: string | undefined, rest: object) =>
  JSON.stringify({ type: 'outcome', org: 'acme', probe, ...(server && { server }), exchanges: [], ...rest });
const failed = (probe: string, server: string | undefined, code: Parameters<typeof finding>[0]) =>
  outcome(probe, server, { status: 'failed', finding: finding(code) });
const passed = (probe: string, server?: string, ...warnings: Parameters<typeof finding>[0][]) =>
  outcome(probe, server, { status: 'passed', warnings: warnings.map((code) => finding(code)) });
const skipped = (probe: string, server: string) =>
  outcome(probe, server, { status: 'skipped', because: 'token failed' });

const judged = (staged: Cell, lines: readonly string[], error?: string) =>
  judge(one, staged, { lines, points: 1, ...(error !== undefined && { error }) });

describe('a verdict', () => {
  it('is right for the expected finding at the expected place, where all others passed or were skipped', () => {
    const lines = [passed('organization'), failed('token', 'org', 'internal-error'), skipped('introspect', 'org')];
    expect(judged(fails, lines)).toMatchObject({
      right: true,
      found: [{ ...expected, probe: 'token', server: 'org' }],
    });
  });

  it.each([
    ['nothing was found', [passed('token', 'org')], 'nothing found'],
    ['another finding was', [failed('token', 'org', 'gateway-error')], 'another finding'],
    ['it was found at another server', [failed('token', 'default', 'internal-error')], 'another finding'],
    ['it was found at another probe', [failed('introspect', 'org', 'internal-error')], 'another finding'],
    ['it was a warning', [passed('token', 'org', 'internal-error')], 'another finding'],
    [
      'something else failed too',
      [failed('token', 'org', 'internal-error'), failed('keys', 'org', 'gateway-error')],
      'more than one finding',
    ],
    [
      'something else was warned of',
      [failed('token', 'org', 'internal-error'), passed('keys', 'org', 'slow-answer')],
      'more than one finding',
    ],
  ])('is wrong where %s', (_, lines, why) => {
    expect(judged(fails, lines)).toMatchObject({ right: false, why });
  });

  it('is wrong where the run ended in an error, unless the run itself must say it', () => {
    const lines = [failed('token', 'org', 'internal-error')];
    expect(judged(fails, lines, 'the monitor failed')).toMatchObject({ right: false });

    const metrics = cell({ group: 'flows' }, 'throttled', { code: 'metrics-refused', domain: 'monitor' });
    const said = [passed('token', 'org'), JSON.stringify({ type: 'finding', finding: finding('metrics-refused') })];
    const asTicket = (error?: string) =>
      judge({ hears: 'ticket' }, metrics, { lines: said, points: 1, ...(error && { error }) });
    expect(asTicket('the monitor failed').right).toBe(true);
    expect(asTicket()).toMatchObject({ right: false, why: 'the run did not end in an error' });
  });

  it('is wrong where somebody else hears of it', () => {
    const lines = [failed('token', 'org', 'internal-error')];
    expect(judge({ hears: 'ticket' }, fails, { lines, points: 1 })).toMatchObject({ right: false });
  });

  it('is wrong where no metric got out', () => {
    const lines = [failed('token', 'org', 'internal-error')];
    expect(judge(one, fails, { lines, points: 0 })).toMatchObject({ right: false, why: 'what was measured is lost' });
  });

  it('wants a warning to be one', () => {
    const slow = warning(atOrg, 'slow', { code: 'slow-answer', domain: 'okta' });
    const asTicket = (line: string) => judge({ hears: 'ticket' }, slow, { lines: [line], points: 1 }).right;
    expect(asTicket(passed('token', 'org', 'slow-answer'))).toBe(true);
    expect(asTicket(failed('token', 'org', 'slow-answer'))).toBe(false);
  });

  it('lets a shared cause show at the same server, and nowhere else', () => {
    const spread = { ...fails, spreads: true };
    const here = failed('token', 'org', 'internal-error');
    expect(judged(spread, [here, failed('keys', 'org', 'internal-error')]).right).toBe(true);
    expect(judged(spread, [here, failed('keys', 'default', 'internal-error')]).right).toBe(false);
    expect(judged(spread, [here, failed('keys', 'org', 'gateway-error')]).right).toBe(false);
  });
});
