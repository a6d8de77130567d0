import { describe, expect, it } from 'vitest';
import { finding } from '../../../../functions/diagnosis/finding.ts';
import type { FaultDomain } from '../../../../functions/model/fault-domain.ts';
import { metricIdentity } from '../../../../functions/model/metric.ts';
import { emfLines } from '../../../../functions/runtime/emf.ts';
import { pointsIn, verifyRun } from '../../../../local/runner/verify-run.ts';
import { type Case, type Variant, variant, warning } from '../../../../local/scenarios/case.ts';
import { refusesCustomScope, token } from '../../../../local/scenarios/targets.ts';

const [atOrg] = token;
const one: Pick<Case, 'severity'> = { severity: 'page' };
const expected = { code: 'internal-error', domain: 'okta' } as const;
const fails = variant(atOrg, '500', expected);

const outcome = (probe: string, server: string | undefined, rest: object) =>
  JSON.stringify({ type: 'outcome', org: 'acme', probe, ...(server && { server }), exchanges: [], ...rest });
const failed = (probe: string, server: string | undefined, code: Parameters<typeof finding>[0]) =>
  outcome(probe, server, { status: 'failed', finding: finding(code) });
const passed = (probe: string, server?: string, ...warnings: Parameters<typeof finding>[0][]) =>
  outcome(probe, server, { status: 'passed', warnings: warnings.map((code) => finding(code)) });
const skipped = (probe: string, server: string) =>
  outcome(probe, server, { status: 'skipped', because: 'token failed' });

const severity = (domain: FaultDomain, value: number) => ({
  identity: metricIdentity('Severity', { org: 'acme', domain }),
  value,
});
const page = [severity('network', 0), severity('okta', 2)];
const judged = (staged: Variant, lines: readonly string[], error?: string) =>
  verifyRun(one, staged, { lines, points: page, ...(error !== undefined && { error }) });

describe('a verdict', () => {
  it('is right for the expected finding at the expected place, where all others passed or were skipped', () => {
    const lines = [passed('organization'), failed('token', 'org', 'internal-error'), skipped('introspect', 'org')];
    expect(judged(fails, lines)).toMatchObject({
      passed: true,
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
  ])('is wrong where %s', (_, lines, failure) => {
    expect(judged(fails, lines)).toMatchObject({ passed: false, failure });
  });

  it('is wrong where the run ended in an error', () => {
    const lines = [failed('token', 'org', 'internal-error')];
    expect(judged(fails, lines, 'the monitor failed')).toMatchObject({ passed: false });
  });

  it('takes what a run says of itself, with its metrics in the log', () => {
    const metrics = variant({ group: 'flows' }, 'throttled', { code: 'metrics-refused', domain: 'monitor' });
    const point = { ...severity('monitor', 1), unit: 'None' } as const;
    const lines = [
      passed('token', 'org'),
      JSON.stringify({ type: 'finding', finding: finding('metrics-refused') }),
      ...emfLines([point], 0).map((document) => JSON.stringify(document)),
    ];
    expect(verifyRun({ severity: 'ticket' }, metrics, { lines, points: pointsIn(lines, []) })).toMatchObject({
      passed: true,
    });
    const lost = lines.slice(0, 2);
    expect(verifyRun({ severity: 'ticket' }, metrics, { lines: lost, points: pointsIn(lost, []) }).passed).toBe(false);
  });

  it('is wrong where somebody else hears of it', () => {
    const lines = [failed('token', 'org', 'internal-error')];
    expect(verifyRun({ severity: 'ticket' }, fails, { lines, points: page })).toMatchObject({ passed: false });
  });

  it.each([
    ['tell nothing', []],
    ['tell of a ticket', [severity('okta', 1)]],
    ['tell of another fault domain', [severity('network', 2)]],
    ['tell of another fault domain besides', [severity('network', 1), severity('okta', 2)]],
  ])('is wrong where the metrics %s', (_, points) => {
    const lines = [failed('token', 'org', 'internal-error')];
    expect(verifyRun(one, fails, { lines, points })).toMatchObject({
      passed: false,
      failure: 'the metrics do not tell it',
    });
  });

  it('wants no metric to tell of what is for information alone', () => {
    const info = variant(atOrg, 'a page', { code: 'announced-incident', domain: 'okta' });
    const lines = [failed('token', 'org', 'announced-incident')];
    expect(verifyRun({ severity: 'info' }, info, { lines, points: [] }).passed).toBe(true);
    expect(verifyRun({ severity: 'info' }, info, { lines, points: [severity('okta', 1)] }).passed).toBe(false);
  });

  it('wants a warning to be one', () => {
    const slow = warning(atOrg, 'slow', { code: 'slow-answer', domain: 'okta' });
    const asTicket = (line: string) =>
      verifyRun({ severity: 'ticket' }, slow, { lines: [line], points: [severity('okta', 1)] }).passed;
    expect(asTicket(passed('token', 'org', 'slow-answer'))).toBe(true);
    expect(asTicket(failed('token', 'org', 'slow-answer'))).toBe(false);
  });

  it('lets a shared cause show at the same server, and nowhere else', () => {
    const spread = { ...fails, alsoAtServer: true };
    const here = failed('token', 'org', 'internal-error');
    expect(judged(spread, [here, failed('keys', 'org', 'internal-error')]).passed).toBe(true);
    expect(judged(spread, [here, failed('keys', 'default', 'internal-error')]).passed).toBe(false);
    expect(judged(spread, [here, failed('keys', 'org', 'gateway-error')]).passed).toBe(false);
  });
});

describe('the verdict on a negative test', () => {
  const negativeTest = variant(refusesCustomScope, 'token', {
    code: 'negative-test-failed',
    domain: 'configuration',
  });
  const lines = [
    failed('refuses-custom-scope', undefined, 'negative-test-failed'),
    passed('refuses-unknown-redirect-uri'),
  ];
  const success = (probe: string, value: number) => ({
    identity: metricIdentity('Success', { org: 'acme', probe }),
    value,
  });
  const other = success('refuses-unknown-redirect-uri', 1);

  it('accepts a failed negative test when only its own Success is 0 and no Severity was published', () => {
    const points = [success('refuses-custom-scope', 0), other];
    expect(verifyRun({ severity: 'ticket' }, negativeTest, { lines, points })).toMatchObject({ passed: true });
  });

  it.each([
    ['no Success was published', []],
    ['its Success is 1', [success('refuses-custom-scope', 1), other]],
    ['only the Success of another negative test is 0', [success('refuses-unknown-redirect-uri', 0)]],
    [
      'the Success of another negative test is 0 too',
      [success('refuses-custom-scope', 0), success('refuses-unknown-redirect-uri', 0)],
    ],
    ['Severity was published too', [success('refuses-custom-scope', 0), other, severity('configuration', 1)]],
    ['Severity was published, although as 0', [success('refuses-custom-scope', 0), other, severity('okta', 0)]],
  ])('rejects a failed negative test when %s', (_, points) => {
    expect(verifyRun({ severity: 'ticket' }, negativeTest, { lines, points })).toMatchObject({
      passed: false,
      failure: 'the metrics do not tell it',
    });
  });
});
