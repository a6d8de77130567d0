import { describe, expect, it } from 'vitest';
import { emfLines } from '../../../../functions/aws/emf.ts';
import { finding } from '../../../../functions/findings/finding.ts';
import type { Exchange } from '../../../../functions/model/exchange.ts';
import type { FaultDomain } from '../../../../functions/model/fault-domain.ts';
import { metricIdentity } from '../../../../functions/model/metric.ts';
import { publishedPoints, verifyRun } from '../../../../local/lab/run-cases.ts';
import { type Case, type Variant, variant, warning } from '../../../../local/lab/scenarios/case.ts';
import { refusesCustomScope, token } from '../../../../local/lab/scenarios/targets.ts';

const [atOrg] = token;
const one: Pick<Case, 'severity'> = { severity: 'page' };
const expected = { code: 'internal-error', domain: 'okta' } as const;
const fails = variant(atOrg, '500', expected);

type Code = Parameters<typeof finding>[0];

/** Okta's answer to a request of the probe. */
const answered: Exchange = {
  ...{ method: 'POST', url: 'https://acme.okta.com/oauth2/v1/token', at: '2026-11-22T12:00:00.000Z' },
  ...{ phases: {}, status: 500, requestId: 'X0f36XVUkCaUNcCqV' },
};

const outcome = (probe: string, server: string | undefined, rest: object) =>
  JSON.stringify({ type: 'outcome', org: 'acme', probe, ...(server && { server }), exchanges: [answered], ...rest });
const failed = (probe: string, server: string | undefined, code: Code) =>
  outcome(probe, server, { status: 'failed', finding: finding(code) });
const passed = (probe: string, server?: string, ...warnings: Code[]) =>
  outcome(probe, server, { status: 'passed', warnings: warnings.map((code) => finding(code)) });
const skipped = (probe: string, server: string) =>
  outcome(probe, server, { status: 'skipped', because: 'token failed' });

const severity = (domain: FaultDomain, value: number) => ({
  identity: metricIdentity('Severity', { org: 'acme', domain }),
  value,
});
const page = [severity('network', 0), severity('okta', 2)];
const verify = (staged: Variant, lines: readonly string[], error?: string) =>
  verifyRun(one, staged, { lines, points: page, ...(error !== undefined && { error }) });

describe('verifying a run', () => {
  it('passes a run with the expected finding at its target if all other probes passed or were skipped', () => {
    const lines = [passed('organization'), failed('token', 'org', 'internal-error'), skipped('introspect', 'org')];
    expect(verify(fails, lines)).toMatchObject({
      passed: true,
      findings: [{ ...expected, probe: 'token', server: 'org' }],
    });
  });

  it('fails a run in which more than one password was refused', () => {
    const lines = [failed('token', 'org', 'internal-error')];
    const withRefusals = (refusedPasswords: number) => verifyRun(one, fails, { lines, points: page, refusedPasswords });
    expect(withRefusals(1)).toMatchObject({ passed: true });
    expect(withRefusals(2)).toMatchObject({
      passed: false,
      failures: ['2 passwords were refused: at most one may be sent'],
    });
  });

  it.each([
    ['no finding', [passed('token', 'org')], 'no finding'],
    ['a different finding', [failed('token', 'org', 'gateway-error')], 'a different finding'],
    ['the finding at another server', [failed('token', 'default', 'internal-error')], 'a different finding'],
    ['the finding at another probe', [failed('introspect', 'org', 'internal-error')], 'a different finding'],
    ['the finding as a warning', [passed('token', 'org', 'internal-error')], 'a different finding'],
    [
      'a second failure',
      [failed('token', 'org', 'internal-error'), failed('keys', 'org', 'gateway-error')],
      'more than one finding',
    ],
    [
      'a warning besides',
      [failed('token', 'org', 'internal-error'), passed('keys', 'org', 'slow-answer')],
      'more than one finding',
    ],
  ])('fails a run with %s', (_, lines, failure) => {
    expect(verify(fails, lines)).toMatchObject({ passed: false, failures: [failure] });
  });

  it('fails a run that ended in an error', () => {
    const lines = [failed('token', 'org', 'internal-error')];
    expect(verify(fails, lines, 'the monitor failed')).toMatchObject({
      passed: false,
      failures: ['the run ended in an error: the monitor failed'],
    });
  });

  it('accepts a finding of the run itself if its metrics are in the log', () => {
    const metrics = variant({ group: 'flows' }, 'throttled', { code: 'metrics-refused', domain: 'monitor' });
    const point = { ...severity('monitor', 1), unit: 'None' } as const;
    const lines = [
      passed('token', 'org'),
      JSON.stringify({ type: 'finding', finding: finding('metrics-refused') }),
      ...emfLines([point], 0).map((document) => JSON.stringify(document)),
    ];
    const verifyLines = (logged: readonly string[]) =>
      verifyRun({ severity: 'ticket' }, metrics, { lines: logged, points: publishedPoints(logged, []) }).passed;
    expect(verifyLines(lines)).toBe(true);
    expect(verifyLines(lines.slice(0, 2))).toBe(false);
  });

  it('fails a run whose finding has another severity', () => {
    const lines = [failed('token', 'org', 'internal-error')];
    expect(verifyRun({ severity: 'ticket' }, fails, { lines, points: page })).toMatchObject({
      passed: false,
      failures: ['expected the severity ticket, got page'],
    });
  });

  it.each([
    ['report nothing', []],
    ['report a ticket', [severity('okta', 1)]],
    ['report another fault domain', [severity('network', 2)]],
    ['report a second fault domain', [severity('network', 1), severity('okta', 2)]],
  ])('fails a run whose metrics %s', (_, points) => {
    const lines = [failed('token', 'org', 'internal-error')];
    expect(verifyRun(one, fails, { lines, points })).toMatchObject({
      passed: false,
      failures: ['the metrics do not report it'],
    });
  });

  it('expects no metric to report a finding for information only', () => {
    const info = variant(atOrg, 'a page', { code: 'status-unknown', domain: 'okta' });
    const lines = [failed('token', 'org', 'status-unknown')];
    expect(verifyRun({ severity: 'info' }, info, { lines, points: [] }).passed).toBe(true);
    expect(verifyRun({ severity: 'info' }, info, { lines, points: [severity('okta', 1)] }).passed).toBe(false);
  });

  it('accepts an expected warning only as a warning', () => {
    const slow = warning(atOrg, 'slow', { code: 'slow-answer', domain: 'okta' });
    const verifyLine = (line: string) =>
      verifyRun({ severity: 'ticket' }, slow, { lines: [line], points: [severity('okta', 1)] }).passed;
    expect(verifyLine(passed('token', 'org', 'slow-answer'))).toBe(true);
    expect(verifyLine(failed('token', 'org', 'slow-answer'))).toBe(false);
  });

  it('fails a run that ascribes the answer to somebody else', () => {
    const line = JSON.parse(failed('token', 'org', 'internal-error'));
    const { requestId: _, ...anonymous } = answered;
    expect(verify(fails, [JSON.stringify({ ...line, exchanges: [anonymous] })])).toMatchObject({
      passed: false,
      failures: ['expected an answer of okta, got one of unknown'],
    });
  });
});

describe('verifying a run of a negative test', () => {
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
      failures: ['the metrics do not report it'],
    });
  });
});
