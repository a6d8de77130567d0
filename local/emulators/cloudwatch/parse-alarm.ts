import type { Alarm, AlarmState, CompositeAlarm } from './alarm-definition.ts';
import { alarmNameOf, alarmsIn, parseRule } from './composite-rule.ts';
import { type MuteRule, parseDuration, parseSchedule, parseTime } from './mute-rule.ts';
import { metricAlarmKeys, parseMetricAlarm } from './parse-metric-alarm.ts';
import {
  nameOf,
  readList,
  readNumber,
  readObject,
  readText,
  type Template,
  type TemplateResource,
} from './template-reader.ts';
import { UnsupportedError } from './unsupported-error.ts';

export interface ParsedAlarms {
  readonly alarms: readonly Alarm[];
  readonly muteRules: readonly MuteRule[];
  /** What is in the template and cannot be evaluated, and why. */
  readonly refused: readonly { readonly logicalId: string; readonly reason: string }[];
}

type Parsed = Alarm | ({ readonly kind: 'mute' } & MuteRule);

const commonKeys = [
  ...['AlarmName', 'AlarmDescription', 'ActionsEnabled', 'Tags'],
  ...['AlarmActions', 'OKActions', 'InsufficientDataActions'],
];

const parsers: Readonly<Record<string, (template: Template, logicalId: string, properties: unknown) => Parsed>> = {
  'AWS::CloudWatch::Alarm': (template, logicalId, properties) => {
    const known = readObject(properties, [...commonKeys, ...metricAlarmKeys]);
    return { ...common(template, logicalId, known), ...parseMetricAlarm(template, known) };
  },
  'AWS::CloudWatch::CompositeAlarm': compositeAlarm,
  'AWS::CloudWatch::AlarmMuteRule': muteRule,
};

/**
 * Reads all alarms of a template, and the rules that mute them.
 *
 * Trap: an alarm that is not understood must not look like one that is quiet. Whatever is named an alarm and is not
 * read whole is in `refused`, also for one property that is not known.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-alarm.html
 */
export function parseAlarms(template: Template): ParsedAlarms {
  const parsed: Parsed[] = [];
  const refused: ParsedAlarms['refused'][number][] = [];
  const resources = Object.entries(template.Resources).filter(([, { Type }]) => /^AWS::CloudWatch::.*Alarm/.test(Type));
  for (const [logicalId, resource] of resources) {
    try {
      parsed.push(parse(template, logicalId, resource));
    } catch (error) {
      if (!(error instanceof UnsupportedError)) throw error;
      refused.push({ logicalId, reason: error.message });
    }
  }
  const alarms = parsed.filter((each) => each.kind !== 'mute');
  const muteRules = parsed.filter((each) => each.kind === 'mute');
  const dangling = danglingIn(alarms, muteRules);
  return {
    alarms: alarms.filter(({ logicalId }) => !dangling.has(logicalId)),
    muteRules: muteRules.filter(({ logicalId }) => !dangling.has(logicalId)),
    refused: [...refused, ...[...dangling].map(([logicalId, reason]) => ({ logicalId, reason }))],
  };
}

function parse(template: Template, logicalId: string, { Type, Properties, Condition }: TemplateResource): Parsed {
  const parser = parsers[Type];
  if (!parser) throw new UnsupportedError(`${Type} is not evaluated`);
  if (Condition !== undefined) throw new UnsupportedError(`it exists only under the condition ${Condition}`);
  return parser(template, logicalId, Properties);
}

function common(template: Template, logicalId: string, properties: Readonly<Record<string, unknown>>) {
  const { AlarmName, AlarmDescription, ActionsEnabled = true } = properties;
  if (typeof ActionsEnabled !== 'boolean') throw new UnsupportedError('ActionsEnabled is neither true nor false');
  const topics = (key: string) =>
    ActionsEnabled ? readList(properties[key]).map((action) => topicOf(template, action)) : [];
  const actions: Record<AlarmState, readonly string[]> = {
    OK: topics('OKActions'),
    ALARM: topics('AlarmActions'),
    INSUFFICIENT_DATA: topics('InsufficientDataActions'),
  };
  return {
    logicalId,
    name: AlarmName === undefined ? logicalId : readText(template, AlarmName),
    ...(AlarmDescription !== undefined && { description: readText(template, AlarmDescription) }),
    actions,
  };
}

