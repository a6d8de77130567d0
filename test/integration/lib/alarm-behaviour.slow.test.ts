import { describe, expect, it } from 'vitest';
import { alarmName, alarmSubject } from '../../../functions/findings/alarm-subject.ts';
import type { FaultDomain } from '../../../functions/model/fault-domain.ts';
import { parseAlarms } from '../../../packages/cloudwatch-alarms/src/index.ts';
import { evaluate, type Override } from '../../support/evaluate-template.ts';
import { samples } from '../../support/synthesized.ts';

describe.each(Object.keys(samples))('the alarms of the %s configuration', (sample) => {
  it('are all supported', () => {
    const { alarms, muteRules, unsupported } = parseAlarms(JSON.parse(samples[sample]?.text ?? ''));
    expect(unsupported).toEqual([]);
    expect(alarms).toHaveLength(samples[sample]?.resources.filter(({ Type }) => /Alarm$/.test(Type)).length ?? 0);
    expect(muteRules).toHaveLength(samples[sample]?.ofType('AWS::CloudWatch::AlarmMuteRule').length ?? 0);
  });

  it('change to OK once and stay OK through a day without failures', () => {
    const { alarms, engine, actions } = evaluate(sample, 24 * 60);
    expect(alarms.filter(({ name }) => engine.alarmState(name).state !== 'OK')).toEqual([]);
    for (const { to } of actions) expect(to).toBe('OK');
    expect(new Set(actions.map(({ alarm }) => alarm.name)).size).toBe(actions.length);
  });

  it('stay OK while every point arrives two minutes late', () => {
    for (const { to } of evaluate(sample, 180, { lateMinutes: 2 }).actions) expect(to).toBe('OK');
  });

  it('stay OK when one run of every schedule is lost', () => {
    const override: Override = (_, minute) => (minute === 60 ? 'missing' : undefined);
    for (const { to } of evaluate(sample, 180, { override }).actions) expect(to).toBe('OK');
  });
});

const levels = { page: 2, ticket: 1 } as const;

/** The alarms on findings of the example, each with the number of bad runs that it needs to fire. */
const findings = evaluate('example', 1).alarms.flatMap(({ name, datapointsToAlarm, evaluationPeriods }) => {
  const subject = alarmSubject(name);
  return subject?.kind === 'findings' ? [{ name, ...subject, datapointsToAlarm, evaluationPeriods }] : [];
});

/** Overrides the severity of a fault domain minute by minute. */
const severity =
  (domain: FaultDomain, at: (minute: number) => number | undefined): Override =>
  ({ name, dimensions }, minute) =>
    name === 'Severity' && dimensions.Domain === domain ? at(minute) : undefined;

const between = (from: number, to: number, value: number) => (minute: number) =>
  minute >= from && minute < to ? value : undefined;

