import { describe, expect, it } from 'vitest';
import { shownMetrics } from '../../../functions/board/measured-series.ts';
import { routes } from '../../../functions/model/finding.ts';
import { budgetOf } from '../../../functions/probes/budget.ts';
import { seriesOf } from '../../../functions/probes/series.ts';
import { selfTestMinutes } from '../../../lib/alarms/notifier-alarms.ts';
import { costOfFleet, costSummary, customMetricDollars, estimateCost } from '../../../lib/cost/estimate-cost.ts';
import { assumed, daysPerMonth, minutesPerMonth, prices } from '../../../lib/cost/prices.ts';
import type { Template } from '../../../lib/cost/scheduled-runs.ts';
import { type ProbeEvent, probeEvents, secretsIn } from '../../../lib/functions/probe-event.ts';
import { sweepMinutes } from '../../../lib/functions/sweep.ts';
import { monitoredOrgs, planOf } from '../../../lib/monitored-org.ts';
import { withHealth, withTestUser } from '../../../local/lab/scenarios/prepared-config.ts';
import { synthesize } from '../../../local/self-hosted/synthesize.ts';
import { type Sample, samples, synthesizedOf } from '../../support/synthesized.ts';

function sampleOf(name: string): Sample {
  return samples[name] ?? expect.fail(`no sample ${name}`);
}

const templateOf = (name: string) => JSON.parse(sampleOf(name).text) as Template;
const costOf = (name: string) => estimateCost(templateOf(name));
const itemOf = (name: string, item: string) => costOf(name).lines.find((line) => line.item === item);

const orgsOf = (name: string) => monitoredOrgs(sampleOf(name).config);
const eventsOf = (name: string) => orgsOf(name).flatMap(probeEvents);
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

/** How many runs the events of a sample have per month. */
const runsOf = (events: readonly ProbeEvent[]) =>
  sum(events.map(({ intervalMinutes }) => minutesPerMonth / intervalMinutes));

const sweeps = minutesPerMonth / sweepMinutes;

const selfTests = (routes.length * minutesPerMonth) / selfTestMinutes;

/** The requests per hour of a sample's only org: those in each rate-limit bucket, and those without a rate limit. */
function loadOf(name: string): { readonly byBucket: Readonly<Record<string, number>>; readonly unlimited: number } {
  const [monitoredOrg = expect.fail('no org')] = orgsOf(name);
  const byBucket: Record<string, number> = {};
  let unlimited = 0;
  for (const { group, intervalMinutes } of probeEvents(monitoredOrg)) {
    const budget = budgetOf(planOf(monitoredOrg, group));
    for (const [bucket, count] of Object.entries(budget.byBucket)) {
      byBucket[bucket] = (byBucket[bucket] ?? 0) + (count * 60) / intervalMinutes;
    }
    unlimited += (budget.unlimited * 60) / intervalMinutes;
  }
  return { byBucket, unlimited };
}

const names = Object.keys(samples);

