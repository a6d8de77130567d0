import { ArnFormat, CfnMapping, Duration, Stack } from 'aws-cdk-lib';
import {
  Alarm,
  DashboardVariable,
  DefaultValue,
  GraphWidget,
  type IWidget,
  MathExpression,
  type Metric,
  Values,
  VariableInputType,
  VariableType,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { type AlarmSubject, alarmName } from '../../functions/findings/alarm-subject.ts';
import { findingAlarms } from '../../functions/findings/finding-alarms.ts';
import { metricNamespace } from '../../functions/model/deployment.ts';
import { latenessSeries, type Series, silenceSeries } from '../../functions/model/series.ts';
import { consoleDomains } from '../../functions/notify/aws-console.ts';
import { seriesOf } from '../../functions/probes/series.ts';
import type { AlertTopics } from '../alarms/alert-topics.ts';
import type { RoutedAlarm } from '../alarms/routed-alarm.ts';
import type { MonitorFunction } from '../functions/monitor-function.ts';
import type { Notifier } from '../functions/notifier.ts';
import type { ProbeFunction } from '../functions/probe-function.ts';
import type { MonitoredOrg } from '../monitored-org.ts';
import { seriesMetric } from '../series-metric.ts';
import { axisOf, BoardWidget, grid, OutcomeTable, Page, titleOf } from './widgets.ts';

export interface OverviewDashboardProps {
  readonly dashboardName: string;
  readonly deployment: string;
  readonly orgs: readonly MonitoredOrg[];
  readonly functions: readonly ProbeFunction[];
  readonly notifiers: readonly Notifier[];
  readonly sweep: MonitorFunction;
  readonly widget: MonitorFunction;
  readonly topics: AlertTopics;
  /** The alarms about the monitor itself. */
  readonly alarms: readonly RoutedAlarm[];
}

/**
 * Stands for the selected org in every widget. The console replaces it by the value of the page's variable.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_dashboard_variables.html
 */
const selectedOrg = 'SELECTED_ORG';

/**
 * One page for the person on call, of the same size for one org and for a thousand: the worst orgs, then everything about
 * the org that is selected at the top, then the monitor itself.
 *
 * Graphs find their series by search. The schema of each search is that of a published series, so every published series
 * has a graph.
 */
export class OverviewDashboard extends Page {
  constructor(scope: Construct, id: string, props: OverviewDashboardProps) {
    const { dashboardName, deployment, orgs, functions, widget, alarms } = props;
    const { functionArn } = widget.lambda;
    const namespace = metricNamespace(deployment);
    super(scope, id, { dashboardName, variables: [orgVariable(namespace, orgs)] });
    this.addText(`# ${deployment}\nThe severity of the worst findings: 1 is a ticket, 2 is a page.`);
    this.addWidgets(new BoardWidget({ title: 'Who must act', functionArn, height: grid.height }));
    this.addWidgets(
      insights('Worst orgs', `SELECT MAX(Severity) FROM SCHEMA("${namespace}", Domain, Org) GROUP BY Org`),
      insights('By fault domain', `SELECT MAX(Severity) FROM SCHEMA("${namespace}", Domain, Org) GROUP BY Domain`),
    );
    this.addText(`# ${selectedOrg}\nSelect an org at the top of the page.`);
    this.addWidgets(
      new BoardWidget({ title: `${selectedOrg}: now`, functionArn, org: selectedOrg, height: 3 * grid.height }),
    );
    this.addAlarms(
      `${selectedOrg}: alarms`,
      commonSubjects.map((subject) => alarmByName(this, alarmName(subject, deployment))),
    );
    this.addWidgets(
      new OutcomeTable({
        org: selectedOrg,
        logGroupNames: functions.map(({ logGroupName }) => logGroupName),
        width: grid.width,
        height: grid.height,
      }),
    );
    this.addRows(searches(namespace, orgs), searchGraph);
    this.addText(
      '# Monitor\nThese graphs and alarms are about the monitor itself. They do not indicate an Okta problem.',
    );
    this.addAlarms(
      'Monitor: alarms',
      alarms.map(({ byName }) => byName),
    );
    this.addWidgets(...monitorGraphs(props));
  }
}

/** The alarms that every org has. */
const commonSubjects: readonly AlarmSubject[] = [
  ...findingAlarms.map((alarm) => ({ kind: 'findings', org: selectedOrg, ...alarm }) as const),
  { kind: 'not-running', org: selectedOrg },
];

function alarmByName(page: Page, name: string) {
  const arn = Stack.of(page).formatArn({
    ...{ service: 'cloudwatch', resource: 'alarm', resourceName: name },
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  return Alarm.fromAlarmArn(page, name, arn);
}

/** The orgs to choose from are those that have published a heartbeat in the last weeks. */
function orgVariable(namespace: string, [first]: readonly MonitoredOrg[]): DashboardVariable {
  return new DashboardVariable({
    id: 'org',
    label: 'Org',
    type: VariableType.PATTERN,
    value: selectedOrg,
    inputType: VariableInputType.SELECT,
    values: Values.fromSearch(`{${namespace},Org} MetricName="Retries"`, 'Org'),
    ...(first && { defaultValue: DefaultValue.value(first.org.name) }),
    visible: true,
  });
}

function insights(title: string, query: string): IWidget {
  return new GraphWidget({
    title,
    left: [
      new MathExpression({
        expression: `${query} ORDER BY MAX() DESC LIMIT 10`,
        period: Duration.minutes(1),
        label: '',
      }),
    ],
    leftYAxis: { min: 0, max: 2, showUnits: false },
    width: grid.width / 2,
    height: grid.height,
  });
}

interface Search {
  readonly series: Series;
  readonly expression: string;
}

/** A search for each metric that the orgs publish, with its dimensions. */
function searches(namespace: string, orgs: readonly MonitoredOrg[]): readonly Search[] {
  const found = new Map<string, Search>();
  for (const { org, plan } of orgs) {
    for (const series of seriesOf(org, plan)) {
      const { name, dimensions } = series.identity;
      const schema = [namespace, ...Object.keys(dimensions)].join(',');
      const expression = `SEARCH('{${schema}} MetricName="${name}" Org="${selectedOrg}"', '${series.definition.statistic}')`;
      found.set(expression, { series, expression });
    }
  }
  return [...found.values()];
}

function searchGraph({ series, expression }: Search, width: number): IWidget {
  return new GraphWidget({
    title: `${selectedOrg}: ${titleOf(series.identity.name)}`,
    left: [new MathExpression({ expression, label: '', period: Duration.minutes(1) })],
    leftYAxis: axisOf(series),
    width,
    height: grid.height,
  });
}

function monitorGraphs({
  deployment,
  functions,
  notifiers,
  sweep,
  widget,
  topics,
}: OverviewDashboardProps): readonly IWidget[] {
  const all: readonly MonitorFunction[] = [...functions, ...notifiers, sweep, widget];
  const size = { width: grid.width / grid.columns, height: grid.height };
  const graphOfAll = (title: string, metricOf: (each: MonitorFunction, label: string) => Metric) =>
    new GraphWidget({ title, left: all.map((each) => metricOf(each, each.name)), leftYAxis: { min: 0 }, ...size });
  const graphOfGroups = (title: string, label: string, seriesOfGroup: typeof latenessSeries, shown = functions) =>
    new GraphWidget({
      title,
      left: shown.map(({ group }) => {
        const { identity, definition } = seriesOfGroup(group, deployment);
        return seriesMetric({ identity, statistic: definition.statistic, intervalMinutes: 1, label: group });
      }),
      leftYAxis: { min: 0, label, showUnits: false },
      ...size,
    });
  return [
    graphOfAll('Errors', ({ lambda }, label) => lambda.metricErrors({ label })),
    graphOfAll('Throttles', ({ lambda }, label) => lambda.metricThrottles({ label })),
    graphOfAll('Duration', ({ lambda }, label) => lambda.metricDuration({ label })),
    graphOfGroups('Lateness', 'seconds', latenessSeries),
    // The sweep does not count flows: each org has a heartbeat for them.
    graphOfGroups(
      'Silent schedules',
      'orgs',
      silenceSeries,
      functions.filter(({ group }) => group !== 'flows'),
    ),
    new GraphWidget({
      title: 'Messages',
      left: notifiers.flatMap(({ route }) => [
        topics.people[route].metricNumberOfNotificationsDelivered({ label: `${route}s delivered` }),
        topics.people[route].metricNumberOfNotificationsFailed({ label: `${route}s failed` }),
      ]),
      leftYAxis: { min: 0 },
      ...size,
    }),
  ];
}

/**
 * The console URL of a dashboard. The name is fixed, so this does not refer to the resource.
 *
 * CloudFormation looks up the console's domain, because the partition may be known only when it deploys. It refuses to
 * deploy to a partition whose console is not in the table.
 */
export function dashboardUrl(scope: Construct, name: string): string {
  const { region, partition } = Stack.of(scope);
  const mapping = Object.fromEntries(Object.entries(consoleDomains).map(([each, domain]) => [each, { domain }]));
  const domain = new CfnMapping(scope, 'Consoles', { mapping }).findInMap(partition, 'domain');
  return `https://${region}.${domain}/cloudwatch/home?region=${region}#dashboards/dashboard/${name}`;
}
