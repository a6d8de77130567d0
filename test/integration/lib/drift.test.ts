import { beforeAll, describe, expect, it } from 'vitest';
import type { MetricIdentity } from '../../../functions/model/metric.ts';
import { bundle, type Entry } from '../../../lib/functions/bundle.ts';
import { openSimulation } from '../../../local/simulator/open-simulation.ts';
import { type Synthesized, samples } from '../../support/synthesized.ts';

/** The full identity of a series, as text: CloudWatch finds no data if any part differs. */
function identityOf({ namespace, name, dimensions }: MetricIdentity): string {
  const sorted = Object.entries(dimensions).toSorted(([a], [b]) => a.localeCompare(b));
  return `${namespace} ${name} ${sorted.map(([key, value]) => `${key}=${value}`).join(' ')}`;
}

/** The series that CloudWatch receives when every schedule of the template invokes its built function once. */
async function publishedBy({ text }: Synthesized): Promise<ReadonlySet<string>> {
  const bundleOf = (entry: string) => bundle(entry as Entry).file;
  await using simulation = await openSimulation({ template: JSON.parse(text), bundleOf });
  const { points, runs } = await simulation.tick();
  expect(runs.filter(({ status }) => status !== 'succeeded')).toEqual([]);
  return new Set(points.flatMap(({ identity, source }) => (source === 'api' ? identityOf(identity) : [])));
}

/** The body of the dashboard, with placeholders for CloudFormation's values. */
function dashboardOf(sample: Synthesized) {
  const [dashboard] = sample.ofType('AWS::CloudWatch::Dashboard');
  const parts: readonly unknown[] = dashboard?.Properties.DashboardBody['Fn::Join'][1];
  return JSON.parse(parts.map((part) => (typeof part === 'string' ? part : 'token')).join('')) as {
    widgets: { type: string; x: number; y: number; width: number; height: number; properties: Properties }[];
  };
}

interface Properties {
  readonly metrics?: readonly (readonly unknown[])[];
  readonly alarms?: readonly unknown[];
  readonly query?: string;
}

function graphedSeries(sample: Synthesized): readonly string[] {
  const rows = dashboardOf(sample).widgets.flatMap(({ properties }) => properties.metrics ?? []);
  return rows.map((row) => {
    const [namespace, name, ...rest] = row.filter((part) => typeof part === 'string');
    const dimensions: Record<string, string> = {};
    for (let i = 0; i + 1 < rest.length; i += 2) dimensions[rest[i] ?? ''] = rest[i + 1] ?? '';
    return identityOf({ namespace: namespace ?? '', name: name ?? '', dimensions });
  });
}

interface AlarmedMetric {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions: readonly { readonly Name: string; readonly Value: string }[];
}

function alarmedSeries(sample: Synthesized): readonly string[] {
  const metrics: readonly AlarmedMetric[] = sample
    .ofType('AWS::CloudWatch::Alarm')
    .flatMap(({ Properties: alarm }) =>
      alarm.Metrics
        ? alarm.Metrics.flatMap(
            ({ MetricStat }: { MetricStat?: { Metric: AlarmedMetric } }) => MetricStat?.Metric ?? [],
          )
        : [alarm],
    );
  return metrics.map(({ Namespace, MetricName, Dimensions }) =>
    identityOf({
      namespace: Namespace,
      name: MetricName,
      dimensions: Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value])),
    }),
  );
}

const isPublishedByProbes = (series: string) => !series.startsWith('AWS/');

/** Not the full sample: the Okta emulator does not have its servers. */
const { minimal, example } = samples;

describe.each(Object.entries({ minimal, example }))('the series of the %s configuration', (name, sample) => {
  if (!sample) throw new Error(`the sample ${name} is missing`);
  let published: ReadonlySet<string>;
  beforeAll(async () => {
    published = await publishedBy(sample);
  });

  it(`the ${name} dashboard graphs each published series once, and no others`, () => {
    expect(graphedSeries(sample).filter(isPublishedByProbes).toSorted()).toEqual([...published].toSorted());
  });

  it(`every series in an alarm of the ${name} stack is published`, () => {
    for (const series of alarmedSeries(sample).filter(isPublishedByProbes)) expect(published).toContain(series);
  });
});

describe.each(Object.entries(samples))('the dashboard of the %s configuration', (sampleName, sample) => {
  it(`the ${sampleName} dashboard shows every alarm`, () => {
    const shown = dashboardOf(sample).widgets.flatMap(({ properties }) => properties.alarms ?? []);
    expect(shown).toHaveLength(sample.ofType('AWS::CloudWatch::Alarm').length);
  });

  it(`the ${sampleName} dashboard queries the outcomes of each org from the logs of its functions`, () => {
    const queries = dashboardOf(sample).widgets.flatMap(({ properties: { query = [] } }) => query);
    const logs = sample.ofType('AWS::Logs::LogGroup').map(({ Properties }) => Properties.LogGroupName);
    expect(queries).toHaveLength(sample.config.orgs.length);
    for (const [index, { name }] of sample.config.orgs.entries()) {
      const [, ...sources] = (queries[index] ?? '').split("SOURCE '");
      expect(sources.length).toBeGreaterThan(0);
      for (const source of sources) expect(logs).toContain(source.slice(0, source.indexOf("'")));
      expect(queries[index]).toContain(`filter type = "outcome" and org = "${name}"`);
    }
  });

  it(`the widgets of the ${sampleName} dashboard fit the grid and do not overlap`, () => {
    const taken = new Set<string>();
    for (const { x, y, width, height } of dashboardOf(sample).widgets) {
      expect(x + width).toBeLessThanOrEqual(24);
      for (let column = x; column < x + width; column++) {
        for (let row = y; row < y + height; row++) {
          expect(taken).not.toContain(`${column},${row}`);
          taken.add(`${column},${row}`);
        }
      }
    }
  });
});
