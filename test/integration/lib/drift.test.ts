import { beforeAll, describe, expect, it } from 'vitest';
import type { MetricIdentity } from '../../../functions/model/metric.ts';
import { bundle } from '../../../lib/functions/bundle.ts';
import type { Entry } from '../../../lib/functions/entries.ts';
import { Simulation } from '../../../local/lab/simulation/simulation.ts';
import { synthesize } from '../../../local/self-hosted/synthesize.ts';
import { buildConfig, minimalOrg } from '../../support/build-config.ts';
import { type Sample, type Synthesized, samples, synthesizedOf } from '../../support/synthesized.ts';

/** The full identity of a series, as text: CloudWatch finds no data if any part differs. */
function identityOf({ namespace, name, dimensions }: MetricIdentity): string {
  const sorted = Object.entries(dimensions).toSorted(([a], [b]) => a.localeCompare(b));
  return `${namespace} ${name} ${sorted.map(([key, value]) => `${key}=${value}`).join(' ')}`;
}

/** A reading that would be late is left out, so a busy machine takes more minutes. Only a series that nothing publishes takes all. */
const mostMinutes = 60;

/**
 * The series that CloudWatch receives when every schedule of the template invokes its built function once, and again until
 * every viewed series exists.
 */
async function publishedBy({ text }: Synthesized, wanted: readonly string[]): Promise<ReadonlySet<string>> {
  const bundleOf = (entry: string) => bundle(entry as Entry).file;
  await using simulation = await Simulation.open({ template: JSON.parse(text), bundleOf });
  const published = new Set<string>();
  for (let minute = 0; minute < mostMinutes && !wanted.every((series) => published.has(series)); minute += 1) {
    const { points, runs } = await simulation.tick();
    expect(runs.filter(({ status }) => status !== 'succeeded')).toEqual([]);
    for (const { identity, source } of points) {
      // What the notifiers count is published by their logs only. Of the others, the log is what is left if AWS refuses.
      if (source === 'api' || identity.name === 'Unconfirmed') published.add(identityOf(identity));
    }
  }
  return published;
}

interface DashboardBody {
  readonly variables?: readonly { readonly pattern?: string; readonly defaultValue?: string }[];
  readonly widgets: readonly {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
    readonly properties: Properties;
  }[];
}

interface Properties {
  readonly metrics?: readonly (readonly (string | { readonly expression?: string })[])[];
  readonly alarms?: readonly string[];
  readonly query?: string;
}

/** The bodies of the dashboards by the org that they are about, with placeholders for CloudFormation's values. */
function dashboardsOf(sample: Synthesized): Readonly<Record<string, DashboardBody>> {
  const withPlaceholders = (parts: readonly unknown[]) =>
    parts.map((part) => (typeof part === 'string' ? part : 'token')).join('');
  return Object.fromEntries(
    sample.ofType('AWS::CloudWatch::Dashboard').map(({ Properties }) => {
      const name = withPlaceholders(Properties.DashboardName['Fn::Join'][1]);
      const org = name.replace(/^okta-synthetics-token_?/, '') || 'overview';
      return [org, JSON.parse(withPlaceholders(Properties.DashboardBody['Fn::Join'][1]))];
    }),
  );
}

/** The series that a page graphs by name. */
function graphedSeries({ widgets }: DashboardBody): readonly string[] {
  const rows = widgets.flatMap(({ properties }) => properties.metrics ?? []);
  return rows.flatMap((row) => {
    const [namespace, name, ...rest] = row.filter((part) => typeof part === 'string');
    if (namespace === undefined || name === undefined) return [];
    const dimensions: Record<string, string> = {};
    for (let i = 0; i + 1 < rest.length; i += 2) dimensions[rest[i] ?? ''] = rest[i + 1] ?? '';
    return [identityOf({ namespace, name, dimensions })];
  });
}

/** Namespace, name and dimensions of the series that a page searches for, without the values of the dimensions. */
function searchedSchemas({ widgets }: DashboardBody): readonly string[] {
  const expressions = widgets.flatMap(({ properties }) =>
    (properties.metrics ?? []).flatMap((row) =>
      row.flatMap((part) => (typeof part === 'string' ? [] : (part.expression ?? []))),
    ),
  );
  return expressions.flatMap((expression) => {
    const pattern = /^SEARCH\('\{([^}]+)\} MetricName="(\w+)" Org="SELECTED_ORG"', '\w+'\)$/;
    const [, schema, name] = pattern.exec(expression) ?? [];
    return schema && name ? [`${schema} ${name}`] : [];
  });
}

