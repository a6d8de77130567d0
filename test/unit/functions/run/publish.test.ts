import { describe, expect, it } from 'vitest';
import { type FindingCode, finding } from '../../../../functions/findings/finding.ts';
import type { Exchange } from '../../../../functions/model/exchange.ts';
import { faultDomains } from '../../../../functions/model/fault-domain.ts';
import type { Outcome } from '../../../../functions/model/outcome.ts';
import type { Probe } from '../../../../functions/model/probe.ts';
import { flows, limits, negativeTests, status } from '../../../../functions/probes/index.ts';
import { planProbes } from '../../../../functions/probes/plan.ts';
import { pointsOf } from '../../../../functions/run/publish.ts';
import type { RunReport } from '../../../../functions/run/run.ts';
import { fullOrg } from '../../../support/full-org.ts';

const org = { ...fullOrg, negativeTests: true };

const passed = (probe: string, ...codes: FindingCode[]): Outcome => ({
  ...{ org: 'acme', probe, exchanges: [], status: 'passed', readings: {}, notes: [] },
  warnings: codes.map((code) => finding(code)),
});
const failed = (probe: string, code: FindingCode, server?: string): Outcome => ({
  ...{ org: 'acme', ...(server && { server }), probe, exchanges: [] },
  ...{ status: 'failed', readings: {}, finding: finding(code) },
});
const answered = (path: string, status: number, limit: number, remaining: number): Exchange => ({
  ...{ method: 'GET', url: `https://acme.okta.com${path}`, at: '', phases: { firstByteMs: 70 }, status },
  rateLimit: { limit, remaining, secondsToReset: 30 },
});

/** A run's data points of the shared metrics, as `Name Domain value`. */
function shared(probes: readonly Probe[], outcomes: readonly Outcome[], ...own: FindingCode[]): string[] {
  const found = own.map((code) => finding(code));
  return pointsOf({ org, plan: planProbes(org, probes), outcomes }, found)
    .filter(({ identity }) => identity.dimensions.Probe === undefined)
    .map(
      ({ identity: { name, dimensions }, value }) => `${[name, dimensions.Domain].filter(Boolean).join(' ')} ${value}`,
    );
}

const zeros = [...faultDomains.map((domain) => `Severity ${domain} 0`), 'Retries 0'];
const instead = (...points: string[]) =>
  zeros.map((zero) => points.find((point) => point.startsWith(zero.slice(0, -1))) ?? zero);

describe('the metric Lateness', () => {
  const lateness = (probes: readonly Probe[], more: object, due?: RunReport['due']) =>
    pointsOf({ org: { ...org, ...more }, plan: planProbes(org, probes), outcomes: [], ...(due && { due }) }).filter(
      ({ identity }) => identity.name === 'Lateness',
    );

  it('has one series per group and deployment, whichever org the run is for', () => {
    for (const [group, probes] of Object.entries({ flows, limits, status, 'negative-tests': negativeTests })) {
      for (const name of ['acme', 'other']) {
        expect(lateness(probes, { name, deployment: 'staging' }, { at: 0, latenessSeconds: 1.5 })).toEqual([
          {
            identity: { namespace: 'OktaSynthetics/staging', name: 'Lateness', dimensions: { Group: group } },
            ...{ unit: 'Seconds', value: 1.5 },
          },
        ]);
      }
    }
  });

  it('has no data point if no schedule started the run', () => {
    expect(lateness(flows, {})).toEqual([]);
  });
});

