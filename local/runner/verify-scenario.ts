import { alarmSubject } from '../../functions/alarms/subject.ts';
import { type ExpectedNotification, minutesOf, type Scenario } from '../scenarios/scenario.ts';
import type { Message, Trace } from '../scenarios/trace.ts';
import { leadOf, misnamed } from './named.ts';

/** What became of one incident that people had to hear of. Minutes are virtual ones. */
export interface NotificationResult {
  readonly alarm: string;
  readonly route: ExpectedNotification['route'];
  /** From the first bad run to the alarm, and to the message. */
  readonly firedAfter?: number;
  readonly notifiedAfter?: number;
  /** What the message leads with. */
  readonly finding?: string;
  /** From the end of what was wrong to the message that it is over. */
  readonly resolvedAfter?: number;
}

export interface ScenarioVerification {
  readonly passed: boolean;
  /** What is wrong, in plain words. */
  readonly failures: readonly string[];
  readonly notifications: readonly NotificationResult[];
  /** Alarms that should not have risen. */
  readonly unexpectedAlarms: readonly string[];
}

/**
 * Judges a row by what people got: one message an incident, in time, to those who must act and to nobody else, which
 * names what is wrong; one more when it is over; and nothing besides.
 */
export function verifyScenario(drill: Scenario, trace: Trace): ScenarioVerification {
  const awaited = [...drill.expected.map(({ alarm }) => alarm), ...(drill.allowedAlarms ?? [])];
  const unexpectedAlarms = [...new Set(trace.transitions.filter(isRise).map(({ alarm }) => alarm))].filter(
    (alarm) => !awaited.includes(alarm),
  );
  const besides = trace.messages.filter(
    (message) => !drill.expected.some((one) => isAbout(one, message)) && !drill.allowedMessages?.(message),
  );
  const failures = [
    ...drill.expected.flatMap((incident) => wrongAbout(drill, incident, trace)),
    ...unexpectedAlarms.map((alarm) => `${alarm} rose too`),
    ...besides.map(({ route, minute, subject }) => `${route}s also heard "${subject}" after ${minutes(minute)}`),
    ...trace.stillFiring.map((alarm) => `${alarm} is still up at the end`),
    ...(drill.checks ?? []).flatMap((check) => check(trace)),
  ];
  return {
    passed: failures.length === 0,
    failures,
    notifications: drill.expected.map((one) => toldOf(drill, one, trace)),
    unexpectedAlarms,
  };
}

function isRise({ to }: Trace['transitions'][number]): boolean {
  return to === 'ALARM';
}

/** Whether a message is one of those that must come. That an alarm is over which came raw may be put into words again. */
function isAbout({ alarm, route, finding }: ExpectedNotification, message: Message): boolean {
  const { raw, news } = message;
  const isInForm = finding ? !raw : raw || news === 'recovery';
  return message.alarm === alarm && message.route === route && isInForm;
}

function messagesOf(incident: ExpectedNotification, { messages }: Trace) {
  const about = messages.filter((message) => isAbout(incident, message));
  return {
    problems: about.filter(({ news }) => news === 'problem'),
    recoveries: about.filter(({ news }) => news === 'recovery'),
  };
}

function toldOf(drill: Scenario, incident: ExpectedNotification, trace: Trace): NotificationResult {
  const { alarm, route, finding: named, ends = minutesOf(drill.faultPhases) } = incident;
  const { problems, recoveries } = messagesOf(incident, trace);
  const rose = trace.transitions.find((each) => each.alarm === alarm && isRise(each));
  const [problem] = problems;
  const [recovery] = recoveries;
  const finding = problem && named && leadOf(problem);
  return {
    alarm,
    route,
    ...(rose && { firedAfter: rose.minute }),
    ...(problem && { notifiedAfter: problem.minute }),
    ...(finding !== undefined && { finding }),
    ...(recovery && { resolvedAfter: recovery.minute - ends }),
  };
}

function wrongAbout(drill: Scenario, incident: ExpectedNotification, trace: Trace): readonly string[] {
  const { alarm, route, notBefore = 0, within, finding, ends = minutesOf(drill.faultPhases) } = incident;
  const { problems, recoveries } = messagesOf(incident, trace);
  const rises = trace.transitions.filter((each) => each.alarm === alarm && isRise(each));
  const [rise] = rises;
  const [problem] = problems;
  const [recovery] = recoveries;
  if (!rise) return [`${alarm} did not rise`];
  if (!problem) return [`${alarm} rose after ${minutes(rise.minute)}, and no ${route} told of it`];
  const org = orgOf(alarm);
  return [
    ...(rises.length > 1 ? [`${alarm} rose ${rises.length} times`] : []),
    ...(problem.minute < notBefore ? [`told after ${minutes(problem.minute)}, not before ${notBefore}`] : []),
    ...(problem.minute > within ? [`told after ${minutes(problem.minute)}, not within ${within}`] : []),
    ...(problems.length > 1 ? [`${problems.length} messages of one incident of ${alarm}`] : []),
    ...(finding ? misnamed(problem, finding, org) : []),
    ...(recoveries.length > 1 ? [`${recoveries.length} times over, of one incident of ${alarm}`] : []),
    ...(recovery && recovery.minute < ends
      ? [`told to be over after ${minutes(recovery.minute)}, while it lasted ${ends}`]
      : []),
    ...(recovery ? wrongRecovery(drill, incident, recovery, org) : [`nobody was told that ${alarm} is over`]),
  ];
}

/** What is wrong with the message that an incident is over. */
function wrongRecovery(
  drill: Scenario,
  { alarm, every, finding, lasted, ends = minutesOf(drill.faultPhases) }: ExpectedNotification,
  recovery: Message,
  org: string,
) {
  if (!finding) return [];
  // A finding is seen from the first bad run to the last, and what does not run is missed until the next one.
  const [least, most] =
    lasted ?? (alarmSubject(alarm)?.kind === 'findings' ? [ends - 2 * every, ends + 1] : [0, ends + every]);
  const told = lastedIn(recovery);
  const { says: _, ...over } = finding;
  return [
    ...misnamed(recovery, over, org).map((what) => `when over: ${what}`),
    ...(told === undefined ? ['when over: the message does not say how long it lasted'] : []),
    ...(told !== undefined && (told < least || told > most)
      ? [`when over: it says that it lasted ${minutes(told)}, not ${least} to ${most}`]
      : []),
  ];
}

/** How many minutes a message says that an incident lasted. */
function lastedIn({ subject, body }: Message): number | undefined {
  const [, less, hours = '0', count = '0'] =
    /lasted:?\s+(?:(less than)|(?:(\d+) h ?)?(?:(\d+) min)?)/i.exec(`${subject}\n${body}`) ?? [];
  const told = less ? 0 : Number(hours) * 60 + Number(count);
  return less === undefined && told === 0 ? undefined : told;
}

/** Who a message must be about. What is wrong with the monitor is no org's. */
function orgOf(alarm: string): string {
  const subject = alarmSubject(alarm);
  return subject && 'org' in subject ? subject.org : 'monitor';
}

function minutes(count: number): string {
  return count === 1 ? '1 minute' : `${count} minutes`;
}
