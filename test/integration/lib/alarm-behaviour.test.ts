import { describe, expect, it } from 'vitest';
import { alarmName, alarmSubject } from '../../../functions/alarms/subject.ts';
import type { FaultDomain } from '../../../functions/model/fault-domain.ts';
import { parseAlarms } from '../../../local/emulators/cloudwatch/parse-alarm.ts';
import { rehearse, type Spoil } from '../../support/evaluate-template.ts';
import { samples } from '../../support/synthesized.ts';

describe.each(Object.keys(samples))('the alarms of the %s configuration', (sample) => {
  it('are all supported', () => {
    const { alarms, muteRules, unsupported } = parseAlarms(JSON.parse(samples[sample]?.text ?? ''));
    expect(unsupported).toEqual([]);
    expect(alarms).toHaveLength(samples[sample]?.resources.filter(({ Type }) => /Alarm$/.test(Type)).length ?? 0);
    expect(muteRules).toHaveLength(samples[sample]?.ofType('AWS::CloudWatch::AlarmMuteRule').length ?? 0);
  });

  it('stay OK through a day on which all is well, and say so once', () => {
    const { alarms, engine, actions } = rehearse(sample, 24 * 60);
    expect(alarms.filter(({ name }) => engine.alarmState(name).state !== 'OK')).toEqual([]);
    for (const { to } of actions) expect(to).toBe('OK');
    expect(new Set(actions.map(({ alarm }) => alarm.name)).size).toBe(actions.length);
  });

  it('stay OK while every point comes two minutes late', () => {
    for (const { to } of rehearse(sample, 180, { lateMinutes: 2 }).actions) expect(to).toBe('OK');
  });

  it('stay OK when one run of everything is lost', () => {
    const spoil: Spoil = (_, minute) => (minute === 60 ? 'missing' : undefined);
    for (const { to } of rehearse(sample, 180, { spoil }).actions) expect(to).toBe('OK');
  });
});

const levels = { page: 2, ticket: 1 } as const;

/** The alarms on findings of the example, each with how many bad runs raise it. */
const findings = rehearse('example', 1).alarms.flatMap(({ name, datapointsToAlarm }) => {
  const subject = alarmSubject(name);
  return subject?.kind === 'findings' ? [{ name, ...subject, datapointsToAlarm }] : [];
});

/** Makes of a domain's severity what a test says of a minute. */
const severity =
  (domain: FaultDomain, at: (minute: number) => number | undefined): Spoil =>
  ({ name, dimensions }, minute) =>
    name === 'Severity' && dimensions.Domain === domain ? at(minute) : undefined;

const between = (from: number, to: number, value: number) => (minute: number) =>
  minute >= from && minute < to ? value : undefined;

