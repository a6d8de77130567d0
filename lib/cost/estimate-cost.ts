import { shownMetrics } from '../../functions/board/measured-series.ts';
import { deployMinutes } from '../limits/fleet-limits.ts';
import { assumed, daysPerMonth, prices } from './prices.ts';
import { type ProbeRun, type ScheduledRuns, scheduledRuns, type Template } from './scheduled-runs.ts';

/** One item of the monthly bill. */
export interface CostLine {
  readonly item: string;
  readonly quantity: number;
  readonly dollars: number;
}

/** The requests that count against one of an org's rate-limit buckets. */
export interface BucketLoad {
  readonly org: string;
  /** Absent for requests without a rate limit. */
  readonly bucket?: string;
  readonly requestsPerHour: number;
}

export interface Cost {
  readonly lines: readonly CostLine[];
  readonly dollars: number;
  /** The price of a thousand views of the overview: its widget of all orgs, and that of one. Views are not scheduled. */
  readonly thousandViewsDollars: number;
  readonly metrics: number;
  readonly alarms: number;
  /** Per month. */
  readonly invocations: number;
  /** How many orgs share the cost. */
  readonly orgs: number;
  readonly load: readonly BucketLoad[];
}

/**
 * The monthly cost of a synthesized template and the requests that it sends to each org, from its schedules, alarms and
 * functions. What grows with time is at its highest: logs at the end of their retention, and keys after their rotations.
 *
 * Trap: costs that arise only during an incident (messages, their encryption) are not included;
 * they are a few cents. Neither are the log queries and the widgets of an open dashboard: the price of the latter is given by
 * the thousand.
 */
export function estimateCost(template: Template): Cost {
  const ofType = (type: string) => Object.values(template.Resources).filter(({ Type }) => Type === type);
  const runs = scheduledRuns(template);
  const probeRuns = runs.flatMap(({ probeRun, ...run }) => (probeRun ? [{ ...run, ...probeRun }] : []));
  const sum = <Item>(items: readonly Item[], of: (item: Item) => number) =>
    items.reduce((total, item) => total + of(item), 0);
  const alarms = ofType('AWS::CloudWatch::Alarm');
  const composites = ofType('AWS::CloudWatch::CompositeAlarm');
  const series = new Set([
    ...probeRuns.flatMap((run) => run.series),
    ...silenceSeriesOf(probeRuns),
    ...unconfirmedSeriesOf(alarms),
  ]).size;
  const invocations = sum(runs, ({ count }) => count);
  const sweeps = sum(runs, ({ function: name, count }) => (name.endsWith('-sweep') ? count : 0));
  const states = probeRuns.map((run) => stateUnits(run, 4_096));
  const probeInvocations = sum(probeRuns, ({ count }) => count);
  const secretReaders = new Set(probeRuns.flatMap((run) => run.secrets.map((secret) => `${run.function} ${secret}`)))
    .size;
  const logGigabytes = sum(runs, logBytes) / 1e9;
  const retentionDays = Math.max(...ofType('AWS::Logs::LogGroup').map(({ Properties }) => Properties.RetentionInDays));
  const keys = ofType('AWS::KMS::Key');
  const requestsOf = ({ requests }: (typeof probeRuns)[number]) =>
    sum(Object.values(requests.byBucket), (count) => count) + requests.unlimited;
  const lines = [
    { item: customMetrics, quantity: series, dollars: customMetricDollars(series) },
    line('alarm metrics', sum(alarms, metricsIn), prices.alarmMetric),
    line('composite alarms', composites.length, prices.compositeAlarm),
    line('dashboards', ofType('AWS::CloudWatch::Dashboard').length, prices.dashboard),
    line('PutMetricData calls', probeInvocations + sweeps, prices.apiCall),
    line('DescribeAlarmHistory calls', invocations - probeInvocations - sweeps, prices.apiCall),
    line('Lambda invocations', invocations, prices.lambdaRequest),
    line(
      'Lambda GB-seconds',
      sum(runs, (run) => run.count * run.memoryGigabytes * secondsOf(run)),
      prices.lambdaGigabyteSecond,
    ),
    line('scheduled invocations', invocations, prices.schedule),
    line(
      'DynamoDB write units',
      sum(
        probeRuns,
        (run) =>
          run.count * (stateUnits(run, 1_024) + (run.signsIn ? assumed.writesPerSignIn : 0) + logUnits(run, 1_024)),
      ),
      prices.stateWriteUnit,
    ),
    // A run reads its state consistently. The sweep reads all states, at half the price.
    line(
      'DynamoDB read units',
      sum(probeRuns, (run) => run.count * (stateUnits(run, 4_096) + memoryReads(run) + logReadUnits(run))) +
        (sweeps * sum(states, (units) => units)) / 2,
      prices.stateReadUnit,
    ),
    line('GB of logs ingested', logGigabytes, prices.logGigabyte),
    line('GB of logs stored', (logGigabytes * retentionDays) / daysPerMonth, prices.storedLogGigabyte),
    line(
      'GB sent to Okta',
      sum(probeRuns, (run) => run.count * requestsOf(run) * assumed.bytesSentPerRequest) / 1e9,
      prices.sentGigabyte,
    ),
    line('GB of state stored, with its recovery', storedBytes(probeRuns) / 1e9, prices.storedStateGigabyte),
    line(
      'secrets',
      new Set([...probeRuns.flatMap(({ secrets }) => secrets), ...receiverSecrets(template)]).size,
      prices.secret,
    ),
    line('GetSecretValue calls', secretReaders * assumed.coldStartsPerMonth, prices.secretRead),
    line('KMS keys', keys.length, prices.key),
    line(
      'rotations of KMS keys, after two years',
      2 * keys.filter(({ Properties }) => Properties.EnableKeyRotation).length,
      prices.keyRotation,
    ),
  ].filter(({ quantity }) => quantity > 0);
  return {
    lines,
    dollars: sum(lines, ({ dollars }) => dollars),
    thousandViewsDollars: 1_000 * viewDollars(template, probeRuns),
    metrics: series,
    alarms: alarms.length + composites.length,
    invocations,
    orgs: new Set(probeRuns.map(({ org }) => org)).size,
    load: loadOf(runs),
  };
}

