import type { Alarm, MetricAlarm } from '../../local/emulators/cloudwatch/alarm-definition.ts';
import { type AlarmAction, AlarmEngine } from '../../local/emulators/cloudwatch/alarm-engine.ts';
import { type MetricPoint, MetricStore } from '../../local/emulators/cloudwatch/metric-store.ts';
import { parseAlarms } from '../../local/emulators/cloudwatch/parse-alarm.ts';
import { minuteMs } from './sample-alarm.ts';
import { samples } from './synthesized.ts';

export type Identity = MetricPoint['identity'];

/** What a test makes of a healthy point: another value, or none. */
export type Spoil = (identity: Identity, minute: number) => number | 'missing' | undefined;

export interface RehearsalOptions {
  readonly spoil?: Spoil;
  /** What is only counted when it happens. */
  readonly besides?: (minute: number) => readonly Pick<MetricPoint, 'identity' | 'value'>[];
  /** How long points are on their way. */
  readonly lateMinutes?: number;
  /** Minute 0, epoch ms; a Saturday's midnight when left out. */
  readonly from?: number;
}

export const isMetric = (alarm: Alarm): alarm is MetricAlarm => alarm.kind === 'metric';

/** A series that the alarms look at, with what it holds when all is well, and how often. */
interface Healthy {
  readonly identity: Identity;
  readonly value: number;
  readonly intervalMinutes: number;
}

const healthyValues: Readonly<Record<string, number>> = {
  ...{ Severity: 0, Retries: 0, Success: 1 },
  ...{ Errors: 0, Throttles: 0, Invocations: 1 },
};

/** What the template's own schedules make of every series: an org's by its group's, Lambda's by each of its calls. */
function healthySeries(sample: string, alarms: readonly Alarm[]): readonly Healthy[] {
  const template = samples[sample];
  const functions = new Map(
    template?.ofType('AWS::Lambda::Function').map(({ id, Properties }) => [id, Properties.FunctionName as string]),
  );
  const calls = (template?.ofType('AWS::Scheduler::Schedule') ?? []).map(({ Properties }) => ({
    name: Properties.Name as string,
    lambda: functions.get(Properties.Target.Arn['Fn::GetAtt'][0]),
    intervalMinutes: Number(/\d+/.exec(Properties.ScheduleExpression)?.[0]),
  }));
  const watched = new Map<string, Identity>();
  for (const { queries } of alarms.filter(isMetric)) {
    for (const query of Object.values(queries)) {
      if (query.kind === 'metric') watched.set(JSON.stringify(query.identity), query.identity);
    }
  }
  return [...watched.values()].flatMap((identity) => {
    const { Org, FunctionName } = identity.dimensions;
    const group = identity.name === 'Success' ? 'negative-tests' : 'flows';
    const value = healthyValues[identity.name];
    // SNS counts no failure where there is none.
    if (value === undefined) return [];
    return calls
      .filter(({ name, lambda }) => (Org ? name === `${Org}-${group}` : lambda === FunctionName))
      .map(({ intervalMinutes }) => ({ identity, value, intervalMinutes }));
  });
}

/** A Saturday. */
const midnight = Date.UTC(2026, 10, 21);
/** So much of the past is known at minute 0 that every alarm has its points. */
const historyMinutes = 12 * 60;

/** A sample's alarms through minutes of points as its own schedules make them, which a test may spoil. */
export function rehearse(
  sample: string,
  minutes: number,
  { spoil = () => undefined, besides = () => [], lateMinutes = 0, from = midnight }: RehearsalOptions = {},
) {
  const parsed = parseAlarms(JSON.parse(samples[sample]?.text ?? ''));
  const engine = new AlarmEngine(parsed);
  const store = new MetricStore();
  const healthy = healthySeries(sample, parsed.alarms);
  const actions: AlarmAction[] = [];
  const publish = (minute: number) => {
    for (const { identity, value, intervalMinutes } of healthy) {
      if (minute % intervalMinutes !== 0) continue;
      const spoilt = spoil(identity, minute);
      // A schedule starts within its minute, and not at its first second.
      const timestamp = from + (minute + 1 / 3) * minuteMs;
      if (spoilt !== 'missing') store.add({ identity, value: spoilt ?? value, timestamp });
    }
  };
  for (let minute = -historyMinutes; minute < minutes; minute += 1) {
    publish(minute - lateMinutes);
    for (const point of besides(minute)) store.add({ ...point, timestamp: from + minute * minuteMs });
    if (minute >= 0) actions.push(...engine.tick(from + (minute + 1) * minuteMs, store));
  }
  return {
    alarms: parsed.alarms.filter(isMetric),
    engine,
    /** What an alarm told once it had said that it is OK: when, by minutes, and what. */
    saidOf: (alarm: string) =>
      actions
        .map((action) => ({ ...action, minute: (action.at - from) / minuteMs }))
        .filter((action) => action.alarm.name === alarm && action.minute > 5)
        .map(({ minute, to }) => ({ minute, to })),
    actions,
  };
}
