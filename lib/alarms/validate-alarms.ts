import { Stack } from 'aws-cdk-lib';
import { CfnAlarm, CfnCompositeAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';

/** Where an alarm names its heartbeat: in its `Metadata`, so that the template shows the pair. */
export const heartbeatKey = 'Heartbeat';

/** Where an alarm names the composite alarm that notifies for it. */
export const compositeKey = 'Composite';

/**
 * The longest time that the periods of an alarm may cover, in seconds. CloudWatch refuses more in the middle of a deployment.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
 */
function mostWindowSeconds(periodSeconds: number): number {
  return periodSeconds < 3_600 ? 86_400 : 604_800;
}

/**
 * Fails the synth when an alarm of the monitor could not do its job, no matter which construct added it.
 *
 * Missing data must not hide a failure: an alarm that tolerates missing data needs an alarm that does not. That one must
 * wait for its first data, or each deployment of it would be a false alarm.
 */
export function validateAlarms(monitor: Construct): void {
  monitor.node.addValidation({
    validate: () => {
      const constructs = monitor.node.findAll();
      const composites = constructs.filter((construct) => construct instanceof CfnCompositeAlarm).map(readActions);
      return [
        ...problemsOf(constructs.filter((construct) => construct instanceof CfnAlarm).map(read), composites),
        ...composites.flatMap(actionProblems),
      ];
    },
  });
}

/** Whether an alarm notifies anybody. */
interface Notifying {
  readonly name: string;
  readonly hasAlarmAction: boolean;
  readonly hasOkAction: boolean;
}

/** The properties of an alarm that the rules are about. */
interface ReadAlarm extends Notifying {
  readonly toleratesMissing: boolean;
  readonly warmsUp: boolean;
  readonly heartbeat: string | undefined;
  readonly datapointsToAlarm: number;
  readonly evaluationPeriods: number;
  /** Undefined where it is not known. */
  readonly periodSeconds: number | undefined;
  /** The composite alarm that notifies for it. */
  readonly composite: string | undefined;
}

function readActions(alarm: CfnAlarm | CfnCompositeAlarm): Notifying {
  const stack = Stack.of(alarm);
  const isEnabled = stack.resolve(alarm.actionsEnabled) !== false;
  const hasAction = (actions: string[] | undefined) => isEnabled && (stack.resolve(actions)?.length ?? 0) > 0;
  const name: unknown = stack.resolve(alarm.alarmName);
  return {
    name: typeof name === 'string' ? name : alarm.node.path,
    hasAlarmAction: hasAction(alarm.alarmActions),
    hasOkAction: hasAction(alarm.okActions),
  };
}

function read(alarm: CfnAlarm): ReadAlarm {
  const stack = Stack.of(alarm);
  const heartbeat: unknown = alarm.getMetadata(heartbeatKey);
  const composite: unknown = alarm.getMetadata(compositeKey);
  const evaluationPeriods = alarm.evaluationPeriods ?? 1;
  const metrics: unknown = stack.resolve(alarm.metrics);
  const periods = [alarm.period, ...(Array.isArray(metrics) ? metrics.map((each) => each.metricStat?.period) : [])];
  return {
    ...readActions(alarm),
    periodSeconds: periods.find((period) => typeof period === 'number'),
    composite: typeof composite === 'string' ? composite : undefined,
    toleratesMissing: alarm.treatMissingData !== 'breaching',
    warmsUp: stack.resolve(alarm.warmUpConfiguration) !== undefined,
    heartbeat: typeof heartbeat === 'string' ? heartbeat : undefined,
    datapointsToAlarm: alarm.datapointsToAlarm ?? evaluationPeriods,
    evaluationPeriods,
  };
}

function actionProblems({ name, hasAlarmAction, hasOkAction }: Notifying): string[] {
  return [
    ...(hasAlarmAction ? [] : [`${name} has no alarm action, so its alarm is never sent: add one`]),
    ...(hasOkAction ? [] : [`${name} has no OK action, so its recovery is never sent: add one`]),
  ];
}

/** An alarm may leave it to a composite alarm to notify, if there is one. */
function compositeProblems({ name, composite }: ReadAlarm, composites: readonly Notifying[]): string[] {
  const known = composites.find((each) => each.name === composite);
  if (known) return [];
  return [`${name} leaves it to ${composite} to notify, which is not a composite alarm of this monitor`];
}

function problemsOf(alarms: readonly ReadAlarm[], composites: readonly Notifying[]): string[] {
  const byName = new Map(alarms.map((alarm) => [alarm.name, alarm]));
  return alarms.flatMap((alarm) => {
    const { name, datapointsToAlarm, evaluationPeriods, periodSeconds = 60, composite } = alarm;
    return [
      ...(datapointsToAlarm > evaluationPeriods
        ? [`${name} needs ${datapointsToAlarm} breaching datapoints but evaluates ${evaluationPeriods}: it cannot fire`]
        : []),
      ...(evaluationPeriods * periodSeconds > mostWindowSeconds(periodSeconds)
        ? [
            `${name} looks back ${evaluationPeriods * periodSeconds} seconds, and CloudWatch allows ${mostWindowSeconds(periodSeconds)} for periods of ${periodSeconds}`,
          ]
        : []),
      ...(composite === undefined ? actionProblems(alarm) : compositeProblems(alarm, composites)),
      ...(alarm.toleratesMissing ? heartbeatProblems(alarm, byName) : warmUpProblems(alarm)),
    ];
  });
}

function warmUpProblems({ name, warmsUp }: ReadAlarm): string[] {
  return warmsUp ? [] : [`${name} fires when it is new, because it has no data yet: set WarmUpConfiguration`];
}

function heartbeatProblems({ name, heartbeat }: ReadAlarm, byName: ReadonlyMap<string, ReadAlarm>): string[] {
  if (heartbeat === undefined) {
    return [`${name} tolerates missing data: set Metadata.${heartbeatKey} to an alarm that treats it as breaching`];
  }
  const problem = `${name} tolerates missing data, but its heartbeat ${heartbeat}`;
  const paired = byName.get(heartbeat);
  if (!paired) return [`${problem} is not an alarm of this monitor`];
  if (!paired.hasAlarmAction) return [`${problem} notifies nobody`];
  // The heartbeat may have one itself: at the end of the chain there must be an alarm that tolerates nothing.
  return endsInHeartbeat(paired, byName) ? [] : [`${problem} tolerates it too`];
}

function endsInHeartbeat(
  { toleratesMissing, heartbeat }: ReadAlarm,
  byName: ReadonlyMap<string, ReadAlarm>,
  seen: ReadonlySet<string> = new Set(),
): boolean {
  if (!toleratesMissing) return true;
  const next = heartbeat === undefined || seen.has(heartbeat) ? undefined : byName.get(heartbeat);
  return next !== undefined && endsInHeartbeat(next, byName, new Set([...seen, next.name]));
}
