import {
  type Alarm,
  type AlarmAction,
  AlarmEngine,
  type MetricAlarm,
  type MetricPoint,
  MetricStore,
  parseAlarms,
} from '../../packages/cloudwatch-alarms/src/index.ts';
import { minuteMs } from '../../packages/cloudwatch-alarms/test/sample-alarm.ts';
import { samples } from './synthesized.ts';

export type Identity = MetricPoint['identity'];

/** A test's replacement for a healthy point: another value, or none. */
export type Override = (identity: Identity, minute: number) => number | 'missing' | undefined;

export interface EvaluationOptions {
  readonly override?: Override;
  /** Points of series that have none while all is well. */
  readonly extraPoints?: (minute: number) => readonly Pick<MetricPoint, 'identity' | 'value'>[];
  /** How late every point arrives. */
  readonly lateMinutes?: number;
  /** Minute 0, epoch ms. The default is midnight of a Saturday. */
  readonly from?: number;
}

export const isMetric = (alarm: Alarm): alarm is MetricAlarm => alarm.kind === 'metric';

/** A series that an alarm evaluates, with its value while all is well and the interval of its points. */
interface Healthy {
  readonly identity: Identity;
  readonly value: number;
  readonly intervalMinutes: number;
}

const healthyValues: Readonly<Record<string, number>> = {
  ...{ Severity: 0, Retries: 0, Success: 1 },
  ...{ Errors: 0, Throttles: 0, Invocations: 1 },
  ...{ SilentSchedules: 0, Unconfirmed: 0 },
};

/** The points of every series that follow from the template's schedules. Lambda's series get one for each call. */
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
    const { Org, Group, FunctionName } = identity.dimensions;
    const group = identity.name === 'Success' ? 'negative-tests' : 'flows';
    const value = healthyValues[identity.name];
    // SNS publishes no point while no delivery fails.
    if (value === undefined) return [];
    return calls
      .filter(({ name, lambda }) =>
        Org ? name === `${Org}-${group}` : Group ? name === 'sweep' : lambda === FunctionName,
      )
      .map(({ intervalMinutes }) => ({ identity, value, intervalMinutes }));
  });
}

/** A Saturday. */
const midnight = Date.UTC(2026, 10, 21);
/** The history before minute 0: enough for every alarm to have its datapoints. */
const historyMinutes = 12 * 60;

/** Evaluates a sample's alarms over minutes of points. The points follow from its schedules; a test may override them. */
export function evaluate(
  sample: string,
  minutes: number,
  { override = () => undefined, extraPoints = () => [], lateMinutes = 0, from = midnight }: EvaluationOptions = {},
) {
  const parsed = parseAlarms(JSON.parse(samples[sample]?.text ?? ''));
  const engine = new AlarmEngine(parsed);
  const store = new MetricStore();
  const healthy = healthySeries(sample, parsed.alarms);
  const actions: AlarmAction[] = [];
  const publish = (minute: number) => {
    for (const { identity, value, intervalMinutes } of healthy) {
      if (minute % intervalMinutes !== 0) continue;
      const replacement = override(identity, minute);
      // A schedule starts at some second within its minute.
      const timestamp = from + (minute + 1 / 3) * minuteMs;
      if (replacement !== 'missing') store.add({ identity, value: replacement ?? value, timestamp });
    }
  };
  for (let minute = -historyMinutes; minute < minutes; minute += 1) {
    publish(minute - lateMinutes);
    for (const point of extraPoints(minute)) store.add({ ...point, timestamp: from + minute * minuteMs });
    if (minute >= 0) actions.push(...engine.tick(from + (minute + 1) * minuteMs, store));
  }
  return {
    alarms: parsed.alarms.filter(isMetric),
    engine,
    /** The changes of an alarm after its first change to OK. */
    changesOf: (alarm: string) =>
      actions
        .map((action) => ({ ...action, minute: (action.at - from) / minuteMs }))
        .filter((action) => action.alarm.name === alarm && action.minute > 5)
        .map(({ minute, to }) => ({ minute, to })),
    actions,
  };
}