describe('estimateCost', () => {
  it('each further custom metric costs the price of its tier', () => {
    const [first, second, third] = prices.customMetric;
    expect(customMetricDollars(second.after)).toBeCloseTo(second.after * first.price);
    expect(customMetricDollars(second.after + 1) - customMetricDollars(second.after)).toBeCloseTo(second.price);
    expect(customMetricDollars(third.after + 10) - customMetricDollars(third.after)).toBeCloseTo(10 * third.price);
  });

  it('the example, an org with two servers, costs less than 10 dollars per month besides its metrics and alarms', () => {
    const metricsAndAlarms = ['custom metrics', 'alarm metrics'].map((item) => itemOf('example', item)?.dollars ?? 0);
    expect(costOf('example').dollars - sum(metricsAndAlarms)).toBeLessThan(10);
  });

  it.each(names)('each published series of the %s configuration is a custom metric', (name) => {
    // Each group has its lateness, and each but flows its silent schedules.
    const groups = new Set(eventsOf(name).map(({ group }) => group));
    const ofOrgs = orgsOf(name).flatMap(({ org, plan }) => seriesOf(org, plan)).length;
    // Lateness of each group, silence of each but one, and the confirmed receivers of each topic.
    const topics = { minimal: 0, example: 2, full: 3 }[name] ?? Number.NaN;
    const series = ofOrgs + 2 * groups.size - 1 + topics;
    expect(itemOf(name, 'custom metrics')).toEqual({
      item: 'custom metrics',
      quantity: series,
      dollars: customMetricDollars(series),
    });
    expect(costOf(name).metrics).toBe(series);
  });

  it.each(names)('each run of the %s configuration publishes once and is a scheduled invocation', (name) => {
    const runs = runsOf(eventsOf(name));
    expect(itemOf(name, 'PutMetricData calls')?.quantity).toBeCloseTo(runs + sweeps);
    expect(itemOf(name, 'scheduled invocations')?.quantity).toBeCloseTo(runs + sweeps + selfTests);
    expect(itemOf(name, 'Lambda invocations')?.quantity).toBeCloseTo(runs + sweeps + selfTests);
  });

  it('limits run as often as flows, and each org has its own intervals', () => {
    const { config } = sampleOf('full');
    const intervalMinutes = { ...config.intervalMinutes, ...config.orgs[0]?.intervalMinutes };
    const [first] = orgsOf('full');
    expect(first?.intervalMinutes).toEqual({
      flows: intervalMinutes.flows,
      limits: intervalMinutes.flows,
      status: intervalMinutes.status,
      journey: intervalMinutes.journey,
      health: intervalMinutes.health,
      'system-log': intervalMinutes.systemLog,
      'negative-tests': intervalMinutes.negativeTests,
    });
    expect(new Set(orgsOf('full').map((org) => org.intervalMinutes.status)).size).toBeGreaterThan(1);
  });

  it.each(['example', 'full'])('each function of the %s configuration reads each of its secrets every hour', (name) => {
    const reads = eventsOf(name).flatMap(({ group, org }) => secretsIn(org).map((secret) => `${group} ${secret}`));
    const receivers = sampleOf(name).config.alerts.pages.flatMap(({ secret }) => secret ?? []);
    const secrets = new Set([...eventsOf(name).flatMap(({ org }) => secretsIn(org)), ...receivers]).size;
    expect(itemOf(name, 'secrets')).toMatchObject({ quantity: secrets, dollars: secrets * prices.secret });
    expect(itemOf(name, 'GetSecretValue calls')).toMatchObject({
      quantity: new Set(reads).size * assumed.coldStartsPerMonth,
    });
  });

  it('a configuration without credentials needs no secrets and costs at least 3 dollars less', () => {
    expect(itemOf('minimal', 'secrets')).toBeUndefined();
    expect(costOf('minimal').dollars).toBeLessThan(costOf('example').dollars - 3);
  });

  it('views of the dashboard cost the series that they read, and are not on the monthly bill', () => {
    const { thousandViewsDollars, dollars } = costOf('example');
    const shown = orgsOf('example').flatMap(({ org, plan }) =>
      seriesOf(org, plan).filter(({ identity }) => Object.hasOwn(shownMetrics, identity.name)),
    );
    expect(shown.length).toBeGreaterThan(3);
    expect(thousandViewsDollars).toBeGreaterThan(shown.length * 1_000 * prices.readSeries);
    expect(thousandViewsDollars).toBeLessThan(0.2);
    const { Resources } = templateOf('example');
    const without = Object.fromEntries(
      Object.entries(Resources).filter(([, { Properties }]) => Properties?.FunctionName !== 'okta-synthetics-widget'),
    );
    expect(estimateCost({ Resources: without })).toMatchObject({ dollars, thousandViewsDollars: 0 });
  });

  it('the dashboard and the key each cost a fixed price', () => {
    expect(itemOf('example', 'dashboards')).toMatchObject({ quantity: 1, dollars: prices.dashboard });
    expect(itemOf('example', 'KMS keys')).toMatchObject({ quantity: 1, dollars: prices.key });
  });

  it('a key that rotates costs a dollar more for each of its first two rotations, and one that does not costs no more', () => {
    const item = 'rotations of KMS keys, after two years';
    expect(itemOf('example', item)).toEqual({ item, quantity: 2, dollars: 2 * prices.keyRotation });
    const { Resources } = templateOf('example');
    const keys = Object.entries(Resources).filter(([, { Type }]) => Type === 'AWS::KMS::Key');
    for (const [, { Properties }] of keys) delete Properties.EnableKeyRotation;
    expect(estimateCost({ Resources }).lines.some((line) => line.item === item)).toBe(false);
  });

  it('storage in the table costs money with its recovery, and more for more orgs', () => {
    const item = 'GB of state stored, with its recovery';
    expect(itemOf('minimal', item)?.quantity).toBeGreaterThan(0);
    expect(itemOf('full', item)?.quantity).toBeGreaterThan(itemOf('minimal', item)?.quantity ?? 0);
  });

  it('the cost of a fleet of like orgs follows from that of one and of two', () => {
    const { config } = sampleOf('example');
    const [one = expect.fail('no org')] = config.orgs;
    const fleetOf = (count: number) => {
      const orgs = Array.from({ length: count }, (_, at) => ({ ...one, name: `org-${at}` }));
      return estimateCost(JSON.parse(JSON.stringify(synthesize({ ...config, orgs }).template)));
    };
    const four = fleetOf(4);
    const { dollars, alarms } = costOfFleet(fleetOf(1), fleetOf(2), 4);
    expect(dollars).toBeCloseTo(four.dollars);
    expect(alarms).toBe(four.alarms);
  });

  it('every metric in an alarm costs, including those of AWS and each one in an expression', () => {
    const alarms = sampleOf('example').ofType('AWS::CloudWatch::Alarm');
    // The alarm on the sweep has two metrics.
    expect(itemOf('example', 'alarm metrics')?.quantity).toBe(alarms.length + 1);
    expect(costOf('example').alarms).toBe(alarms.length);
  });

  it('a composite alarm has one price, however many alarms it combines', () => {
    const { Resources } = templateOf('example');
    const withOne = { Resources: { ...Resources, All: { Type: 'AWS::CloudWatch::CompositeAlarm', Properties: {} } } };
    expect(estimateCost(withOne).dollars - estimateCost({ Resources }).dollars).toBeCloseTo(prices.compositeAlarm);
  });

  it('logs cost when they are ingested, and as long as they are stored', () => {
    const ingested = itemOf('full', 'GB of logs ingested')?.quantity ?? 0;
    expect(ingested).toBeGreaterThan(0.1);
    const months = sampleOf('full').config.logRetentionDays / daysPerMonth;
    expect(itemOf('full', 'GB of logs stored')?.quantity).toBeCloseTo(months * ingested);
  });

  it('each self-test of a notifier makes one DescribeAlarmHistory call', () => {
    expect(itemOf('example', 'DescribeAlarmHistory calls')).toMatchObject({ quantity: selfTests });
  });

  it.each(names)('the cost of the %s configuration is the sum of its items', (name) => {
    const { lines, dollars } = costOf(name);
    expect(dollars).toBeCloseTo(sum(lines.map((line) => line.dollars)));
  });

  it('a test user is on the bill only where there is one', () => {
    const { config } = sampleOf('example');
    const signingIn = synthesizedOf(synthesize(withTestUser(config)).template);
    const [without, withUser] = [costOf('example'), estimateCost(JSON.parse(signingIn.text))];
    const [journey = expect.fail('no journey')] = monitoredOrgs(withTestUser(config))
      .flatMap(probeEvents)
      .filter(({ group }) => group === 'journey');
    expect(withUser.invocations - without.invocations).toBeCloseTo(minutesPerMonth / journey.intervalMinutes);
    const quantityOf = ({ lines }: typeof without, item: string) =>
      lines.find((each) => each.item === item)?.quantity ?? 0;
    expect(quantityOf(withUser, 'secrets') - quantityOf(without, 'secrets')).toBe(secretsIn(journey.org).length);
    const buckets = ({ load }: typeof without) => load.map(({ bucket }) => bucket);
    expect(buckets(withUser)).toContain('/idp/idx/identify');
    expect(buckets(without)).not.toContain('/idp/idx/identify');
    expect(without.lines.filter(({ item }) => !withUser.lines.some((each) => each.item === item))).toEqual([]);
    expect(withUser.dollars - without.dollars).toBeLessThan(4);
    expect(withUser.dollars).toBeGreaterThan(without.dollars);
  });

  it('health checks are on the bill only where there are some, and only for what they may read', () => {
    const { config } = sampleOf('example');
    const without = costOf('example');
    const checking = (...scopes: string[]) => {
      const client = { clientId: '0oaApi', secret: 'okta/api', scopes };
      const orgs = withHealth(config).orgs.map((org) => ({ ...org, api: { client } }));
      return estimateCost(JSON.parse(synthesizedOf(synthesize({ ...config, orgs }).template).text));
    };
    const perHour = ({ load }: typeof without, bucket: string) =>
      load.find((each) => each.bucket === bucket)?.requestsPerHour ?? 0;
    const [agents, users] = [checking('okta.users.read', 'okta.agentPools.read'), checking('okta.users.read')];
    expect([without, agents, users].map((cost) => perHour(cost, '/api/v1/agentPools'))).toEqual([0, 4, 0]);
    expect(perHour(agents, '/api/v1/domains')).toBe(0);
    expect(agents.dollars - without.dollars).toBeLessThan(3);
  });

  it('requests to Okta are listed by rate-limit bucket, and those without a rate limit last', () => {
    const { byBucket, unlimited } = loadOf('example');
    const load = Object.entries(byBucket).map(([bucket, requestsPerHour]) => ({
      org: 'acme',
      bucket,
      requestsPerHour,
    }));
    expect(Object.keys(byBucket)).toContain('/oauth2/{id}/v1/token');
    expect(costOf('example').load).toEqual([...load, { org: 'acme', requestsPerHour: unlimited }]);
  });
});

it('the cost summary is a few aligned lines', () => {
  const cost = costOf('example');
  const { byBucket, unlimited } = loadOf('example');
  const limited = sum(Object.values(byBucket));
  const lines = costSummary(cost).split('\n');
  const note = 'list prices in us-east-1, without free tiers; npm run cost shows each item';
  expect(lines.map((line) => line.replace(/ {2,}/g, ' | '))).toEqual([
    `dollars per month | ${cost.dollars.toFixed(2)} | ${note}`,
    `custom metrics | ${cost.metrics}`,
    `alarms | ${cost.alarms}`,
    `invocations per month | ${cost.invocations.toLocaleString('en-US')}`,
    `requests to Okta per hour | ${limited + unlimited} | ${limited} of them count against rate limits`,
  ]);
  expect(new Set(lines.map((line) => /\d(?!.*\d)/.exec(line.slice(0, 34))?.index)).size).toBe(1);
});
