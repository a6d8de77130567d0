import { ArnFormat } from 'aws-cdk-lib';
import {
  Alarm,
  type CfnAlarm,
  ComparisonOperator,
  type IAlarm,
  type IMetric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { Construct } from 'constructs';
import { type AlarmSubject, alarmName, type Route } from '../../functions/alarms/subject.ts';
import type { AlertTopics } from './alert-topics.ts';
import { heartbeatKey } from './validate-alarms.ts';

export interface RoutedAlarmProps {
  /** What it watches, and by that its name. */
  readonly subject: AlarmSubject;
  /** One sentence for whoever reads the raw alarm: what is true when it rises, and who must act. */
  readonly description: string;
  /** The heading in docs/runbook.md that says what to do. */
  readonly runbook: string;
  readonly route: Route;
  /** `message`: the route's notifier words it. `raw`: its rise comes as CloudWatch words it, since it is of notifiers. */
  readonly delivery: 'message' | 'raw';
  readonly metric: IMetric;
  readonly condition: { readonly below: number } | { readonly above: number };
  /** It rises when `breaching` of the last `of` points breach. */
  readonly datapointsToAlarm: number;
  readonly evaluationPeriods: number;
  readonly treatMissingData: NoData;
}

/**
 * What it means that there is no data. Never left to CloudWatch, whose own choice tells nobody.
 *
 * An alarm that forgives it is as good as its heartbeat: an alarm that rises when the same data stop coming.
 */
export type NoData = 'bad' | { readonly taken: 'for good' | 'for no news'; readonly heartbeat: AlarmSubject };

const forgiving = { 'for good': TreatMissingData.NOT_BREACHING, 'for no news': TreatMissingData.IGNORE };

/** An alarm that says what it means and what to do, and goes to its route when it rises and when it is over. */
export class RoutedAlarm extends Alarm {
  /** The alarm by its fixed name: a dashboard that referred to alarms as resources would wait for every one of them. */
  readonly byName: IAlarm;
  readonly subject: AlarmSubject;

  constructor(scope: Construct, topics: AlertTopics, props: RoutedAlarmProps) {
    const { subject, condition, treatMissingData } = props;
    const name = alarmName(subject);
    const isBelow = 'below' in condition;
    super(scope, name.slice(name.indexOf('/') + 1), {
      alarmName: name,
      alarmDescription: `${props.description} What to do: ${topics.runbook}#${props.runbook}`,
      metric: props.metric,
      threshold: isBelow ? condition.below : condition.above,
      comparisonOperator: isBelow ? ComparisonOperator.LESS_THAN_THRESHOLD : ComparisonOperator.GREATER_THAN_THRESHOLD,
      datapointsToAlarm: props.datapointsToAlarm,
      evaluationPeriods: props.evaluationPeriods,
      treatMissingData: treatMissingData === 'bad' ? TreatMissingData.BREACHING : forgiving[treatMissingData.taken],
    });
    if (treatMissingData !== 'bad') {
      (this.node.defaultChild as CfnAlarm).addMetadata(heartbeatKey, alarmName(treatMissingData.heartbeat));
    }
    this.subject = subject;
    const { [props.route]: alarms } = topics.alarms;
    this.addAlarmAction(new SnsAction(props.delivery === 'raw' ? topics.people[props.route] : alarms));
    // A deployed alarm's first change is to OK. The notifier keeps that from people; and where one is over that was told
    // raw, the notifier works again.
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
