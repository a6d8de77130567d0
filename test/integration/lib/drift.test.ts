import { beforeAll, describe, expect, test } from 'vitest';
import type { MetricIdentity } from '../../../functions/model/metric.ts';
import { bundle, type Entry } from '../../../lib/functions/bundle.ts';
import { openSimulation } from '../../../local/simulator/open-simulation.ts';
import { type Synthesized, samples } from '../../support/synthesized.ts';

/** One text for a series: everything that must agree for CloudWatch to find it. */
function nameOf({ namespace, name, dimensions }: MetricIdentity): string {
  const sorted = Object.entries(dimensions).toSorted(([a], [b]) => a.localeCompare(b));
  return `${namespace} ${name} ${sorted.map(([key, value]) => `${key}=${value}`).join(' ')}`;
}

/** What the built functions publish when the template's schedules call all of them: as CloudWatch receives it. */
async function publishedBy({ text }: Synthesized): Promise<ReadonlySet<string>> {
  const bundleOf = (entry: string) => bundle(entry as Entry).file;
  await using rehearsal = await openSimulation({ template: JSON.parse(text), bundleOf });
  const { points, runs } = await rehearsal.tick();
  expect(runs.filter(({ status }) => status !== 'succeeded')).toEqual([]);
  return new Set(points.flatMap(({ identity, source }) => (source === 'api' ? nameOf(identity) : [])));
}

/** The dashboard's body, with words in place of what CloudFormation fills in. */
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

function graphed(sample: Synthesized): readonly string[] {
  const rows = dashboardOf(sample).widgets.flatMap(({ properties }) => properties.metrics ?? []);
  return rows.map((row) => {
    const [namespace, name, ...rest] = row.filter((part) => typeof part === 'string');
    const dimensions: Record<string, string> = {};
    for (let i = 0; i + 1 < rest.length; i += 2) dimensions[rest[i] ?? ''] = rest[i + 1] ?? '';
    return nameOf({ namespace: namespace ?? '', name: name ?? '', dimensions });
  });
}

interface AlarmedMetric {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions: readonly { readonly Name: string; readonly Value: string }[];
}

function alarmed(sample: Synthesized): readonly string[] {
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
    nameOf({
      namespace: Namespace,
      name: MetricName,
      dimensions: Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value])),
    }),
  );
}

const ours = (name: string) => !name.startsWith('AWS/');

/** The full sample has servers that the embedded Okta has not. */
const { minimal, example } = samples;

describe.each(Object.entries({ minimal, example }))('with the %s configuration', (_, sample) => {
  if (!sample) throw new Error('a sample is missing');
  let published: ReadonlySet<string>;
  beforeAll(async () => {
    published = await publishedBy(sample);
  });

  test('what is published is what is graphed, each series once', () => {
    expect(graphed(sample).filter(ours).toSorted()).toEqual([...published].toSorted());
  });

  test('what is alarmed upon is published', () => {
    for (const name of alarmed(sample).filter(ours)) expect(published).toContain(name);
  });
});

describe.each(Object.entries(samples))('with the %s configuration', (_, sample) => {
  test('the dashboard shows every alarm', () => {
    const shown = dashboardOf(sample).widgets.flatMap(({ properties }) => properties.alarms ?? []);
    expect(shown).toHaveLength(sample.ofType('AWS::CloudWatch::Alarm').length);
  });

  test('the dashboard asks the logs of the functions that there are how each probe of each org fares', () => {
    const queries = dashboardOf(sample).widgets.flatMap(({ properties: { query = [] } }) => query);
    const logs = sample.ofType('AWS::Logs::LogGroup').map(({ Properties }) => Properties.LogGroupName);
    expect(queries).toHaveLength(sample.config.orgs.length);
    for (const [index, { name }] of sample.config.orgs.entries()) {
      const [, ...asked] = (queries[index] ?? '').split("SOURCE '");
      expect(asked.length).toBeGreaterThan(0);
      for (const source of asked) expect(logs).toContain(source.slice(0, source.indexOf("'")));
      expect(queries[index]).toContain(`filter type = "outcome" and org = "${name}"`);
    }
  });

  test("the dashboard's widgets lie within the grid and do not overlap", () => {
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
