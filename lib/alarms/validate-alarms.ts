import type { Stack } from 'aws-cdk-lib';
import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';

/** Where an alarm names its heartbeat: in its `Metadata`, so that the template itself shows the pair. */
export const heartbeatKey = 'Heartbeat';

/**
 * Refuses a synth with an alarm in it that could not do what it is for, whoever put it there and by which construct.
 *
 * Missing data must not be able to hide anything: what forgives them is paired with an alarm that does not.
 */
export function validateAlarms(stack: Stack): void {
  stack.node.addValidation({
    validate: () => {
      const alarms = stack.node.findAll().filter((construct) => construct instanceof CfnAlarm);
      return problemsOf(alarms.map((alarm) => read(stack, alarm)));
    },
  });
}

/** What of an alarm decides whether it is sound. */
interface ReadAlarm {
  readonly name: string;
  readonly toleratesMissing: boolean;
  readonly heartbeat: string | undefined;
  readonly datapointsToAlarm: number;
  readonly evaluationPeriods: number;
  readonly tells: { readonly rising: boolean; readonly over: boolean };
}

function read(stack: Stack, alarm: CfnAlarm): ReadAlarm {
  const isEnabled = stack.resolve(alarm.actionsEnabled) !== false;
  const acts = (actions: string[] | undefined) => isEnabled && (stack.resolve(actions)?.length ?? 0) > 0;
  const heartbeat: unknown = alarm.getMetadata(heartbeatKey);
  const evaluationPeriods = alarm.evaluationPeriods ?? 1;
  const name: unknown = stack.resolve(alarm.alarmName);
  return {
    name: typeof name === 'string' ? name : alarm.node.path,
    toleratesMissing: alarm.treatMissingData !== 'breaching',
    heartbeat: typeof heartbeat === 'string' ? heartbeat : undefined,
    datapointsToAlarm: alarm.datapointsToAlarm ?? evaluationPeriods,
    evaluationPeriods,
    tells: { rising: acts(alarm.alarmActions), over: acts(alarm.okActions) },
  };
}

function problemsOf(alarms: readonly ReadAlarm[]): string[] {
  const byName = new Map(alarms.map((alarm) => [alarm.name, alarm]));
  return alarms.flatMap(({ name, toleratesMissing, heartbeat, datapointsToAlarm, evaluationPeriods, tells }) => {
    const unpaired = toleratesMissing ? whyUnpaired(heartbeat, byName) : undefined;
    return [
      ...(datapointsToAlarm > evaluationPeriods
        ? [`${name} waits for ${datapointsToAlarm} of ${evaluationPeriods} points and can never rise`]
        : []),
      ...(tells.rising ? [] : [`${name} tells nobody when it rises`]),
      ...(tells.over ? [] : [`${name} tells nobody when it is over`]),
      ...(unpaired ? [`${name} forgives missing data and ${unpaired}`] : []),
    ];
  });
}

function whyUnpaired(heartbeat: string | undefined, byName: ReadonlyMap<string, ReadAlarm>): string | undefined {
  if (heartbeat === undefined) {
    return `names no heartbeat: an alarm that takes them for a breach (Metadata.${heartbeatKey})`;
  }
  const paired = byName.get(heartbeat);
  if (!paired) return `its heartbeat ${heartbeat} is no alarm of this stack`;
  if (paired.toleratesMissing) return `its heartbeat ${heartbeat} forgives them too`;
  return paired.tells.rising ? undefined : `its heartbeat ${heartbeat} tells nobody`;
}
