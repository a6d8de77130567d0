import type { Org } from '../../functions/model/org.ts';
import { type Group, groups } from '../../functions/model/probe.ts';
import { budgetOf } from '../../functions/probes/budget.ts';
import { probes } from '../../functions/probes/index.ts';
import { planProbes, switchedOn } from '../../functions/probes/plan.ts';
import { seriesOf } from '../../functions/probes/series.ts';
import { secretsIn } from '../../lib/probe-event.ts';
import { assumed, minutesAMonth, prices } from './prices.ts';

/** One line of the bill, for a month. */
export interface CostLine {
  readonly what: string;
  readonly quantity: number;
  readonly dollars: number;
}

/** What an org's rate limits are spent by. */
export interface BucketLoad {
  readonly org: string;
  readonly bucket: string;
  readonly requestsAnHour: number;
}

export interface Cost {
  readonly lines: readonly CostLine[];
  readonly dollars: number;
  readonly load: readonly BucketLoad[];
}

/** The parts of a CloudFormation template that cost money. */
export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
}

interface Resource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: a template is what CloudFormation makes of it
  readonly Properties?: any;
}

/**
 * What a synthesized template costs a month, and what it asks of each org: counted from its schedules, alarms and
 * functions, so that it is known before anything is deployed.
 */
export function estimateCost(template: Template): Cost {
  const ofType = (type: string) => Object.values(template.Resources).filter(({ Type }) => Type === type);
  const runs = ofType('AWS::Scheduler::Schedule').map(runsOf);
  const sum = (of: (run: ScheduledRuns) => number) => runs.reduce((total, run) => total + of(run), 0);
  const memory = memoryOf(ofType('AWS::Lambda::Function'));
  const alarms = ofType('AWS::CloudWatch::Alarm').reduce((total, { Properties }) => total + metricsIn(Properties), 0);
  const series = new Set(runs.flatMap(({ names }) => names)).size;
  const secrets = new Set(runs.flatMap(({ org }) => secretsIn(org))).size;
  const aMonth = sum(({ count }) => count);
  const gigabyteSeconds = sum(({ count, group }) => count * assumed.secondsARun * ((memory[group] ?? 0) / 1024));
  const logGigabytes =
    sum(({ count, outcomes }) => count * (assumed.logBytesARun + outcomes * assumed.logBytesAnOutcome)) / 1e9;
  const line = (what: string, quantity: number, price: number): CostLine => ({
    what,
    quantity,
    dollars: quantity * price,
  });
  const lines = [
    line('custom metrics', series, prices.customMetric),
    line('metrics that alarms look at', alarms, prices.alarmMetric),
    line('composite alarms', ofType('AWS::CloudWatch::CompositeAlarm').length, prices.compositeAlarm),
    line('dashboards', ofType('AWS::CloudWatch::Dashboard').length, prices.dashboard),
    line('PutMetricData calls', aMonth, prices.putMetricData),
    line('Lambda invocations', aMonth, prices.lambdaRequest),
    line('Lambda GB-seconds', gigabyteSeconds, prices.lambdaGigabyteSecond),
    line('scheduled invocations', aMonth, prices.schedule),
    line('GB of logs', logGigabytes, prices.logGigabyte),
    line('secrets', secrets, prices.secret),
    line('encryption keys', ofType('AWS::KMS::Key').length, prices.key),
  ].filter(({ quantity }) => quantity > 0);
  return { lines, dollars: lines.reduce((total, { dollars }) => total + dollars, 0), load: loadOf(runs) };
}

interface ScheduledRuns {
  readonly org: Org;
  readonly group: Group;
  readonly everyMinutes: number;
  /** In a month. */
  readonly count: number;
  readonly outcomes: number;
  readonly names: readonly string[];
  readonly byBucket: Readonly<Record<string, number>>;
}

/** A schedule's runs, by the event that it sends: exactly what the function will be asked for. */
function runsOf({ Properties }: Resource): ScheduledRuns {
  const org = JSON.parse(Properties.Target.Input) as Org;
  const group = groups.find((each) => Properties.Name === `${org.name}-${each}`);
  const everyMinutes = Number(/^rate\((\d+) minutes?\)$/.exec(Properties.ScheduleExpression)?.[1]);
  if (!group || !everyMinutes) throw new Error(`cannot read the schedule ${Properties.Name}`);
  const plan = switchedOn(
    planProbes(
      org,
      probes.filter((probe) => probe.group === group),
    ),
  );
  return {
    org,
    group,
    everyMinutes,
    count: minutesAMonth / everyMinutes,
    outcomes: plan.length,
    names: seriesOf(org, plan).map(({ identity }) => JSON.stringify(identity)),
    byBucket: budgetOf(plan).byBucket,
  };
}

function memoryOf(functions: readonly Resource[]): Partial<Record<Group, number>> {
  const entries = functions.flatMap(({ Properties: { FunctionName, MemorySize } }) => {
    const group = groups.find((each) => String(FunctionName).endsWith(`-${each}`));
    return group ? [[group, Number(MemorySize)] as const] : [];
  });
  return Object.fromEntries(entries);
}

/** An alarm on an expression costs what the metrics behind it cost. */
function metricsIn({ Metrics }: { readonly Metrics?: readonly { readonly MetricStat?: object }[] }): number {
  return Metrics ? Metrics.filter(({ MetricStat }) => MetricStat !== undefined).length : 1;
}

function loadOf(runs: readonly ScheduledRuns[]): readonly BucketLoad[] {
  const load = new Map<string, BucketLoad>();
  for (const { org, everyMinutes, byBucket } of runs) {
    for (const [bucket, count] of Object.entries(byBucket)) {
      const key = `${org.name} ${bucket}`;
      const requestsAnHour = (load.get(key)?.requestsAnHour ?? 0) + (count * 60) / everyMinutes;
      load.set(key, { org: org.name, bucket, requestsAnHour });
    }
  }
  return [...load.values()];
}
