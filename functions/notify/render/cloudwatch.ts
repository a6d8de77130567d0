import { clip, text } from '../../model/read.ts';
import type { Links } from '../incident.ts';
import type { Notification } from '../message.ts';
import { seenFacts } from '../seen.ts';
import { renderSummary } from './first-line.ts';

/** What CloudWatch publishes when an alarm changes. Receivers match alarms by `AlarmName`. */
export interface AlarmDocument {
  readonly AlarmName: string;
  readonly AlarmDescription: unknown;
  readonly AWSAccountId: string;
  readonly NewStateValue: 'ALARM' | 'OK';
  readonly NewStateReason: string;
  /** With `+0000`, as CloudWatch writes it. */
  readonly StateChangeTime: string;
  /** The Region in words: `US East (N. Virginia)`. */
  readonly Region: string;
  readonly AlarmArn: string;
  readonly OldStateValue: string;
  readonly Trigger: unknown;
}

/** CloudWatch's limit for `NewStateReason`. */
const mostOfReason = 1_023;
/** SNS requires fewer than 100 characters. */
const mostOfSubject = 99;
/** Longer than the name of any Region. */
const mostOfRegion = 40;

/**
 * The message in the shape of CloudWatch's own, for tools that take alarms from SNS: they open an incident for an alarm
 * and resolve it with the same one. The reason has what the monitor found.
 *
 * Trap: such tools drop, without an error, what does not have this shape, subject included.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
 * https://support.pagerduty.com/main/docs/aws-cloudwatch-integration-guide
 */
export function renderCloudWatch(notification: Notification): {
  readonly subject: string;
  readonly document: AlarmDocument;
} {
  const document = documentOf(notification);
  return { subject: subjectOf(document), document };
}

function documentOf(notification: Notification): AlarmDocument {
  const { links, subject } = notification;
  if (notification.kind === 'unreadable') {
    const { why, raw } = notification;
    return {
      AlarmName: unreadableAlarm(links),
      AlarmDescription: null,
      ...placeOf(unreadableAlarm(links), links, {}),
      NewStateValue: 'ALARM',
      NewStateReason: clip(`The monitor could not read an alarm: ${why}. ${raw}`, mostOfReason),
      StateChangeTime: cloudWatchTime(Date.now()),
      OldStateValue: 'OK',
      Trigger: {},
    };
  }
  const { incident } = notification;
  const { alarm, heading } = incident;
  const { document = {} } = alarm;
  const isFiring = alarm.kind === 'firing';
  const reason = [
    `${subject}.`,
    renderSummary(incident, subject),
    ...(isFiring ? seenFacts(incident) : []),
    ...(isFiring ? incident.remedy.map((step, at) => `To do (${at + 1}): ${step}.`) : []),
  ].join(' ');
  const runbook = ` ${links.runbook}#${heading}`;
  return {
    AlarmName: alarm.name,
    AlarmDescription: document.AlarmDescription ?? null,
    ...placeOf(alarm.name, links, document),
    NewStateValue: isFiring ? 'ALARM' : 'OK',
    NewStateReason: `${clip(reason, mostOfReason - runbook.length)}${runbook}`,
    StateChangeTime: cloudWatchTime(alarm.changedAt),
    OldStateValue: isFiring ? (text(document.OldStateValue) ?? 'OK') : 'ALARM',
    Trigger: document.Trigger ?? {},
  };
}

/** The name under which an alarm that could not be read is passed on. No alarm of CloudWatch has it. */
export function unreadableAlarm({ monitor }: Links): string {
  return `${monitor.deployment}/unreadable`;
}

/** An alarm's ARN in the account and Region of the monitor. */
export function alarmArn(name: string, { partition, monitor: { region, account } }: Links): string {
  return `arn:${partition}:cloudwatch:${region}:${account}:alarm:${name}`;
}

/** CloudWatch's own document spells the Region out. Without it, the code has to do. */
function placeOf(name: string, links: Links, { Region, AlarmArn }: Readonly<Record<string, unknown>>) {
  const { account, region } = links.monitor;
  return { AWSAccountId: account, Region: text(Region) ?? region, AlarmArn: text(AlarmArn) ?? alarmArn(name, links) };
}

/** SNS rejects a subject with a line break, and gateways garble everything but ASCII. */
const ascii = (value: string) => value.replaceAll(/[^ -~]/g, '?');

/** A long name is cut, so that the subject keeps its form. The document has the whole name. */
function subjectOf({ AlarmName, NewStateValue, Region }: AlarmDocument): string {
  const place = clip(ascii(Region), mostOfRegion);
  const frame = `${NewStateValue}: "" in ${place}`;
  return `${NewStateValue}: "${clip(ascii(AlarmName), mostOfSubject - frame.length)}" in ${place}`;
}

function cloudWatchTime(time: number): string {
  return new Date(time).toISOString().replace('Z', '+0000');
}