/** The terms by which a search finds a series, whose identity is as `identityOf` writes it. */
function schemaOf(series: string): string {
  const [namespace, name, ...dimensions] = series.split(' ');
  return `${[namespace, ...dimensions.map((each) => each.split('=')[0])].join(',')} ${name}`;
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
const isOfAnOrg = (series: string) => series.includes(' Org=');
/** Alarms watch it, and a graph of it would show nothing else. */
const isOnlyWatched = (series: string) => series.includes(' Unconfirmed ');

/** The series on the pages of a configuration whose orgs all have one. */
function seriesOnPages({ config }: Sample): readonly string[] {
  const { template } = synthesize({ ...config, orgs: config.orgs.map((org) => ({ ...org, dashboard: true })) });
  const { overview, ...pages } = dashboardsOf(synthesizedOf(template));
  return Object.values(pages).flatMap(graphedSeries);
}

/** Not the full sample: the Okta emulator does not have its servers. */
const { minimal, example } = samples;

describe.each(Object.entries({ minimal, example }))('the series of the %s configuration', (name, sample) => {
  if (!sample) throw new Error(`the sample ${name} is missing`);
  const onPages = seriesOnPages(sample);
  const alarmed = alarmedSeries(sample).filter(isPublishedByProbes);
  let published: ReadonlySet<string>;
  beforeAll(async () => {
    published = await publishedBy(sample, [...onPages, ...alarmed]);
  });

  it(`the ${name} overview searches for each metric that orgs publish once, and for no others`, () => {
    const { overview } = dashboardsOf(sample);
    const schemas = new Set([...published].filter(isOfAnOrg).map(schemaOf));
    expect(overview && searchedSchemas(overview).toSorted()).toEqual([...schemas].toSorted());
  });

  it(`the ${name} overview graphs each series that is about the monitor and no org once, and no others`, () => {
    const { overview } = dashboardsOf(sample);
    const own = [...published].filter((series) => !isOfAnOrg(series) && !isOnlyWatched(series));
    expect(own.length).toBeGreaterThan(0);
    expect(overview && graphedSeries(overview).filter(isPublishedByProbes).toSorted()).toEqual(own.toSorted());
  });

  it(`the pages of the orgs of the ${name} configuration graph each published series of an org once, and no others`, () => {
    expect(onPages.toSorted()).toEqual([...published].filter(isOfAnOrg).toSorted());
  });

  it(`every series in an alarm of the ${name} stack is published`, () => {
    for (const series of alarmed) expect(published).toContain(series);
  });
});

describe.each(Object.entries(samples))('the dashboards of the %s configuration', (sampleName, sample) => {
  const { overview, ...pages } = dashboardsOf(sample);
  if (!overview) throw new Error('there is no overview');
  // The windows of a composite alarm are on no page.
  const alarmNames: readonly string[] = [
    ...sample.ofType('AWS::CloudWatch::Alarm'),
    ...sample.ofType('AWS::CloudWatch::CompositeAlarm'),
  ]
    .filter(({ Metadata }) => Metadata?.Composite === undefined)
    .map(({ Properties }) => Properties.AlarmName);
  const shownOn = ({ widgets }: DashboardBody) =>
    widgets.flatMap(({ properties }) => properties.alarms ?? []).map((arn) => arn.replace(/^.*:alarm:/, ''));

  it(`the ${sampleName} overview shows the monitor's own alarms, and the alarms that every org has`, () => {
    const ofOrgs = sample.config.orgs.map(({ name }) =>
      alarmNames
        .filter((each) => each.startsWith(`okta-synthetics/${name}/`))
        .map((each) => each.replace(`/${name}/`, '/SELECTED_ORG/')),
    );
    const shown = shownOn(overview);
    const [common, own] = [
      shown.filter((each) => each.includes('/SELECTED_ORG/')),
      alarmNames.filter((each) => each.startsWith('okta-synthetics/monitor/')),
    ];
    expect(common.length).toBeGreaterThan(0);
    for (const names of ofOrgs) expect(names).toEqual(expect.arrayContaining(common));
    expect(shown.filter((each) => !common.includes(each))).toEqual(own);
  });

  it(`the page of an org of the ${sampleName} configuration shows all of its alarms, if it has a page`, () => {
    expect(Object.keys(pages)).toEqual(sample.config.orgs.filter(({ dashboard }) => dashboard).map(({ name }) => name));
    for (const [org, page] of Object.entries(pages)) {
      expect(shownOn(page)).toEqual(alarmNames.filter((each) => each.startsWith(`okta-synthetics/${org}/`)));
    }
  });

  it(`the ${sampleName} dashboards query the outcomes of an org from the logs of its functions`, () => {
    const logs = sample.ofType('AWS::Logs::LogGroup').map(({ Properties }) => Properties.LogGroupName);
    for (const [org, page] of Object.entries({ SELECTED_ORG: overview, ...pages })) {
      const [query = '', ...others] = page.widgets.flatMap(({ properties }) => properties.query ?? []);
      const [, ...sources] = query.split("SOURCE '");
      expect(others).toEqual([]);
      expect(sources.length).toBeGreaterThan(0);
      for (const source of sources) expect(logs).toContain(source.slice(0, source.indexOf("'")));
      expect(query).toContain(`filter type = "outcome" and org = "${org}"`);
    }
  });

  it(`the ${sampleName} overview has a variable for the org, which is an org of the configuration at first`, () => {
    const [variable, ...others] = overview.variables ?? [];
    expect(others).toEqual([]);
    expect(variable?.pattern).toBe('SELECTED_ORG');
    expect(sample.config.orgs.map(({ name }) => name)).toContain(variable?.defaultValue);
  });

  it(`the widgets of the ${sampleName} dashboards fit the grid and do not overlap`, () => {
    for (const { widgets } of [overview, ...Object.values(pages)]) {
      const taken = new Set<string>();
      for (const { x, y, width, height } of widgets) {
        expect(x + width).toBeLessThanOrEqual(24);
        for (let column = x; column < x + width; column++) {
          for (let row = y; row < y + height; row++) {
            expect(taken).not.toContain(`${column},${row}`);
            taken.add(`${column},${row}`);
          }
        }
      }
    }
  });
});

it('the overview has as many widgets for twenty orgs as for one', () => {
  const orgs = Array.from({ length: 20 }, (_, at) => ({ ...minimalOrg, name: `org-${at}` }));
  const [one, twenty] = [[minimalOrg], orgs].map(
    (each) => dashboardsOf(synthesizedOf(synthesize(buildConfig({ orgs: each })).template)).overview?.widgets.length,
  );
  expect(twenty).toBe(one);
});
