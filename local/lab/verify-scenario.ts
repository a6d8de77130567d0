import { alarmSubject } from '../../functions/findings/alarm-subject.ts';
import type { ExpectedNotification, Notification, Scenario, Trace } from './scenarios/scenario.ts';

/** How one expected notification arrived. Minutes are virtual. */
export interface NotificationResult {
  readonly alarm: string;
  readonly route: ExpectedNotification['route'];
  /** From the first bad run to the alarm, and to the message. */
  readonly firedAfter?: number;
  readonly notifiedAfter?: number;
  /** The finding that the message names. */
  readonly finding?: string;
  /** From the end of the fault to the message that the alarm is resolved. */
  readonly resolvedAfter?: number;
}

export interface ScenarioVerification {
  readonly passed: boolean;
  /** The problem, in plain words. */
  readonly failures: readonly string[];
  readonly notifications: readonly NotificationResult[];
  readonly unexpectedAlarms: readonly string[];
}

/**
 * Verifies the messages: one per incident, in time, on the right route and with the right finding; one more when
 * it is resolved; and nothing else. It reads the messages' data, not their prose.
 */
export function verifyScenario(scenario: Scenario, trace: Trace): ScenarioVerification {
  const { expected, allowedAlarms = [], allowedMessages = () => false, checks = [] } = scenario;
  const known = [...expected.map(({ alarm }) => alarm), ...allowedAlarms];
  const fired = new Set(trace.transitions.filter(isFiring).map(({ alarm }) => alarm));
  const unexpectedAlarms = [...fired].filter((alarm) => !known.includes(alarm));
  const unexpected = trace.notifications.filter(
    (notification) => !expected.some((one) => isAbout(one, notification)) && !allowedMessages(notification),
  );
  const failures = [
    ...expected.flatMap((one) => problemsOf(one, trace)),
    ...unexpectedAlarms.map((alarm) => `${alarm} also fired`),
    ...unexpected.map(
      ({ route, minute, subject }) => `an unexpected ${route} was sent after ${minutes(minute)}: "${subject}"`,
    ),
    ...trace.stillFiring.map((alarm) => `${alarm} is still firing at the end`),
    ...checks.flatMap((check) => check(trace)),
  ];
  const notifications = expected.map((one) => resultOf(one, trace));
  return { passed: failures.length === 0, failures, notifications, unexpectedAlarms };
}

function isFiring({ to }: Trace['transitions'][number]): boolean {
  return to === 'ALARM';
}

/** An alarm that fired directly may be resolved by the notifier: it may work again by then. */
function isAbout({ alarm, route, context }: ExpectedNotification, notification: Notification): boolean {
  const { delivery, status } = notification;
  const isAsExpected = context ? delivery === 'notifier' : delivery === 'direct' || status === 'resolved';
  return notification.alarm === alarm && notification.route === route && isAsExpected;
}

/** The trace of one expected notification. */
function observed(expected: ExpectedNotification, { transitions, notifications, faultMinutes }: Trace) {
  const about = notifications.filter((notification) => isAbout(expected, notification));
  return {
    fired: transitions.filter((each) => each.alarm === expected.alarm && isFiring(each)),
    firing: about.filter(({ status }) => status === 'firing'),
    resolved: about.filter(({ status }) => status === 'resolved'),
    ends: expected.ends ?? faultMinutes,
  };
}

function resultOf(expected: ExpectedNotification, trace: Trace): NotificationResult {
  const { alarm, route, context } = expected;
  const {
    fired: [fired],
    firing: [firing],
    resolved: [resolved],
    ends,
  } = observed(expected, trace);
  const finding = context && firing?.context?.finding;
  return {
    alarm,
    route,
    ...(fired && { firedAfter: fired.minute }),
    ...(firing && { notifiedAfter: firing.minute }),
    ...(finding !== undefined && { finding }),
    ...(resolved && { resolvedAfter: resolved.minute - ends }),
  };
}

function problemsOf(expected: ExpectedNotification, trace: Trace): readonly string[] {
  const { alarm, route, notBefore = 0, within, isToldOnce } = expected;
  const { fired, firing, resolved, ends } = observed(expected, trace);
  const [first] = firing;
  const [last] = resolved;
  if (!fired[0]) return [`${alarm} did not fire`];
  if (!first) return [`${alarm} fired after ${minutes(fired[0].minute)}, but no ${route} was sent`];
  return [
    ...(fired.length > 1 ? [`${alarm} fired ${fired.length} times`] : []),
    ...(first.minute < notBefore
      ? [`${route} sent after ${minutes(first.minute)}, expected at least ${notBefore}`]
      : []),
    ...(first.minute > within ? [`${route} sent after ${minutes(first.minute)}, expected at most ${within}`] : []),
    ...(firing.length > 1 ? [`${firing.length} ${route}s for one incident of ${alarm}`] : []),
    ...wrongContext(expected, first),
    ...(resolved.length > 1 ? [`${resolved.length} resolved messages for one incident of ${alarm}`] : []),
    ...(last && last.minute < ends ? [`resolved after ${minutes(last.minute)}, but the fault lasted ${ends}`] : []),
    ...(isToldOnce && last ? [`a resolved message for ${alarm}, which is told once`] : []),
    ...(isToldOnce
      ? []
      : last
        ? [...wrongContext(expected, last), ...wrongDuration(expected, last, ends)]
        : [`no resolved message for ${alarm}`]),
  ];
}

/** Returns where a message's data differs from the expectation. */
function wrongContext({ alarm, route, context: expected }: ExpectedNotification, { status, context }: Notification) {
  if (!expected) return [];
  if (!context) return [`the ${status} message has no data`];
  const subject = alarmSubject(alarm);
  const wanted = {
    ...{ state: status, route, alarm, finding: expected.finding, domain: expected.domain },
    org: subject && 'org' in subject ? subject.org : 'monitor',
    severity: subject?.kind === 'findings' ? subject.severity : route,
    ...(status === 'firing' && expected.oktaStatus && { oktaStatus: expected.oktaStatus }),
  };
  return Object.entries(wanted)
    .filter(([name, value]) => context[name as keyof typeof context] !== value)
    .map(([name, value]) => {
      const got = context[name as keyof typeof context] ?? 'nothing';
      return `the ${status} message says ${name} ${got}, expected ${value}`;
    });
}

/** Findings last from the first bad run to the last. A missing run is noticed until the next one. */
function wrongDuration(
  { alarm, every, lasted, context: expected }: ExpectedNotification,
  { context }: Notification,
  ends: number,
) {
  if (!expected) return [];
  const seconds = Number(context?.durationSeconds);
  if (lasted === 'unknown')
    return Number.isNaN(seconds) ? [] : ['the resolved message reports a duration, which is not known'];
  if (Number.isNaN(seconds)) return ['the resolved message has no duration'];
  const isFinding = alarmSubject(alarm)?.kind === 'findings';
  const [least, most] = lasted ?? (isFinding ? [ends - 2 * every, ends + 1] : [0, ends + every]);
  const reported = Math.round(seconds / 60);
  return reported < least || reported > most
    ? [`the resolved message reports a duration of ${minutes(reported)}, expected ${least} to ${most}`]
    : [];
}

function minutes(count: number): string {
  return count === 1 ? '1 minute' : `${count} minutes`;
}
