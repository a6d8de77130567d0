import { ArnFormat, Stack } from 'aws-cdk-lib';
import {
  Alarm,
  AlarmRule,
  AlarmState,
  type CfnAlarm,
  ComparisonOperator,
  CompositeAlarm,
  type IAlarm,
  type IMetric,
  MathExpression,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { Construct } from 'constructs';
import { alarmMeaning } from '../../functions/findings/alarm-catalog.ts';
import { type AlarmSubject, alarmName } from '../../functions/findings/alarm-subject.ts';
import { burnRates, burnWindows, type Pace } from '../../functions/findings/slo.ts';
import { severityLevels } from '../../functions/model/finding.ts';
import { severitySeries } from '../../functions/model/series.ts';
import type { Slo } from '../../functions/model/slo.ts';
import type { MonitoredOrg } from '../monitored-org.ts';
import { seriesMetric } from '../series-metric.ts';
import type { AlertTargets } from './alert-topics.ts';
import { compositeKey, heartbeatKey } from './validate-alarms.ts';

export interface BurnRateAlarmProps {
  readonly monitored: MonitoredOrg;
  readonly slo: Slo;
  readonly pace: Pace;
}

/**
 * Fires while an org's error budget burns too fast: in a long window, and still in a short one, so that it resolves soon
 * after the burning has ended.
 *
 * Each window is an alarm of M bad minutes of N, which is a burn rate: the alarm of the long window fires when so much of the
 * budget is used. These alarms have no actions.
 *
 * Trap: CloudWatch cannot leave minutes out. Bad minutes of a maintenance window count after it has ended.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
 */
export class BurnRateAlarm extends CompositeAlarm {
  readonly subject: AlarmSubject;
  /** The alarm by its fixed name. If the dashboard referred to alarms as resources, it would wait for all of them. */
  readonly byName: IAlarm;

  constructor(scope: Construct, targets: AlertTargets, { monitored, slo, pace }: BurnRateAlarmProps) {
    const { name: org, domain: host } = monitored.org;
    const { deployment } = targets;
    const subject: AlarmSubject = { kind: 'burn-rate', org, pace };
    const name = alarmName(subject, deployment);
    const { description, heading } = alarmMeaning(subject, host);
    const heartbeat = alarmName({ kind: 'not-running', org }, deployment);
    const windows = Object.entries(burnWindows(pace, slo, monitored.intervalMinutes.flows)).map(
      ([window, { runs, bad }]) => {
        const alarm = new Alarm(scope, `${name.slice(name.indexOf('/') + 1)}/${window}`, {
          alarmName: `${name}/${window}`,
          alarmDescription: `${bad} of ${runs} runs are bad: a part of ${name}, which notifies.`,
          metric: worstSeverity(monitored, slo),
          threshold: severityLevels.ticket,
          comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
          datapointsToAlarm: bad,
          evaluationPeriods: runs,
          treatMissingData: TreatMissingData.NOT_BREACHING,
        });
        const resource = alarm.node.defaultChild as CfnAlarm;
        resource.addMetadata(heartbeatKey, heartbeat);
        resource.addMetadata(compositeKey, name);
        return alarm;
      },
    );
    super(scope, name.slice(name.indexOf('/') + 1), {
      compositeAlarmName: name,
      alarmDescription: `${description} What to do: ${targets.runbook}#${heading}`,
      alarmRule: AlarmRule.allOf(...windows.map((window) => AlarmRule.fromAlarm(window, AlarmState.ALARM))),
    });
    this.subject = subject;
    const action = new SnsAction(targets.alarms[burnRates[pace].route]);
    this.addAlarmAction(action);
    this.addOkAction(action);
    this.byName = Alarm.fromAlarmArn(
      this,
      'ByName',
      Stack.of(this).formatArn({
        service: 'cloudwatch',
        resource: 'alarm',
        resourceName: name,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      }),
    );
  }
}

/** The severity of the worst finding in any of the domains that count. */
function worstSeverity({ org, intervalMinutes }: MonitoredOrg, { domains }: Slo): IMetric {
  const metrics = domains.map((domain) => {
    const { identity, definition } = severitySeries(org, domain);
    return seriesMetric({ identity, statistic: definition.statistic, intervalMinutes: intervalMinutes.flows });
  });
  const [only, ...others] = metrics;
  if (only && others.length === 0) return only;
  const usingMetrics = Object.fromEntries(metrics.map((metric, index) => [`m${index + 1}`, metric]));
  return new MathExpression({
    expression: `MAX([${Object.keys(usingMetrics).join(', ')}])`,
    usingMetrics,
    ...(only && { period: only.period }),
    label: 'worst severity',
  });
}