describe('what is found in the example configuration', () => {
  it('pages after two bad runs, three where it is the network, and is a ticket after four', () => {
    expect(findings.map((each) => `${each.domain}/${each.severity} ${each.datapointsToAlarm}`)).toEqual(
      expect.arrayContaining(['okta/page 2', 'network/page 3', 'quota/page 2', 'okta/ticket 4', 'clock/ticket 4']),
    );
  });

  it.each(findings)(
    '$domain/$severity rises with its last bad run, and is over when the window has too few of them',
    (each) => {
      const { name, domain, datapointsToAlarm: m } = each;
      const spoil = severity(domain, between(40, 50, levels[each.severity]));
      expect(rehearse('example', 90, { spoil }).saidOf(name)).toEqual([
        { minute: 40 + m, to: 'ALARM' },
        // Of the ten runs before it, less than M are from before minute 50.
        { minute: 61 - m, to: 'OK' },
      ]);
    },
  );

  it.each(findings)('$domain/$severity is told by nothing less than its number of bad runs', (each) => {
    const { name, domain, datapointsToAlarm: m } = each;
    for (const runs of [1, m - 1]) {
      const spoil = severity(domain, between(40, 40 + runs, levels[each.severity]));
      expect(rehearse('example', 70, { spoil }).saidOf(name)).toEqual([]);
    }
  });

  it.each(findings)('$domain/$severity is one incident while every second run is bad', (each) => {
    const spoil = severity(each.domain, (minute) =>
      minute >= 40 && minute < 140 && minute % 2 === 0 ? levels[each.severity] : undefined,
    );
    expect(
      rehearse('example', 180, { spoil })
        .saidOf(each.name)
        .map(({ to }) => to),
    ).toEqual(['ALARM', 'OK']);
  });

  const tickets = findings.filter((each) => each.severity === 'ticket');

  it.each(tickets)(
    'the ticket of $domain keeps still while a page’s finding stands, and is over by real zeros alone',
    (each) => {
      const worse = severity(each.domain, (minute) => between(40, 50, 1)(minute) ?? between(50, 120, 2)(minute));
      const said = rehearse('example', 160, { spoil: worse }).saidOf(each.name);
      expect(said).toMatchObject([{ minute: 44, to: 'ALARM' }, { to: 'OK' }]);
      expect(said[1]?.minute).toBeGreaterThan(120);
    },
  );

  it.each(tickets)('the ticket of $domain says nothing of what is a page from the beginning', (each) => {
    const spoil = severity(each.domain, between(40, 60, 2));
    expect(rehearse('example', 100, { spoil }).saidOf(each.name)).toEqual([]);
  });

  it('a page of a domain is not kept from rising by its ticket', () => {
    const spoil = severity('quota', (minute) => between(40, 50, 1)(minute) ?? between(50, 60, 2)(minute));
    const page = alarmName({ kind: 'findings', org: 'acme', domain: 'quota', severity: 'page' });
    expect(rehearse('example', 90, { spoil }).saidOf(page)).toMatchObject([{ minute: 52, to: 'ALARM' }, { to: 'OK' }]);
  });

  it('an org that runs every other minute pages after two bad runs too', () => {
    const okta = alarmName({ kind: 'findings', org: 'acme', domain: 'okta', severity: 'page' });
    const spoil: Spoil = (identity, minute) =>
      identity.dimensions.Org === 'acme' ? severity('okta', between(40, 60, 2))(identity, minute) : undefined;
    expect(rehearse('full', 90, { spoil }).saidOf(okta)[0]).toEqual({ minute: 43, to: 'ALARM' });
  });
});

describe('silence', () => {
  const heartbeats = rehearse('full', 1).alarms.filter(({ treatMissingData }) => treatMissingData === 'breaching');

  it.each(heartbeats)(
    '$name rises when its evaluation range is empty',
    ({ name, queries, evaluationPeriods, periodMs }) => {
      const [query] = Object.values(queries);
      const keys = JSON.stringify(query?.kind === 'metric' && query.identity);
      const spoil: Spoil = (identity, minute) =>
        JSON.stringify(identity) === keys && minute >= 60 ? 'missing' : undefined;
      const period = periodMs / 60_000;
      const [first] = rehearse('full', 60 + (evaluationPeriods + 3) * period, { spoil }).saidOf(name);
      expect(first?.to).toBe('ALARM');
      // No sooner than its points demand, no later than when the last run has left the range.
      expect(first?.minute).toBeGreaterThan(60 + (evaluationPeriods - 1) * period);
      expect(first?.minute).toBeLessThanOrEqual(60 + (evaluationPeriods + 2) * period);
    },
  );

  it('of an org that runs each minute pages after three minutes', () => {
    const name = alarmName({ kind: 'not-running', org: 'acme' });
    const spoil: Spoil = ({ dimensions }, minute) => (dimensions.Org && minute >= 40 ? 'missing' : undefined);
    expect(rehearse('example', 60, { spoil }).saidOf(name)).toEqual([{ minute: 43, to: 'ALARM' }]);
  });

  it('of one org is seen though the function goes on running for another', () => {
    const name = alarmName({ kind: 'monitor', id: 'status-not-running' });
    // Every 10 and every 7 minutes: what stops is the one or the other.
    for (const stopped of [10, 7]) {
      const spoil: Spoil = ({ dimensions, name: metric }, minute) => {
        const isStatus = metric === 'Invocations' && dimensions.FunctionName === 'okta-synthetics-status';
        if (!isStatus || minute < 60) return undefined;
        const isDue = (every: number) => minute % every === 0;
        return isDue(stopped) && !isDue(17 - stopped) ? 'missing' : undefined;
      };
      expect(rehearse('full', 240, { spoil }).saidOf(name)[0]).toMatchObject({ to: 'ALARM' });
    }
  });
});