describe('the metric Severity', () => {
  it('publishes 0 for every fault domain in flows if there are no findings, or no outcomes at all', () => {
    expect(shared(flows, [passed('organization')])).toEqual(zeros);
    expect(shared(flows, [])).toEqual(zeros);
  });

  it('publishes Severity in other groups only above 0', () => {
    expect(shared(limits, [passed('rate-limits')])).toEqual([]);
    expect(shared(limits, [failed('rate-limits', 'api-token-refused')])).toEqual(['Severity credentials 1']);
    expect(shared(status, [failed('status-page', 'status-unknown')])).toEqual([]);
  });

  it('publishes the severity of the worst finding per fault domain, whether a failure or a warning', () => {
    const outcomes = [
      failed('token', 'read-only-mode', 'org'),
      failed('token', 'internal-error', 'default'),
      passed('authorize', 'slow-answer', 'headroom-low'),
    ];
    expect(shared(flows, outcomes)).toEqual(instead('Severity okta 2', 'Severity quota 1'));
    expect(shared(flows, [passed('keys', 'headroom-critical', 'headroom-low')])).toEqual(instead('Severity quota 2'));
  });

  it('publishes severity 0 for an info finding', () => {
    expect(shared(flows, [passed('organization', 'status-unknown')])).toEqual(zeros);
  });

  it('includes findings of the run itself in Severity', () => {
    expect(shared(flows, [passed('organization')], 'metrics-refused')).toEqual(instead('Severity monitor 1'));
    expect(shared(status, [], 'metrics-refused')).toEqual(['Severity monitor 1']);
  });

  it('publishes Success instead of shared metrics for negative tests, and no Success for flows', () => {
    const outcomes = [passed('refuses-custom-scope'), failed('refuses-unknown-redirect-uri', 'internal-error')];
    const points = pointsOf({ org, plan: planProbes(org, negativeTests), outcomes }, [finding('metrics-refused')]);
    expect(points.map(({ identity: { name, dimensions }, value }) => [name, dimensions, value])).toEqual([
      ['Success', { Org: 'acme', Probe: 'refuses-custom-scope' }, 1],
      ['Success', { Org: 'acme', Probe: 'refuses-unknown-redirect-uri' }, 0],
    ]);
    const ofFlows = pointsOf({ org, plan: planProbes(org, flows), outcomes: [passed('organization')] });
    expect(ofFlows.filter(({ identity }) => identity.name === 'Success')).toEqual([]);
  });
});

describe('retries', () => {
  const retried = { retriedAfter: 'ECONNRESET' };

  it('counts retried probes, whether or not the retry passed', () => {
    const skipped = { ...{ org: 'acme', probe: 'keys', exchanges: [] }, status: 'skipped', because: '' } as const;
    const outcomes = [
      { ...passed('organization'), ...retried },
      { ...failed('token', 'connection-reset', 'org'), ...retried },
      { ...skipped, ...retried },
      passed('authorize'),
    ];
    expect(shared(flows, outcomes)).toEqual(instead('Severity network 2', 'Retries 3'));
  });

  it('publishes Retries in other groups only above 0', () => {
    expect(shared(limits, [{ ...passed('rate-limits'), ...retried }])).toEqual(['Retries 1']);
  });

  it('publishes the duration of the final attempt only', () => {
    const slow: Exchange = {
      ...answered('/oauth2/v1/token', 200, 2000, 1999),
      ...{ phases: { firstByteMs: 9_000 }, failure: { code: 'UND_ERR_BODY_TIMEOUT', message: '' } },
    };
    const durations = (exchanges: readonly Exchange[], retriedAfter: string) =>
      pointsOf({
        ...{ org, plan: planProbes(org, flows) },
        outcomes: [{ ...passed('token'), server: 'org', exchanges, retriedAfter }],
      }).flatMap(({ identity, value }) => (identity.name === 'Duration' ? [value] : []));
    expect(durations([slow, answered('/oauth2/v1/token', 200, 2000, 1999)], 'UND_ERR_BODY_TIMEOUT')).toEqual([70]);
    const refused = { ...slow, phases: {}, failure: { code: 'ECONNREFUSED', message: '' } };
    expect(durations([slow, refused], 'UND_ERR_BODY_TIMEOUT')).toEqual([]);
  });
});

describe('headroom', () => {
  const headroom = (...exchanges: readonly Exchange[]) =>
    shared(flows, [{ ...passed('token'), exchanges }]).filter((point) => point.startsWith('Headroom'));

  it('publishes the lowest headroom of all buckets', () => {
    const exchanges = [
      answered('/oauth2/v1/token', 200, 2000, 1000),
      answered('/oauth2/default/v1/token', 200, 2000, 500),
      answered('/oauth2/default/v1/authorize', 200, 2000, 1900),
    ];
    expect(headroom(...exchanges)).toEqual(['Headroom 25']);
  });

  it('publishes no headroom for a bucket that rejected a request in this run, or without rate-limit headers', () => {
    const exchanges = [
      answered('/oauth2/v1/token', 200, 2000, 1000),
      answered('/oauth2/default/v1/token', 200, 2000, 1),
      answered('/oauth2/aus1/v1/token', 429, 2000, 0),
    ];
    expect(headroom(...exchanges)).toEqual(['Headroom 50']);
    expect(headroom(...exchanges.slice(1))).toEqual([]);
    expect(headroom()).toEqual([]);
  });
});