function topicOf(template: Template, action: unknown): string {
  const { Ref: topic } = readObject(action, ['Ref']);
  if (typeof topic !== 'string' || template.Resources[topic]?.Type !== 'AWS::SNS::Topic') {
    throw new UnsupportedError(`the action ${JSON.stringify(action)} is no topic of the template`);
  }
  return topic;
}

function compositeAlarm(template: Template, logicalId: string, properties: unknown): CompositeAlarm {
  const suppressorKeys = ['ActionsSuppressor', 'ActionsSuppressorWaitPeriod', 'ActionsSuppressorExtensionPeriod'];
  const known = readObject(properties, [...commonKeys, 'AlarmRule', ...suppressorKeys]);
  const [suppressor, wait, extension] = suppressorKeys.map((key) => known[key]);
  return {
    kind: 'composite',
    ...common(template, logicalId, known),
    rule: parseRule(readText(template, known.AlarmRule)),
    ...(suppressor !== undefined && {
      suppressor: {
        alarm: alarmNameOf(readText(template, suppressor)),
        waitMs: readNumber(wait) * 1000,
        extensionMs: readNumber(extension) * 1000,
      },
    }),
  };
}

function muteRule(template: Template, logicalId: string, properties: unknown): Parsed {
  const keys = ['Name', 'Description', 'Rule', 'MuteTargets', 'StartDate', 'ExpireDate', 'Tags'];
  const { Rule, MuteTargets, StartDate, ExpireDate } = readObject(properties, keys);
  const { Schedule } = readObject(Rule, ['Schedule']);
  const { Expression, Duration, Timezone = 'UTC' } = readObject(Schedule, ['Expression', 'Duration', 'Timezone']);
  const { AlarmNames } = readObject(MuteTargets, ['AlarmNames']);
  const timeZone = readText(template, Timezone);
  const time = (value: unknown) => parseTime(readText(template, value), timeZone);
  return {
    kind: 'mute',
    logicalId,
    name: nameOf(template, logicalId),
    alarms: readList(AlarmNames).map((name) => readText(template, name)),
    schedule: parseSchedule(readText(template, Expression), timeZone),
    timeZone,
    durationMs: parseDuration(readText(template, Duration)),
    ...(StartDate !== undefined && { startsAt: time(StartDate) }),
    ...(ExpireDate !== undefined && { expiresAt: time(ExpireDate) }),
  };
}

/** Composites and mute rules that name an alarm which is not there, was refused, or waits for the composite itself. */
function danglingIn(alarms: readonly Alarm[], muteRules: readonly MuteRule[]): ReadonlyMap<string, string> {
  const dangling = new Map<string, string>();
  const resolved = new Set<string>();
  const resolve = ({ logicalId, name }: Alarm) => {
    if (resolved.has(name)) dangling.set(logicalId, `another alarm is called ${name} too`);
    resolved.add(name);
  };
  let waiting: readonly Alarm[] = alarms;
  // What depends on a refused alarm is refused with it, and so is a circle: CloudWatch stops evaluating those.
  for (;;) {
    const ready = waiting.filter((alarm) => needsOf(alarm).every((name) => resolved.has(name)));
    if (ready.length === 0) break;
    ready.forEach(resolve);
    waiting = waiting.filter((alarm) => !ready.includes(alarm));
  }
  for (const alarm of waiting) {
    const missing = needsOf(alarm).filter((name) => !resolved.has(name));
    dangling.set(alarm.logicalId, `it cannot be resolved, for want of ${missing.join(', ')}`);
  }
  for (const { logicalId, alarms: targets } of muteRules) {
    const missing = targets.filter((name) => !resolved.has(name));
    if (missing.length > 0) dangling.set(logicalId, `it mutes ${missing.join(', ')}, which is not evaluated`);
  }
  return dangling;
}

function needsOf(alarm: Alarm): readonly string[] {
  if (alarm.kind === 'metric') return [];
  return [...alarmsIn(alarm.rule), ...(alarm.suppressor ? [alarm.suppressor.alarm] : [])];
}
