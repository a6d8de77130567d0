import { assumed, daysAMonth, prices } from './prices.ts';
import { type ScheduledRuns, scheduledRuns, type Template } from './scheduled-runs.ts';

/** One line of the bill, for a month. */
export interface CostLine {
  readonly what: string;
  readonly quantity: number;
  readonly dollars: number;
}

/** What an org's rate limits are spent by. */
export interface BucketLoad {
  readonly org: string;
  /** Absent for what Okta does not limit. */
  readonly bucket?: string;
  readonly requestsAnHour: number;
}

export interface Cost {
  readonly lines: readonly CostLine[];
  readonly dollars: number;
  readonly metrics: number;
  readonly alarms: number;
  /** In a month. */
  readonly invocations: number;
  readonly load: readonly BucketLoad[];
}

/**
 * What a synthesized template costs a month, and what it asks of each org: counted from its schedules, alarms and
 * functions, so that it is known before anything is deployed.
 *
 * Trap: what only happens in an incident is not counted: messages, their encryption, and notifiers that read logs. They
 * are cents. Nor are queries that the dashboard makes while somebody looks at it.
 */
export function estimateCost(template: Template): Cost {
  const ofType = (type: string) => Object.values(template.Resources).filter(({ Type }) => Type === type);
  const runs = scheduledRuns(template);
  const probing = runs.flatMap(({ probing: each, count, ...run }) => (each ? [{ ...run, ...each, count }] : []));
  const sum = <Item>(items: readonly Item[], of: (item: Item) => number) =>
    items.reduce((total, item) => total + of(item), 0);
  const alarms = ofType('AWS::CloudWatch::Alarm');
  const composites = ofType('AWS::CloudWatch::CompositeAlarm');
  const series = new Set(probing.flatMap((run) => run.series)).size;
  const invocations = sum(runs, ({ count }) => count);
  const probed = sum(probing, ({ count }) => count);
  const readings = new Set(probing.flatMap((run) => run.secrets.map((secret) => `${run.function} ${secret}`))).size;
  const logged = sum(runs, logBytes) / 1e9;
  const kept = Math.max(...ofType('AWS::Logs::LogGroup').map(({ Properties }) => Properties.RetentionInDays));
  const requestsOf = ({ requests }: (typeof probing)[number]) =>
    sum(Object.values(requests.byBucket), (count) => count) + requests.unlimited;
  const lines = [
    line('custom metrics', series, prices.customMetric),
    line('metrics that alarms look at', sum(alarms, metricsIn), prices.alarmMetric),
    line('composite alarms', composites.length, prices.compositeAlarm),
    line('dashboards', ofType('AWS::CloudWatch::Dashboard').length, prices.dashboard),
    line('PutMetricData calls', probed, prices.apiCall),
    line('DescribeAlarmHistory calls', invocations - probed, prices.apiCall),
    line('Lambda invocations', invocations, prices.lambdaRequest),
    line(
      'Lambda GB-seconds',
      sum(runs, ({ count, memoryGigabytes }) => count * memoryGigabytes * assumed.secondsARun),
      prices.lambdaGigabyteSecond,
    ),
    line('scheduled invocations', invocations, prices.schedule),
    line('GB of logs', logged, prices.logGigabyte),
    line('GB of logs kept', (logged * kept) / daysAMonth, prices.keptLogGigabyte),
    line(
      'GB sent to Okta',
      sum(probing, (run) => run.count * requestsOf(run) * assumed.bytesSentARequest) / 1e9,
      prices.sentGigabyte,
    ),
    line('secrets', new Set(probing.flatMap(({ secrets }) => secrets)).size, prices.secret),
    line('readings of secrets', readings * assumed.coldStartsAMonth, prices.secretReading),
    line('encryption keys', ofType('AWS::KMS::Key').length, prices.key),
  ].filter(({ quantity }) => quantity > 0);
  return {
    lines,
    dollars: sum(lines, ({ dollars }) => dollars),
    metrics: series,
    alarms: alarms.length + composites.length,
    invocations,
    load: loadOf(runs),
  };
}

function line(what: string, quantity: number, price: number): CostLine {
  return { what, quantity, dollars: quantity * price };
}

/** An alarm on an expression costs what the metrics behind it cost. */
function metricsIn({ Properties }: Template['Resources'][string]): number {
  const metrics: readonly { readonly MetricStat?: object }[] | undefined = Properties.Metrics;
  return metrics ? metrics.filter(({ MetricStat }) => MetricStat !== undefined).length : 1;
}

function logBytes({ count, probing }: ScheduledRuns): number {
  return count * (assumed.logBytesARun + (probing?.outcomes ?? 0) * assumed.logBytesAnOutcome);
}

/** Requests an hour by org and bucket; what Okta does not limit stands last. */
function loadOf(runs: readonly ScheduledRuns[]): readonly BucketLoad[] {
  const load = new Map<string, BucketLoad>();
  for (const { intervalMinutes, probing } of runs) {
    if (!probing) continue;
    const { org, requests } = probing;
    const add = (count: number, bucket?: string) => {
      const key = `${org} ${bucket}`;
      const requestsAnHour = (load.get(key)?.requestsAnHour ?? 0) + (count * 60) / intervalMinutes;
      load.set(key, { org, ...(bucket && { bucket }), requestsAnHour });
    };
    for (const [bucket, count] of Object.entries(requests.byBucket)) add(count, bucket);
    add(requests.unlimited);
  }
  const all = [...load.values()].filter(({ requestsAnHour }) => requestsAnHour > 0);
  return [...all.filter(({ bucket }) => bucket), ...all.filter(({ bucket }) => !bucket)];
}