/** One invocation reads all states at half the price, the other one those of one org, and the series that it shows. */
function viewDollars({ Resources }: Template, probeRuns: readonly ProbeRun[]): number {
  const widget = Object.values(Resources).find(({ Properties }) => /-widget$/.test(Properties?.FunctionName ?? ''));
  const orgs = new Set(probeRuns.map(({ org }) => org)).size;
  if (!widget || orgs === 0) return 0;
  const series = new Set(probeRuns.flatMap((run) => run.series)).values();
  const shown = [...series].filter((identity) => Object.hasOwn(shownMetrics, JSON.parse(identity).name)).length;
  const units = probeRuns.reduce((total, run) => total + stateUnits(run, 4_096), 0);
  const seconds = (widget.Properties.MemorySize / 1024) * assumed.secondsPerView * prices.lambdaGigabyteSecond;
  return (
    2 * (prices.lambdaRequest + seconds) +
    (shown / orgs) * prices.readSeries +
    (units / 2 + units / orgs) * prices.stateReadUnit
  );
}

/**
 * The cost and the alarms of more orgs like the second of two: each quantity grows by the same with each org. Saves synthesizing
 * a thousand orgs.
 */
export function costOfFleet(one: Cost, two: Cost, orgs: number): Pick<Cost, 'dollars' | 'alarms'> {
  const grown = (first: number, second: number) => first + (orgs - 1) * (second - first);
  const dollars = two.lines.map(({ item, quantity, dollars }) => {
    const all = grown(one.lines.find((each) => each.item === item)?.quantity ?? 0, quantity);
    return item === customMetrics ? customMetricDollars(all) : (all * dollars) / quantity;
  });
  return { dollars: dollars.reduce((sum, each) => sum + each), alarms: grown(one.alarms, two.alarms) };
}

/** The sweep counts the silent schedules of each group but flows. */
function silenceSeriesOf(probeRuns: readonly { readonly function: string }[]): readonly string[] {
  return probeRuns.flatMap(({ function: name }) => (name.endsWith('-flows') ? [] : [`SilentSchedules ${name}`]));
}

/** The notifiers count the confirmed receivers of each topic, which an alarm watches. */
function unconfirmedSeriesOf(alarms: readonly Template['Resources'][string][]): readonly string[] {
  return alarms.flatMap(({ Properties: { MetricName, Dimensions } = {} }) =>
    MetricName === 'Unconfirmed' ? [`${MetricName} ${JSON.stringify(Dimensions)}`] : [],
  );
}

const customMetrics = 'custom metrics';

/** What this many custom metrics cost per month. */
export function customMetricDollars(count: number): number {
  return prices.customMetric.reduce((sum, { after, price }, tier) => {
    const { after: end = Number.POSITIVE_INFINITY } = prices.customMetric[tier + 1] ?? {};
    return sum + Math.max(0, Math.min(count, end) - after) * price;
  }, 0);
}

function line(item: string, quantity: number, price: number): CostLine {
  return { item, quantity, dollars: quantity * price };
}

/** An alarm on a math expression is billed for each metric in it. */
function metricsIn({ Properties }: Template['Resources'][string]): number {
  const metrics: readonly { readonly MetricStat?: object }[] | undefined = Properties.Metrics;
  return metrics ? metrics.filter(({ MetricStat }) => MetricStat !== undefined).length : 1;
}

function logBytes({ count, probeRun }: ScheduledRuns): number {
  return count * (assumed.logBytesPerRun + (probeRun?.outcomes ?? 0) * assumed.logBytesPerOutcome);
}

