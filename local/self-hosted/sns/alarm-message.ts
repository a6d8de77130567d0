import {
  type AlarmAction,
  type MetricAlarm,
  readList,
  type Template,
} from '../../../packages/cloudwatch-alarms/src/index.ts';
import { account, arnFor, region, regionName, resolveText } from '../template/resolve-text.ts';
import type { MessageAlarm, Publication } from './sns.ts';

/**
 * The message that CloudWatch publishes for an alarm action: a JSON document, and prose for e-mail.
 *
 * Trap: its times end in `+0000`, not in `Z`. An alarm on one metric describes it in `Trigger`, an alarm on an
 * expression in `Trigger.Metrics`. Both spell the members of a dimension in lower case.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
 */
export function alarmMessage(template: Template, { alarm, from, to, reason, at }: AlarmAction): Publication {
  const properties = template.Resources[alarm.logicalId]?.Properties ?? {};
  const arns = (key: string) => readList(properties[key]).map((action) => resolveText(template, action));
  const document = {
    AlarmName: alarm.name,
    AlarmDescription: alarm.description ?? null,
    AWSAccountId: account,
    AlarmConfigurationUpdatedTimestamp: cloudWatchTime(0),
    NewStateValue: to,
    NewStateReason: reason,
    StateChangeTime: cloudWatchTime(at),
    Region: regionName,
    AlarmArn: arnFor(template, alarm.logicalId),
    OldStateValue: from,
    OKActions: arns('OKActions'),
    AlarmActions: arns('AlarmActions'),
    InsufficientDataActions: arns('InsufficientDataActions'),
    ...(alarm.kind === 'metric'
      ? { Trigger: trigger(template, alarm, properties) }
      : { AlarmRule: resolveText(template, properties.AlarmRule) }),
  };
  return {
    subject: `${to}: "${alarm.name}" in ${regionName}`,
    text: JSON.stringify(document),
    byProtocol: { email: emailText(document) },
  };
}

/** The message that CloudWatch would publish for an alarm that only a watch has. */
export function ownAlarmMessage({ alarm, state }: MessageAlarm, reason: string, at: number): Publication {
  const document = {
    ...{ AlarmName: alarm, AlarmDescription: null, AWSAccountId: account, Region: regionName },
    ...{ NewStateValue: state, NewStateReason: reason, OldStateValue: state === 'OK' ? 'ALARM' : 'OK' },
    ...{ StateChangeTime: cloudWatchTime(at), Trigger: {} },
    AlarmArn: `arn:aws:cloudwatch:${region}:${account}:alarm:${alarm}`,
  };
  return { subject: `${state}: "${alarm}" in ${regionName}`, text: JSON.stringify(document) };
}

function trigger(template: Template, alarm: MetricAlarm, properties: Readonly<Record<string, unknown>>): object {
  const { Metrics, MetricName, Namespace, Statistic, Dimensions, Unit = null } = properties;
  const rules = {
    Period: alarm.periodMs / 1000,
    EvaluationPeriods: alarm.evaluationPeriods,
    DatapointsToAlarm: alarm.datapointsToAlarm,
    ComparisonOperator: alarm.comparison,
    Threshold: alarm.threshold,
    TreatMissingData: alarm.treatMissingData,
    EvaluateLowSampleCountPercentile: '',
  };
  if (Metrics === undefined) {
    const metric = { MetricName, Namespace, StatisticType: 'Statistic', Statistic: String(Statistic).toUpperCase() };
    return { ...metric, Unit, Dimensions: dimensionsOf(template, Dimensions), ...rules };
  }
  return {
    ...rules,
    Metrics: (Metrics as readonly MetricEntry[]).map(({ Id, Label, Expression, MetricStat, ReturnData = true }) => ({
      Id,
      ...(Label !== undefined && { Label }),
      ...(Expression !== undefined && { Expression: resolveText(template, Expression) }),
      ...(MetricStat && {
        MetricStat: {
          Metric: {
            Dimensions: dimensionsOf(template, MetricStat.Metric.Dimensions),
            MetricName: MetricStat.Metric.MetricName,
            Namespace: MetricStat.Metric.Namespace,
          },
          Period: MetricStat.Period,
          Stat: MetricStat.Stat,
        },
      }),
      ReturnData,
    })),
  };
}

interface MetricEntry {
  readonly Id: string;
  readonly Label?: string;
  readonly Expression?: unknown;
  readonly ReturnData?: boolean;
  readonly MetricStat?: {
    readonly Metric: { readonly MetricName: string; readonly Namespace: string; readonly Dimensions?: unknown };
    readonly Period: number;
    readonly Stat: string;
  };
}

function dimensionsOf(template: Template, dimensions: unknown): readonly object[] {
  return (readList(dimensions) as readonly { readonly Name: unknown; readonly Value: unknown }[]).map(
    ({ Name, Value }) => ({ value: resolveText(template, Value), name: resolveText(template, Name) }),
  );
}

function cloudWatchTime(at: number): string {
  return new Date(at).toISOString().replace('Z', '+0000');
}

function emailText(document: Readonly<Record<string, unknown>>): string {
  const { AlarmName, NewStateValue, NewStateReason, StateChangeTime, AlarmDescription, OldStateValue } = document;
  return [
    `You are receiving this email because your Amazon CloudWatch Alarm "${AlarmName}" in the ${regionName}`,
    `region has entered the ${NewStateValue} state, because "${NewStateReason}" at "${StateChangeTime}".`,
    '',
    'Alarm Details:',
    `- Name: ${AlarmName}`,
    `- Description: ${AlarmDescription ?? ''}`,
    `- State Change: ${OldStateValue} -> ${NewStateValue}`,
    `- Reason for State Change: ${NewStateReason}`,
  ].join('\n');
}
