import { describe, expect, it } from 'vitest';
import { alarmName } from '../../../functions/findings/alarm-subject.ts';
import { type Pace, paces } from '../../../functions/findings/slo.ts';
import { estimateCost } from '../../../lib/cost/estimate-cost.ts';
import { prices } from '../../../lib/cost/prices.ts';
import { synthesize } from '../../../local/self-hosted/synthesize.ts';
import { buildConfig } from '../../support/build-config.ts';
import { evaluate, type Override } from '../../support/evaluate-template.ts';
import { samples } from '../../support/synthesized.ts';

/** In the full configuration, this org is checked each minute and has an objective of 99.9 %: 43.2 minutes in 30 days. */
const org = 'acme-preview';
const burnAlarm = (pace: Pace, of = org) => alarmName({ kind: 'burn-rate', org: of, pace });

/** Okta fails in these minutes. */
const failing =
  (isBad: (minute: number) => boolean, domain = 'okta', of = org): Override =>
  ({ name, dimensions }, minute) =>
    name === 'Severity' && dimensions.Org === of && dimensions.Domain === domain && isBad(minute) ? 2 : undefined;

const between = (from: number, to: number) => (minute: number) => minute >= from && minute < to;

describe('the burn-rate alarms', () => {
  it('of two bad minutes in an hour are a page, which resolves once five minutes are good', () => {
    const { changesOf } = evaluate('full', 240, { override: failing((minute) => minute === 60 || minute === 90) });
    expect(changesOf(burnAlarm('fast'))).toEqual([
      { minute: 91, to: 'ALARM' },
      { minute: 96, to: 'OK' },
    ]);
    expect(changesOf(burnAlarm('slow'))).toEqual([]);
  });

  it('of single bad minutes hours apart are a ticket once a tenth of the budget is gone, and no page', () => {
    const { changesOf } = evaluate('full', 900, { override: failing((minute) => minute % 120 === 10 && minute < 600) });
    expect(changesOf(burnAlarm('fast'))).toEqual([]);
    expect(changesOf(burnAlarm('slow'))).toEqual([
      { minute: 491, to: 'ALARM' },
      { minute: 611, to: 'OK' },
    ]);
  });

  it('do not fire for a fault domain that does not count', () => {
    const { changesOf } = evaluate('full', 200, { override: failing(between(60, 120), 'network') });
    for (const pace of paces) expect(changesOf(burnAlarm(pace))).toEqual([]);
  });

  it('fire for each fault domain that counts, at the interval of the org', () => {
    // 2 % of 99.5 % in 28 days are four minutes: two runs, of which the org has one every two minutes.
    const { changesOf } = evaluate('full', 200, {
      override: failing(between(60, 68), 'configuration', 'acme'),
    });
    expect(changesOf(burnAlarm('fast', 'acme'))[0]).toEqual({ minute: 65, to: 'ALARM' });
  });

  it('do not fire for minutes without points, which are unknown', () => {
    const silent: Override = ({ dimensions }, minute) =>
      dimensions.Org === org && between(60, 180)(minute) ? 'missing' : undefined;
    const { changesOf } = evaluate('full', 300, { override: silent });
    for (const pace of paces) expect(changesOf(burnAlarm(pace))).toEqual([]);
  });
});

it('orgs without an objective have no burn-rate alarms', () => {
  expect(samples.example?.ofType('AWS::CloudWatch::CompositeAlarm')).toEqual([]);
});

it('maintenance mutes the burn-rate alarms of an org', () => {
  const [rule] = samples.full?.ofType('AWS::CloudWatch::AlarmMuteRule') ?? [];
  const composites = (samples.full?.ofType('AWS::CloudWatch::CompositeAlarm') ?? []).map(({ id }) => ({ Ref: id }));
  const muted: readonly unknown[] = rule?.Properties.MuteTargets.AlarmNames;
  expect(composites.filter(({ Ref }) => muted.some((each) => JSON.stringify(each).includes(Ref)))).toHaveLength(2);
});

it('an objective costs two composite alarms and their four windows an org, and no metric', () => {
  const slo = { objectivePercent: 99.5 };
  const [without, withSlo] = [buildConfig(), buildConfig({ slo })].map((config) =>
    estimateCost(synthesize(config).template),
  );
  expect((withSlo?.dollars ?? 0) - (without?.dollars ?? 0)).toBeCloseTo(
    2 * prices.compositeAlarm + 4 * prices.alarmMetric,
  );
  expect(withSlo?.metrics).toBe(without?.metrics);
});
