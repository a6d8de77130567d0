import { describe, expect, it } from 'vitest';
import { verifyScenario } from '../../../../local/runner/verify-scenario.ts';
import { noGaps, toldFirst } from '../../../../local/scenarios/checks.ts';
import type { Trace } from '../../../../local/scenarios/trace.ts';
import { alarm, drillOf, messageOf, traceOf } from '../../../support/traces.ts';

const why = (trace: Partial<Trace>, drill = drillOf()) => verifyScenario(drill, traceOf(trace)).failures;
const over = messageOf({ news: 'recovery' });

describe('the verdict of a row', () => {
  it('is right when people hear once, in time and by name, and once more when it is over', () => {
    expect(verifyScenario(drillOf(), traceOf())).toEqual({
      passed: true,
      failures: [],
      notifications: [
        { alarm, route: 'page', firedAfter: 2, notifiedAfter: 2, finding: 'internal-error', resolvedAfter: 9 },
      ],
      unexpectedAlarms: [],
    });
  });

  it('is wrong when the alarm does not rise', () => {
    expect(why({ transitions: [], messages: [] })).toEqual([`${alarm} did not rise`]);
  });

  it('is wrong when it rises and nobody is told', () => {
    expect(why({ messages: [] })).toEqual([`${alarm} rose after 2 minutes, and no page told of it`]);
  });

  it('is wrong when people are told too late', () => {
    expect(why({ messages: [messageOf({ minute: 4 }), over] })).toEqual(['told after 4 minutes, not within 3']);
  });

  it('is wrong when people are told while they must not hear yet', () => {
    const muted = drillOf({}, { notBefore: 3 });
    expect(why({}, muted)).toEqual(['told after 2 minutes, not before 3']);
  });

  it('is wrong when the wrong people are told, be it besides', () => {
    const astray = messageOf({ route: 'ticket' });
    expect(why({ messages: [messageOf(), astray, over] })).toEqual([
      `tickets also heard "PAGE acme: internal-error - Okta problem" after 2 minutes`,
    ]);
  });

  it('is wrong when one incident is told twice, or is over twice', () => {
    expect(why({ messages: [messageOf(), messageOf({ minute: 5 }), over, over] })).toEqual([
      `2 messages of one incident of ${alarm}`,
      `2 times over, of one incident of ${alarm}`,
    ]);
  });

  it('is wrong when nobody is told that it is over', () => {
    expect(why({ messages: [messageOf()] })).toEqual([`nobody was told that ${alarm} is over`]);
  });

  it('is wrong when it is told to be over while it lasts', () => {
    expect(why({ messages: [messageOf(), { ...over, minute: 6 }] })).toEqual([
      'told to be over after 6 minutes, while it lasted 10',
    ]);
  });

  it('is wrong when the message of its end says another duration, or none', () => {
    const endedBy = (subject: string) => why({ messages: [messageOf(), { ...over, subject }] });
    expect(endedBy('RESOLVED acme: internal-error - Okta problem - lasted 1 h 3 min')).toEqual([
      'when over: it says that it lasted 63 minutes, not 8 to 11',
    ]);
    expect(endedBy('RESOLVED acme: internal-error - Okta problem')).toEqual([
      'when over: the message does not say how long it lasted',
    ]);
  });

  it('counts in runs how long an incident may be said to have lasted', () => {
    const hourly = drillOf({ faultPhases: [{ minutes: 600 }] }, { within: 180, every: 60 });
    const lasted = (minutes: number) => {
      const ended = {
        ...over,
        minute: 700,
        subject: `RESOLVED acme: internal-error - Okta problem - lasted ${minutes} min`,
      };
      return why({ messages: [messageOf({ minute: 120 }), ended] }, hourly);
    };
    expect(lasted(540)).toEqual([]);
    expect(lasted(420)).toEqual(['when over: it says that it lasted 420 minutes, not 480 to 601']);
  });

  it('is right when people hear what they may besides', () => {
    const rehearsed = messageOf({ raw: true, subject: '', body: '{"requestPayload":{"selfTest":true}}' });
    const { alarm: _, ...aboutNone } = rehearsed;
    const messages = [messageOf(), aboutNone, over];
    expect(why({ messages })).toEqual(['pages also heard "" after 2 minutes']);
    expect(why({ messages }, drillOf({ allowedMessages: (message) => message.alarm === undefined }))).toEqual([]);
  });

  it('is wrong when another alarm rises besides, unless nobody can hear of it', () => {
    const other = 'okta-synthetics/acme/clock/ticket';
    const transitions = [...traceOf().transitions, { minute: 4, alarm: other, from: 'OK', to: 'ALARM' } as const];
    expect(verifyScenario(drillOf(), traceOf({ transitions }))).toMatchObject({
      unexpectedAlarms: [other],
      failures: [`${other} rose too`],
    });
    expect(why({ transitions }, drillOf({ allowedAlarms: [other] }))).toEqual([]);
  });

  it('is wrong when an alarm is up at the end', () => {
    expect(why({ stillFiring: [alarm] })).toEqual([`${alarm} is still up at the end`]);
  });

  it('is wrong when anybody hears of anything where nobody must', () => {
    expect(why({}, drillOf({ expected: [] }))).toEqual([
      `${alarm} rose too`,
      `pages also heard "PAGE acme: internal-error - Okta problem" after 2 minutes`,
      `pages also heard "RESOLVED acme: internal-error - Okta problem - lasted 9 min" after 19 minutes`,
    ]);
  });

  it('takes an alarm as CloudWatch words it only where nothing is left to make a message of it', () => {
    const messages = [messageOf({ raw: true }), { ...over, raw: true }];
    expect(why({ messages })[0]).toBe(`${alarm} rose after 2 minutes, and no page told of it`);
    expect(why({ messages }, drillOf({}, { finding: undefined }))).toEqual([]);
  });

  it('is wrong when a minute is missing of what alarms watch', () => {
    const gaps = [{ series: 'Retries of acme', minute: 4 }];
    expect(why({ gaps }, drillOf({ checks: [noGaps] }))).toEqual([
      '1 points are missing, the first at minute 4 of Retries of acme',
    ]);
  });

  it('is wrong when a ticket comes after the page that it was to forestall', () => {
    const check = toldFirst('low', 'critical');
    const of = (...alarms: string[]) => traceOf({ messages: alarms.map((each) => messageOf({ alarm: each })) });
    expect(check(of('low', 'critical', 'low'))).toEqual([]);
    expect(check(of('critical', 'low'))).toEqual(['low must be told before critical']);
    expect(check(of('critical'))).toEqual(['low must be told before critical']);
  });
});