function secondsOf({ probeRun, intervalMinutes }: ScheduledRuns): number {
  const waitSeconds = ((probeRun?.waitMs ?? 0) / 1000) * Math.min(1, intervalMinutes / 60);
  const { moreSecondsPerJourney, moreSecondsPerLogRun } = assumed;
  const more = (probeRun?.signsIn ? moreSecondsPerJourney : 0) + (probeRun?.readsLog ? moreSecondsPerLogRun : 0);
  return assumed.secondsPerRun + more + waitSeconds;
}

/** The units that one access to the state of a run costs. */
function stateUnits({ outcomes }: ProbeRun, unitBytes: number): number {
  return Math.ceil((assumed.stateBytesPerRun + outcomes * assumed.stateBytesPerOutcome) / unitBytes);
}

/** The units of one access to the System Log's memory. The runs of an hour share the access to past hours. */
function logUnits({ readsLog, intervalMinutes }: ProbeRun & { readonly intervalMinutes: number }, unitBytes: number) {
  if (!readsLog) return 0;
  const pastHours = Math.ceil(assumed.pastHoursBytes / unitBytes) * (intervalMinutes / 60);
  return Math.ceil(assumed.logMemoryBytes / unitBytes) + pastHours;
}

/** The memory of the password, and those of probes: each is read once. */
function memoryReads({ signsIn, memories }: ProbeRun): number {
  return Number(signsIn) + memories;
}

/** A run also reads two states: its own, for the published minutes, and that of `flows`, for its token requests. */
function logReadUnits(run: ProbeRun & { readonly intervalMinutes: number }): number {
  return run.readsLog ? logUnits(run, 4_096) + 2 : 0;
}

/** The most that the state table holds. */
function storedBytes(probeRuns: readonly ProbeRun[]): number {
  const states = probeRuns.reduce((total, run) => total + 4_096 * stateUnits(run, 4_096), 0);
  return states + new Set(probeRuns.map(({ org }) => org)).size * assumed.keptBytesPerOrg;
}

/** The secrets that receivers need. CloudFormation reads them when it deploys. */
function receiverSecrets({ Resources }: Template): readonly string[] {
  const text = JSON.stringify(Object.values(Resources).filter(({ Type }) => Type === 'AWS::Events::Connection'));
  return [...text.matchAll(/\{\{resolve:secretsmanager:(.+?):SecretString:/g)].map(([, name = '']) => name);
}

/** Requests per hour by org and bucket; those without a rate limit come last. */
function loadOf(runs: readonly ScheduledRuns[]): readonly BucketLoad[] {
  const load = new Map<string, BucketLoad>();
  for (const { intervalMinutes, probeRun } of runs) {
    if (!probeRun) continue;
    const { org, requests } = probeRun;
    const add = (count: number, bucket?: string) => {
      const key = `${org} ${bucket}`;
      const requestsPerHour = (load.get(key)?.requestsPerHour ?? 0) + (count * 60) / intervalMinutes;
      load.set(key, { org, ...(bucket && { bucket }), requestsPerHour });
    };
    for (const [bucket, count] of Object.entries(requests.byBucket)) add(count, bucket);
    add(requests.unlimited);
  }
  const all = [...load.values()].filter(({ requestsPerHour }) => requestsPerHour > 0);
  return [...all.filter(({ bucket }) => bucket), ...all.filter(({ bucket }) => !bucket)];
}

/** The cost in a few lines, which `cdk synth` and `cdk deploy` print. */
export function costSummary({ dollars, metrics, alarms, invocations, orgs, load }: Cost): string {
  const whole = (quantity: number) => Math.round(quantity).toLocaleString('en-US');
  const hourly = load.reduce((sum, { requestsPerHour }) => sum + requestsPerHour, 0);
  const limited = load.reduce((sum, { bucket, requestsPerHour }) => sum + (bucket ? requestsPerHour : 0), 0);
  const rows = [
    [
      'dollars per month',
      dollars.toFixed(2),
      'list prices in us-east-1, without free tiers; npm run cost shows each item',
    ],
    ...(orgs > 1 ? [['dollars per org', (dollars / orgs).toFixed(2), `with ${whole(orgs)} orgs`]] : []),
    ...(orgs > 1
      ? [
          [
            'minutes to deploy',
            whole(deployMinutes(alarms)),
            'at least, the first time: AWS makes three alarms a second',
          ],
        ]
      : []),
    ['custom metrics', whole(metrics), ''],
    ['alarms', whole(alarms), ''],
    ['invocations per month', whole(invocations), ''],
    ['requests to Okta per hour', whole(hourly), `${whole(limited)} of them count against rate limits`],
  ];
  const width = Math.max(...rows.map(([, value = '']) => value.length));
  return rows
    .map(([what = '', value = '', note]) => `${what.padEnd(26)}${value.padStart(width)}  ${note}`.trimEnd())
    .join('\n');
}
