import { describe, expect, it } from 'vitest';
import { type Notification, noGaps, type Trace } from '../../../../local/lab/scenarios/scenario.ts';
import { verifyScenario } from '../../../../local/lab/verify-scenario.ts';
import { alarm, buildFiring, buildResolved, buildScenario, buildTrace } from '../../../support/build-scenario.ts';

const failures = (trace: Partial<Trace>, scenario = buildScenario()) =>
  verifyScenario(scenario, buildTrace(trace)).failures;
const firing = buildFiring();
const resolved = buildResolved();
const lasting = (minutes: number, overrides: Partial<Notification> = {}) =>
  buildResolved({ context: { ...resolved.context, durationSeconds: String(minutes * 60) }, ...overrides });

describe('verifying a scenario', () => {
  it('passes a scenario with one firing message in time and one resolved message', () => {
    expect(verifyScenario(buildScenario(), buildTrace())).toEqual({
      passed: true,
      failures: [],
      notifications: [
        { alarm, route: 'page', firedAfter: 2, notifiedAfter: 2, finding: 'internal-error', resolvedAfter: 9 },
      ],
      unexpectedAlarms: [],
    });
  });

  it('fails a scenario whose alarm does not fire', () => {
    expect(failures({ transitions: [], notifications: [] })).toEqual([`${alarm} did not fire`]);
  });

  it('fails a scenario whose alarm fires without a message', () => {
    expect(failures({ notifications: [] })).toEqual([`${alarm} fired after 2 minutes, but no page was sent`]);
  });

  it('fails a scenario whose message is late', () => {
    const late = buildFiring({ minute: 4 });
    expect(failures({ notifications: [late, resolved] })).toEqual(['page sent after 4 minutes, expected at most 3']);
  });

  it('fails a scenario whose message is sent while the alarm must be muted', () => {
    expect(failures({}, buildScenario({}, { notBefore: 3 }))).toEqual([
      'page sent after 2 minutes, expected at least 3',
    ]);
  });

  it('fails a scenario with a message on the wrong route', () => {
    const stray = buildFiring({ route: 'ticket' });
    expect(failures({ notifications: [firing, stray, resolved] })).toEqual([
      `an unexpected ticket was sent after 2 minutes: "${firing.subject}"`,
    ]);
  });

  it('fails a scenario whose incident notifies twice', () => {
    const notifications = [firing, buildFiring({ minute: 5 }), resolved, resolved];
    expect(failures({ notifications })).toEqual([
      `2 pages for one incident of ${alarm}`,
      `2 resolved messages for one incident of ${alarm}`,
    ]);
  });

  it('expects no resolved message of what is told once', () => {
    const told = buildScenario({}, { isToldOnce: true });
    expect(failures({ notifications: [firing] }, told)).toEqual([]);
    expect(failures({}, told)).toEqual([`a resolved message for ${alarm}, which is told once`]);
  });

  it('fails a scenario without a resolved message', () => {
    expect(failures({ notifications: [firing] })).toEqual([`no resolved message for ${alarm}`]);
  });

  it('fails a scenario that is reported as resolved during its fault', () => {
    expect(failures({ notifications: [firing, { ...resolved, minute: 6 }] })).toEqual([
      'resolved after 6 minutes, but the fault lasted 10',
    ]);
  });

  it.each([
    ['state', 'resolved', 'firing'],
    ['route', 'ticket', 'page'],
    ['org', 'other', 'acme'],
    ['finding', 'gateway-error', 'internal-error'],
    ['domain', 'network', 'okta'],
    ['severity', 'ticket', 'page'],
    ['alarm', 'okta-synthetics/acme/okta/ticket', alarm],
  ])('fails a scenario whose firing message says another %s', (name, value, expected) => {
    const wrong = buildFiring({ context: { ...firing.context, [name]: value } });
    expect(failures({ notifications: [wrong, resolved] })).toEqual([
      `the firing message says ${name} ${value}, expected ${expected}`,
    ]);
  });

  it('fails a scenario whose message does not mention the incident that Okta announces', () => {
    const context = { finding: 'internal-error', domain: 'okta', oktaStatus: 'announced' } as const;
    expect(failures({}, buildScenario({}, { context }))).toEqual([
      'the firing message says oktaStatus none, expected announced',
    ]);
  });

  it('fails a scenario whose message has no data', () => {
    const { context: _, ...bare } = firing;
    expect(failures({ notifications: [bare, resolved] })).toEqual(['the firing message has no data']);
  });

  it('fails a scenario whose resolved message reports a wrong duration, or none', () => {
    expect(failures({ notifications: [firing, lasting(63)] })).toEqual([
      'the resolved message reports a duration of 63 minutes, expected 8 to 11',
    ]);
    const { durationSeconds: _, ...context } = resolved.context ?? {};
    expect(failures({ notifications: [firing, buildResolved({ context })] })).toEqual([
      'the resolved message has no duration',
    ]);
  });

  it('allows a duration that is off by two runs, however rare runs are', () => {
    const hourly = buildScenario({}, { within: 180, every: 60 });
    const trace = (minutes: number) => ({
      faultMinutes: 600,
      notifications: [buildFiring({ minute: 120 }), lasting(minutes, { minute: 700 })],
    });
    expect(failures(trace(540), hourly)).toEqual([]);
    expect(failures(trace(420), hourly)).toEqual([
      'the resolved message reports a duration of 420 minutes, expected 480 to 601',
    ]);
  });

  it('ignores a message that the scenario allows', () => {
    const { alarm: _, context: __, ...selfTest } = buildFiring({ delivery: 'direct', subject: '' });
    const notifications = [firing, selfTest, resolved];
    expect(failures({ notifications })).toEqual(['an unexpected page was sent after 2 minutes: ""']);
    const allowing = buildScenario({ allowedMessages: (notification) => notification.alarm === undefined });
    expect(failures({ notifications }, allowing)).toEqual([]);
  });

  it('fails a scenario in which another alarm fires, unless the scenario allows it', () => {
    const other = 'okta-synthetics/acme/clock/ticket';
    const transitions = [...buildTrace().transitions, { minute: 4, alarm: other, from: 'OK', to: 'ALARM' } as const];
    expect(verifyScenario(buildScenario(), buildTrace({ transitions }))).toMatchObject({
      unexpectedAlarms: [other],
      failures: [`${other} also fired`],
    });
    expect(failures({ transitions }, buildScenario({ allowedAlarms: [other] }))).toEqual([]);
  });

  it('fails a scenario whose alarm is still firing at the end', () => {
    expect(failures({ stillFiring: [alarm] })).toEqual([`${alarm} is still firing at the end`]);
  });

  it('fails a scenario that must notify nobody and does', () => {
    expect(failures({}, buildScenario({ expected: [] }))).toEqual([
      `${alarm} also fired`,
      `an unexpected page was sent after 2 minutes: "${firing.subject}"`,
      `an unexpected page was sent after 19 minutes: "${resolved.subject}"`,
    ]);
  });

  it('accepts the raw alarm only if the notifier cannot send a message', () => {
    const notifications = [buildFiring({ delivery: 'direct' }), buildResolved({ delivery: 'direct' })];
    expect(failures({ notifications })[0]).toBe(`${alarm} fired after 2 minutes, but no page was sent`);
    expect(failures({ notifications }, buildScenario({}, { context: undefined }))).toEqual([]);
  });

  it('fails a scenario with a missing minute in a series that alarms watch', () => {
    const gaps = [{ series: 'Retries of acme', minute: 4 }];
    expect(failures({ gaps }, buildScenario({ checks: [noGaps] }))).toEqual([
      '1 points are missing, the first at minute 4 of Retries of acme',
    ]);
  });
});