describe('the alarms on findings of the example configuration', () => {
  it('page after two bad runs, or three for the network, and open a ticket after four', () => {
    expect(findings.map((each) => `${each.domain}/${each.severity} ${each.datapointsToAlarm}`)).toEqual(
      expect.arrayContaining(['okta/page 2', 'network/page 3', 'quota/page 2', 'okta/ticket 4', 'clock/ticket 4']),
    );
  });

  it.each(findings)(
    'the $domain/$severity alarm fires after enough bad runs, and resolves when its window has too few of them',
    (each) => {
      const { name, domain, datapointsToAlarm: m, evaluationPeriods: n } = each;
      const override = severity(domain, between(40, 50, levels[each.severity]));
      expect(evaluate('example', 90, { override }).changesOf(name)).toEqual([
        { minute: 40 + m, to: 'ALARM' },
        // Of the N runs before it, less than M are from before minute 50.
        { minute: 51 + n - m, to: 'OK' },
      ]);
    },
  );

  it.each(findings)('the $domain/$severity alarm does not fire after fewer bad runs', (each) => {
    const { name, domain, datapointsToAlarm: m } = each;
    for (const runs of [1, m - 1]) {
      const override = severity(domain, between(40, 40 + runs, levels[each.severity]));
      expect(evaluate('example', 70, { override }).changesOf(name)).toEqual([]);
    }
  });

  it.each(findings)('the $domain/$severity alarm fires once while every second run is bad', (each) => {
    const override = severity(each.domain, (minute) =>
      minute >= 40 && minute < 140 && minute % 2 === 0 ? levels[each.severity] : undefined,
    );
    expect(
      evaluate('example', 180, { override })
        .changesOf(each.name)
        .map(({ to }) => to),
    ).toEqual(['ALARM', 'OK']);
  });

  const tickets = findings.filter((each) => each.severity === 'ticket');

  it.each(tickets)(
    'the $domain/ticket alarm keeps its state during a page finding, and resolves only on zeros',
    (each) => {
      const override = severity(each.domain, (minute) => between(40, 50, 1)(minute) ?? between(50, 120, 2)(minute));
      const changes = evaluate('example', 160, { override }).changesOf(each.name);
      expect(changes).toMatchObject([{ minute: 44, to: 'ALARM' }, { to: 'OK' }]);
      expect(changes[1]?.minute).toBeGreaterThan(120);
    },
  );

  it.each(tickets)('the $domain/ticket alarm does not fire for a page finding', (each) => {
    const override = severity(each.domain, between(40, 60, 2));
    expect(evaluate('example', 100, { override }).changesOf(each.name)).toEqual([]);
  });

  it('a page alarm fires although the ticket alarm of its domain is firing', () => {
    const override = severity('quota', (minute) => between(40, 50, 1)(minute) ?? between(50, 60, 2)(minute));
    const page = alarmName({ kind: 'findings', org: 'acme', domain: 'quota', severity: 'page' });
    expect(evaluate('example', 90, { override }).changesOf(page)).toMatchObject([
      { minute: 52, to: 'ALARM' },
      { to: 'OK' },
    ]);
  });

  it('the page alarm of an org that runs every other minute fires after two bad runs too', () => {
    const okta = alarmName({ kind: 'findings', org: 'acme', domain: 'okta', severity: 'page' });
    const override: Override = (identity, minute) =>
      identity.dimensions.Org === 'acme' ? severity('okta', between(40, 60, 2))(identity, minute) : undefined;
    expect(evaluate('full', 90, { override }).changesOf(okta)[0]).toEqual({ minute: 43, to: 'ALARM' });
  });
});

describe('a heartbeat', () => {
  const heartbeats = evaluate('full', 1).alarms.filter(({ treatMissingData }) => treatMissingData === 'breaching');

  it.each(heartbeats)('$name fires when its data stop', ({ name, queries, evaluationPeriods, periodMs }) => {
    const keys = Object.values(queries).flatMap((query) =>
      query.kind === 'metric' ? [JSON.stringify(query.identity)] : [],
    );
    const override: Override = (identity, minute) =>
      keys.includes(JSON.stringify(identity)) && minute >= 60 ? 'missing' : undefined;
    const period = periodMs / 60_000;
    const [first] = evaluate('full', 60 + (evaluationPeriods + 3) * period, { override }).changesOf(name);
    expect(first?.to).toBe('ALARM');
    // No sooner than its datapoints require, no later than when the last run has left the evaluation range.
    expect(first?.minute).toBeGreaterThan(60 + (evaluationPeriods - 1) * period);
    expect(first?.minute).toBeLessThanOrEqual(60 + (evaluationPeriods + 2) * period);
  });

  it('of an org that runs every minute fires after three minutes', () => {
    const name = alarmName({ kind: 'not-running', org: 'acme' });
    const override: Override = ({ dimensions }, minute) => (dimensions.Org && minute >= 40 ? 'missing' : undefined);
    expect(evaluate('example', 60, { override }).changesOf(name)).toEqual([{ minute: 43, to: 'ALARM' }]);
  });

  it('of a group fires when the sweep has counted a silent schedule twice, and not while the sweep does not run', () => {
    const name = alarmName({ kind: 'group-not-running', group: 'status' });
    const counted =
      (value: number | 'missing'): Override =>
      (identity, minute) =>
        identity.name === 'SilentSchedules' && identity.dimensions.Group === 'status' && minute >= 40 && minute < 60
          ? value
          : undefined;
    expect(evaluate('full', 90, { override: counted(1) }).changesOf(name)).toMatchObject([
      { minute: 42, to: 'ALARM' },
      { to: 'OK' },
    ]);
    expect(evaluate('full', 90, { override: counted('missing') }).changesOf(name)).toEqual([]);
  });
});

