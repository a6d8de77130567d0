import { Stack } from 'aws-cdk-lib';
import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';

/** Where an alarm names its heartbeat: in its `Metadata`, so that the template shows the pair. */
export const heartbeatKey = 'Heartbeat';

/**
 * Fails the synth when an alarm of the monitor could not do its job, whoever added it and with whichever construct.
 *
 * Missing data must not hide a failure: an alarm that tolerates missing data needs an alarm that does not. That one must
 * wait for its first data, or each deployment of it would be a false alarm.
 */
export function validateAlarms(monitor: Construct): void {
  monitor.node.addValidation({
    validate: () => {
      const alarms = monitor.node.findAll().filter((construct) => construct instanceof CfnAlarm);
      return problemsOf(alarms.map(read));
    },
  });
}

/** The properties of an alarm that the rules are about. */
interface ReadAlarm {
  readonly name: string;
  readonly toleratesMissing: boolean;
  readonly warmsUp: boolean;
  readonly heartbeat: string | undefined;
  readonly datapointsToAlarm: number;
  readonly evaluationPeriods: number;
  readonly hasAlarmAction: boolean;
  readonly hasOkAction: boolean;
}

function read(alarm: CfnAlarm): ReadAlarm {
  const stack = Stack.of(alarm);
  const isEnabled = stack.resolve(alarm.actionsEnabled) !== false;
  const hasAction = (actions: string[] | undefined) => isEnabled && (stack.resolve(actions)?.length ?? 0) > 0;
  const heartbeat: unknown = alarm.getMetadata(heartbeatKey);
  const evaluationPeriods = alarm.evaluationPeriods ?? 1;
  const name: unknown = stack.resolve(alarm.alarmName);
  return {
    name: typeof name === 'string' ? name : alarm.node.path,
    toleratesMissing: alarm.treatMissingData !== 'breaching',
    warmsUp: stack.resolve(alarm.warmUpConfiguration) !== undefined,
    heartbeat: typeof heartbeat === 'string' ? heartbeat : undefined,
    datapointsToAlarm: alarm.datapointsToAlarm ?? evaluationPeriods,
    evaluationPeriods,
    hasAlarmAction: hasAction(alarm.alarmActions),
    hasOkAction: hasAction(alarm.okActions),
  };
}

function problemsOf(alarms: readonly ReadAlarm[]): string[] {
  const byName = new Map(alarms.map((alarm) => [alarm.name, alarm]));
  return alarms.flatMap((alarm) => {
    const { name, datapointsToAlarm, evaluationPeriods } = alarm;
    return [
      ...(datapointsToAlarm > evaluationPeriods
        ? [`${name} needs ${datapointsToAlarm} breaching datapoints but evaluates ${evaluationPeriods}: it cannot fire`]
        : []),
      ...(alarm.hasAlarmAction ? [] : [`${name} notifies nobody when it fires: add an alarm action`]),
      ...(alarm.hasOkAction ? [] : [`${name} notifies nobody when it resolves: add an OK action`]),
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
