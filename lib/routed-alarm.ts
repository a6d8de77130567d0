import { ArnFormat } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IAlarm, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { Construct } from 'constructs';
import type { AlarmDefinition } from '../functions/model/alarm.ts';
import type { AlertTopics } from './alert-topics.ts';

export interface RoutedAlarmProps
  extends Pick<AlarmDefinition, 'condition' | 'breaching' | 'of' | 'audience' | 'meaning'> {
  /** What people read first: `acme/default/failing`. */
  readonly name: string;
  /** The heading in docs/runbook.md that says what to do. */
  readonly runbook: string;
  readonly metric: IMetric;
  /** What it means that there is no data. Never left to CloudWatch, whose own choice tells nobody. */
  readonly noData: 'good' | 'bad';
}

const treatMissingData = { good: TreatMissingData.NOT_BREACHING, bad: TreatMissingData.BREACHING };

/** An alarm that says what it means and what to do, and goes to its audience when it rises and when it is over. */
export class RoutedAlarm extends Alarm {
  /** The alarm by its fixed name: a dashboard that referred to alarms as resources would wait for every one of them. */
  readonly byName: IAlarm;

  constructor(scope: Construct, { topics, runbook }: AlertTopics, props: RoutedAlarmProps) {
    const { condition } = props;
    const alarmName = `okta-synthetics/${props.name}`;
    const isBelow = 'below' in condition;
    super(scope, props.name, {
      alarmName,
      alarmDescription: `${props.meaning} What to do: ${runbook}#${props.runbook}`,
      metric: props.metric,
      threshold: isBelow ? condition.below : condition.above,
      comparisonOperator: isBelow ? ComparisonOperator.LESS_THAN_THRESHOLD : ComparisonOperator.GREATER_THAN_THRESHOLD,
      datapointsToAlarm: props.breaching,
      evaluationPeriods: props.of,
      treatMissingData: treatMissingData[props.noData],
    });
    const action = new SnsAction(topics[props.audience]);
    this.addAlarmAction(action);
    this.addOkAction(action);
    this.byName = Alarm.fromAlarmArn(
      this,
      'ByName',
      this.stack.formatArn({
        service: 'cloudwatch',
        resource: 'alarm',
        resourceName: alarmName,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      }),
    );
  }
}