describe('an alarm about a function', () => {
  const metric =
    (name: string, lambda: string, at: (minute: number) => number | undefined): Override =>
    ({ name: found, dimensions }, minute) =>
      found === name && dimensions.FunctionName === `okta-synthetics-${lambda}` ? at(minute) : undefined;

  it.each([
    ['group-broken', 'Errors'],
    ['group-throttled', 'Throttles'],
  ] as const)('of kind %s fires after two runs with %s, but not after one', (kind, name) => {
    const alarm = alarmName({ kind, group: 'flows' });
    const two = evaluate('example', 60, { override: metric(name, 'flows', between(40, 42, 1)) });
    expect(two.changesOf(alarm)[0]).toEqual({ minute: 42, to: 'ALARM' });
    const one = evaluate('example', 60, { override: metric(name, 'flows', between(40, 41, 1)) });
    expect(one.changesOf(alarm)).toEqual([]);
  });

  it('of kind group-broken fires once for a run that fails every hour, and resolves in the second hour after the last', () => {
    const alarm = alarmName({ kind: 'group-broken', group: 'flows' });
    const hourly = (minute: number) => (minute >= 30 && minute < 220 && minute % 60 === 30 ? 1 : undefined);
    expect(evaluate('example', 400, { override: metric('Errors', 'flows', hourly) }).changesOf(alarm)).toEqual([
      { minute: 91, to: 'ALARM' },
      { minute: 272, to: 'OK' },
    ]);
  });

  it('of kind notify-broken fires on the first failed self-test and resolves after two hours without failures', () => {
    const alarm = alarmName({ kind: 'notify-broken', route: 'page' });
    // The self-tests of minutes 60, 120 and 180 fail, and so do their second tries.
    const broken = evaluate('example', 480, { override: metric('Errors', 'notify-page', between(60, 240, 2)) });
    expect(broken.changesOf(alarm)).toEqual([
      { minute: 61, to: 'ALARM' },
      { minute: 301, to: 'OK' },
    ]);
    const retried = evaluate('example', 480, { override: metric('Errors', 'notify-page', between(60, 61, 1)) });
    expect(retried.changesOf(alarm)).toEqual([]);
  });
});

it.each(['okta-synthetics-page-alarms', 'okta-synthetics-pages'])(
  'a page that SNS cannot deliver from %s fires an alarm that notifies the ticket route',
  (topic) => {
    const receiver = topic === 'okta-synthetics-pages' ? 'pages-email' : 'pages-notifier';
    const alarm = alarmName({ kind: 'messages-undelivered', receiver });
    const identity = {
      namespace: 'AWS/SNS',
      name: 'NumberOfNotificationsFailed',
      dimensions: { TopicName: topic },
    };
    const extraPoints = (minute: number) => (minute === 40 ? [{ identity, value: 1 }] : []);
    const { changesOf, actions } = evaluate('example', 300, { extraPoints });
    expect(changesOf(alarm)).toMatchObject([{ minute: 41, to: 'ALARM' }, { to: 'OK' }]);
    const [action] = actions.filter(({ alarm: { name }, to }) => name === alarm && to === 'ALARM');
    const people = samples.example?.resources.find(({ id }) => id === action?.topic);
    // The notifier of tickets works, unless it is the notifiers that get nothing.
    const expected = receiver === 'pages-email' ? 'okta-synthetics-ticket-alarms' : 'okta-synthetics-tickets';
    expect(people?.Properties.TopicName).toBe(expected);
  },
);

describe('a maintenance window', () => {
  // Sunday, 02:30 in Zurich, for 90 minutes.
  const from = Date.UTC(2026, 10, 22, 1, 0);
  const [starts, ends] = [30, 120];
  const alarm = alarmName({ kind: 'findings', org: 'acme', domain: 'okta', severity: 'page' });

  it('runs only the OK action at its end, for an alarm that fired and resolved within it', () => {
    const override = severity('okta', between(40, 60, 2));
    const { changesOf } = evaluate('full', 200, { override, from });
    expect(changesOf(alarm)).toEqual([expect.objectContaining({ minute: ends, to: 'OK' })]);
  });

  it('notifies at its end of an alarm that is still firing', () => {
    const override = severity('okta', between(40, 150, 2));
    expect(evaluate('full', 200, { override, from }).changesOf(alarm)).toMatchObject([
      { minute: ends, to: 'ALARM' },
      { to: 'OK' },
    ]);
  });

  it('does not mute alarms about the monitor itself', () => {
    const override: Override = ({ name, dimensions }, minute) =>
      name === 'Errors' && dimensions.FunctionName === 'okta-synthetics-flows'
        ? between(starts + 10, starts + 20, 1)(minute)
        : undefined;
    const broken = alarmName({ kind: 'group-broken', group: 'flows' });
    expect(evaluate('full', 100, { override, from }).changesOf(broken)[0]).toMatchObject({ to: 'ALARM' });
  });
});