describe('the monitor’s own faults', () => {
  const metric =
    (name: string, lambda: string, at: (minute: number) => number | undefined): Spoil =>
    ({ name: found, dimensions }, minute) =>
      found === name && dimensions.FunctionName === `okta-synthetics-${lambda}` ? at(minute) : undefined;

  it.each(['Errors', 'Throttles'])('two runs of flows with %s page, and one does not', (name) => {
    const id = name === 'Errors' ? 'flows-broken' : 'flows-throttled';
    const alarm = alarmName({ kind: 'monitor', id });
    const two = rehearse('example', 60, { spoil: metric(name, 'flows', between(40, 42, 1)) });
    expect(two.saidOf(alarm)[0]).toEqual({ minute: 42, to: 'ALARM' });
    const one = rehearse('example', 60, { spoil: metric(name, 'flows', between(40, 41, 1)) });
    expect(one.saidOf(alarm)).toEqual([]);
  });

  it('a notifier that fails is one incident from its rehearsal on, until it has been well for two hours', () => {
    const alarm = alarmName({ kind: 'monitor', id: 'notify-page-broken' });
    // The rehearsals of minutes 60, 120 and 180 fail, and so do their second tries.
    const broken = rehearse('example', 480, { spoil: metric('Errors', 'notify-page', between(60, 240, 2)) });
    expect(broken.saidOf(alarm)).toEqual([
      { minute: 61, to: 'ALARM' },
      { minute: 301, to: 'OK' },
    ]);
    const madeGood = rehearse('example', 480, { spoil: metric('Errors', 'notify-page', between(60, 61, 1)) });
    expect(madeGood.saidOf(alarm)).toEqual([]);
  });
});

it.each(['okta-synthetics-page-alarms', 'okta-synthetics-pages'])(
  'a page that SNS cannot deliver from %s is told to those who hear of tickets, as it is',
  (topic) => {
    const alarm = alarmName({ kind: 'monitor', id: 'messages-undelivered-page' });
    const identity = {
      namespace: 'AWS/SNS',
      name: 'NumberOfNotificationsFailed',
      dimensions: { TopicName: topic },
    };
    const besides = (minute: number) => (minute === 40 ? [{ identity, value: 1 }] : []);
    const { saidOf, actions } = rehearse('example', 300, { besides });
    expect(saidOf(alarm)).toMatchObject([{ minute: 41, to: 'ALARM' }, { to: 'OK' }]);
    const [told] = actions.filter(({ alarm: { name }, to }) => name === alarm && to === 'ALARM');
    const people = samples.example?.resources.find(({ id }) => id === told?.topic);
    expect(people?.Properties.TopicName).toBe('okta-synthetics-tickets');
  },
);

describe('a window of maintenance', () => {
  // Sunday, 02:30 in Zurich, for 90 minutes.
  const from = Date.UTC(2026, 10, 22, 1, 0);
  const [starts, ends] = [30, 120];
  const alarm = alarmName({ kind: 'findings', org: 'acme', domain: 'okta', severity: 'page' });

  it('keeps what comes and goes within it from being told', () => {
    const spoil = severity('okta', between(40, 60, 2));
    const { saidOf } = rehearse('full', 200, { spoil, from });
    expect(saidOf(alarm)).toEqual([]);
  });

  it('tells at its end what still stands', () => {
    const spoil = severity('okta', between(40, 150, 2));
    expect(rehearse('full', 200, { spoil, from }).saidOf(alarm)).toMatchObject([
      { minute: ends, to: 'ALARM' },
      { to: 'OK' },
    ]);
  });

  it('keeps none of the monitor’s own faults quiet', () => {
    const spoil: Spoil = ({ name, dimensions }, minute) =>
      name === 'Errors' && dimensions.FunctionName === 'okta-synthetics-flows'
        ? between(starts + 10, starts + 20, 1)(minute)
        : undefined;
    const broken = alarmName({ kind: 'monitor', id: 'flows-broken' });
    expect(rehearse('full', 100, { spoil, from }).saidOf(broken)[0]).toMatchObject({ to: 'ALARM' });
  });
});
