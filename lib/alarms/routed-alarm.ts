import { ArnFormat, Duration } from 'aws-cdk-lib';
import {
  Alarm,
  type AlarmProps,
  type CfnAlarm,
  type IAlarm,
  type IMetric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { Construct } from 'constructs';
import { alarmMeaning } from '../../functions/findings/alarm-catalog.ts';
import { type AlarmSubject, alarmName } from '../../functions/findings/alarm-subject.ts';
import type { Route } from '../../functions/model/finding.ts';
import type { AlertTargets } from './alert-topics.ts';
import { heartbeatKey } from './validate-alarms.ts';

export interface RoutedAlarmProps
  extends Required<
    Pick<AlarmProps, 'metric' | 'threshold' | 'comparisonOperator' | 'datapointsToAlarm' | 'evaluationPeriods'>
  > {
  /** The subject of the alarm, from which its name, description and runbook heading follow. */
  readonly subject: AlarmSubject;
  /** The org's host, for an alarm about an org. */
  readonly host?: string;
  readonly route: Route;
  /**
   * `notifier`: the route's notifier writes the message. `direct`: people, and tools that take CloudWatch's messages,
   * get CloudWatch's own when the alarm fires, because the alarm is about the notifiers. `DirectRules` tell the others.
   */
  readonly delivery: 'notifier' | 'direct';
  readonly treatMissingData: MissingData;
}

/**
 * How an alarm treats missing data. CloudWatch's default, `missing`, would never notify anyone.
 *
 * An alarm that tolerates missing data needs a heartbeat: an alarm that fires when the same data stop coming.
 */
export type MissingData = 'breaching' | { readonly as: 'notBreaching' | 'ignore'; readonly heartbeat: AlarmSubject };

const missingData = {
  breaching: TreatMissingData.BREACHING,
  notBreaching: TreatMissingData.NOT_BREACHING,
  ignore: TreatMissingData.IGNORE,
};

/** An alarm that describes the problem and the remedy, and notifies its route when it fires and when it resolves. */
export class RoutedAlarm extends Alarm {
  /** The alarm by its fixed name. If the dashboard referred to alarms as resources, it would wait for all of them. */
  readonly byName: IAlarm;
  readonly subject: AlarmSubject;
  readonly route: Route;
  readonly delivery: RoutedAlarmProps['delivery'];

  constructor(scope: Construct, targets: AlertTargets, props: RoutedAlarmProps) {
    const { subject, host, route, delivery, treatMissingData, ...rules } = props;
    const { deployment } = targets;
    const name = alarmName(subject, deployment);
    const { description, heading } = alarmMeaning(subject, host);
    super(scope, name.slice(name.indexOf('/') + 1), {
      ...rules,
      alarmName: name,
      alarmDescription: `${description} What to do: ${targets.runbook}#${heading}`,
      treatMissingData: missingData[treatMissingData === 'breaching' ? 'breaching' : treatMissingData.as],
    });
    const resource = this.node.defaultChild as CfnAlarm;
    if (treatMissingData === 'breaching') {
      resource.warmUpConfiguration = { warmUpPeriodDurationInMinutes: warmUpMinutes(rules.metric) };
      // cfn-lint 1.51 does not know WarmUpConfiguration. The CDK does, and checks the properties of this resource too.
      resource.addMetadata('cfn-lint', { config: { ignore_checks: ['E3002'] } });
    } else {
      resource.addMetadata(heartbeatKey, alarmName(treatMissingData.heartbeat, deployment));
    }
    this.subject = subject;
    this.route = route;
    this.delivery = delivery;
    const { [route]: alarms } = targets.alarms;
    const { people, cloudwatch } = targets;
    const direct = [people[route], ...(cloudwatch[route] ? [cloudwatch[route]] : [])];
    this.addAlarmAction(...(delivery === 'direct' ? direct : [alarms]).map((topic) => new SnsAction(topic)));
    // The first change of a newly deployed alarm is to OK: the notifier ignores it. When an alarm about a notifier
    // resolves, the notifier works again and can write the message.
    this.addOkAction(new SnsAction(alarms));
    this.byName = Alarm.fromAlarmArn(
      this,
      'ByName',
      this.stack.formatArn({
        service: 'cloudwatch',
        resource: 'alarm',
        resourceName: name,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      }),
    );
  }
}

/** CloudWatch's limit. */
const mostWarmUpMinutes = 2_880;

/**
 * How long a new heartbeat waits for its first data, at the most. It ends sooner, when they come.
 *
 * In two periods, a schedule has run twice: the first run may fail while the permissions of its new role spread. The rest
 * is for creating the schedule after the alarm. A schedule that never starts is reported after this.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-warm-up.html
 */
function warmUpMinutes(metric: IMetric): number {
  const { metricStat, mathExpression } = metric.toMetricConfig();
  const period = metricStat?.period ?? Duration.seconds(mathExpression?.period ?? 60);
  return Math.min(mostWarmUpMinutes, 8 + Math.ceil(2 * period.toMinutes({ integral: false })));
}
