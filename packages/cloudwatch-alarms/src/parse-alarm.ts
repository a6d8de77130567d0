import type { Alarm, AlarmState, CompositeAlarm } from './alarm-definition.ts';
import { alarmNameOf, alarmsIn, parseRule } from './composite-rule.ts';
import { type MuteRule, parseDuration, parseSchedule, parseTime } from './mute-rule.ts';
import { metricAlarmKeys, parseMetricAlarm, warmUpKey } from './parse-metric-alarm.ts';
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
  /** The alarms and mute rules that cannot be evaluated, and why. */
  readonly unsupported: readonly { readonly logicalId: string; readonly reason: string }[];
}

type Parsed = Alarm | ({ readonly kind: 'mute' } & MuteRule);

const commonKeys = [
  ...['AlarmName', 'AlarmDescription', 'ActionsEnabled', 'Tags'],
  ...['AlarmActions', 'OKActions', 'InsufficientDataActions'],
];

const parsers: Readonly<Record<string, (template: Template, logicalId: string, properties: unknown) => Parsed>> = {
  'AWS::CloudWatch::Alarm': (template, logicalId, properties) => {
    const known = readObject(properties, [...commonKeys, ...metricAlarmKeys, warmUpKey]);
    return { ...common(template, logicalId, known), ...parseMetricAlarm(template, known) };
  },
  'AWS::CloudWatch::CompositeAlarm': compositeAlarm,
  'AWS::CloudWatch::AlarmMuteRule': muteRule,
};

/**
 * Parses all alarms and mute rules of a template.
 *
 * Trap: an alarm that cannot be evaluated must not look like an alarm that never fires. Every alarm or mute rule with an
 * unknown type, property or value is in `unsupported`.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-alarm.html
 */
export function parseAlarms(template: Template): ParsedAlarms {
  const parsed: Parsed[] = [];
  const unsupported: ParsedAlarms['unsupported'][number][] = [];
  const resources = Object.entries(template.Resources).filter(([, { Type }]) => /^AWS::CloudWatch::.*Alarm/.test(Type));
  for (const [logicalId, resource] of resources) {
    try {
      parsed.push(parse(template, logicalId, resource));
    } catch (error) {
      if (!(error instanceof UnsupportedError)) throw error;
      unsupported.push({ logicalId, reason: error.message });
    }
  }
  const alarms = parsed.filter((each) => each.kind !== 'mute');
  const muteRules = parsed.filter((each) => each.kind === 'mute');
  const unresolved = unresolvedIn(alarms, muteRules);
  return {
    alarms: alarms.filter(({ logicalId }) => !unresolved.has(logicalId)),
    muteRules: muteRules.filter(({ logicalId }) => !unresolved.has(logicalId)),
    unsupported: [...unsupported, ...[...unresolved].map(([logicalId, reason]) => ({ logicalId, reason }))],
  };
}

function parse(template: Template, logicalId: string, { Type, Properties, Condition }: TemplateResource): Parsed {
  const parser = parsers[Type];
  if (!parser) throw new UnsupportedError(`${Type} is not supported`);
  if (Condition !== undefined) throw new UnsupportedError(`it depends on the condition ${Condition}`);
  return parser(template, logicalId, Properties);
}

function common(template: Template, logicalId: string, properties: Readonly<Record<string, unknown>>) {
  const { AlarmName, AlarmDescription, ActionsEnabled = true } = properties;
  if (typeof ActionsEnabled !== 'boolean') throw new UnsupportedError('ActionsEnabled must be true or false');
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
    throw new UnsupportedError(`the action ${JSON.stringify(action)} is not a topic of the template`);
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

/**
 * The reasons, by logical id, of alarms with a duplicate name, and of composite alarms and mute rules that refer to an
 * alarm that does not exist, is unsupported, or depends on the composite alarm itself.
 */
function unresolvedIn(alarms: readonly Alarm[], muteRules: readonly MuteRule[]): ReadonlyMap<string, string> {
  const unresolved = new Map<string, string>();
  const resolved = new Set<string>();
  const resolve = ({ logicalId, name }: Alarm) => {
    if (resolved.has(name)) unresolved.set(logicalId, `another alarm is also called ${name}`);
    resolved.add(name);
  };
  let remaining: readonly Alarm[] = alarms;
  // Alarms that depend on an unsupported alarm remain, and so do cycles, which CloudWatch stops evaluating.
  for (;;) {
    const ready = remaining.filter((alarm) => dependenciesOf(alarm).every((name) => resolved.has(name)));
    if (ready.length === 0) break;
    ready.forEach(resolve);
    remaining = remaining.filter((alarm) => !ready.includes(alarm));
  }
  for (const alarm of remaining) {
    const missing = dependenciesOf(alarm).filter((name) => !resolved.has(name));
    unresolved.set(alarm.logicalId, `it refers to ${missing.join(', ')}, which cannot be evaluated`);
  }
  for (const { logicalId, alarms: targets } of muteRules) {
    const missing = targets.filter((name) => !resolved.has(name));
    if (missing.length > 0) {
      unresolved.set(logicalId, `it mutes ${missing.join(', ')}, which cannot be evaluated`);
    }
  }
  return unresolved;
}

function dependenciesOf(alarm: Alarm): readonly string[] {
  if (alarm.kind === 'metric') return [];
  return [...alarmsIn(alarm.rule), ...(alarm.suppressor ? [alarm.suppressor.alarm] : [])];
}
