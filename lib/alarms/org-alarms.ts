import { Duration } from 'aws-cdk-lib';
import { CfnAlarmMuteRule, ComparisonOperator, MathExpression, type Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { FindingDefinition } from '../../functions/findings/definition.ts';
import { type FindingAlarm, findingAlarms, runsToAlarm, windowRuns } from '../../functions/findings/finding-alarms.ts';
import { paces } from '../../functions/findings/slo.ts';
import { healthFindings } from '../../functions/findings/tables/health.ts';
import { oktaFindings } from '../../functions/findings/tables/okta.ts';
import { composedName } from '../../functions/model/deployment.ts';
import type { Route } from '../../functions/model/finding.ts';
import { severityLevels } from '../../functions/model/finding.ts';
import { probeSeries, retriesSeries, severitySeries, sharedMetrics } from '../../functions/model/series.ts';
import type { Config, Maintenance } from '../config/schema.ts';
import { type MonitoredOrg, planOf } from '../monitored-org.ts';
import { seriesMetric } from '../series-metric.ts';
import type { AlertTargets } from './alert-topics.ts';
import { BurnRateAlarm } from './burn-rate-alarms.ts';
import { RoutedAlarm, type RoutedAlarmProps } from './routed-alarm.ts';

/** All alarms about one org: one for each fault domain and severity, one for each negative test, its heartbeat, and those of its error budget. */
export class OrgAlarms extends Construct {
  readonly alarms: readonly (RoutedAlarm | BurnRateAlarm)[];

  constructor(
    scope: Construct,
    id: string,
    targets: AlertTargets,
    monitored: MonitoredOrg,
    routes: Config['alerts']['routes'],
  ) {
    super(scope, id);
    const definitions = [
      ...findingAlarms.map((alarm) => findings(monitored, alarm, routes[alarm.domain] ?? alarm.severity)),
      notRunning(monitored),
      ...probesFailing(monitored),
    ];
    const host = monitored.org.domain;
    const { slo } = monitored.org;
    this.alarms = [
      ...definitions.map((definition) => new RoutedAlarm(this, targets, { host, ...definition })),
      ...(slo ? paces.map((pace) => new BurnRateAlarm(this, targets, { monitored, slo, pace })) : []),
    ];
  }
}

const { 'announced-incident': announced } = oktaFindings;

const longestWindowMinutes = 60;

/**
 * One alarm for all findings of a fault domain and severity, from any probe of any group.
 *
 * Trap: the window is longer than the alarm needs to fire. Otherwise an endpoint that fails every second time would be
 * a new incident each time. The alarm resolves only when the window contains fewer than M bad runs. The window has at
 * least twice as many runs as the alarm needs, so an endpoint that fails every second time keeps it firing.
 */
function findings(monitored: MonitoredOrg, alarm: FindingAlarm, route: Route): RoutedAlarmProps {
  const { name: org } = monitored.org;
  const { domain, severity } = alarm;
  const datapointsToAlarm = runsToAlarm(alarm);
  return {
    subject: { kind: 'findings', org, domain, severity },
    route,
    delivery: 'notifier',
    ...breachingRuns[severity](severityMetric(monitored, alarm)),
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    datapointsToAlarm,
    evaluationPeriods: runsInWindow(monitored, alarm, datapointsToAlarm),
    treatMissingData: {
      as: severity === 'page' ? 'notBreaching' : 'ignore',
      heartbeat: { kind: 'not-running', org },
    },
  };
}

/** Whether the alarm is for one of these findings. */
function isOf(table: Readonly<Record<string, FindingDefinition>>, { domain, severity }: FindingAlarm): boolean {
  return Object.values(table).some((each) => each.domain === domain && each.severity === severity);
}

/**
 * How many runs of the flows the window has. The journey, the System Log and the health checks may run more rarely and add to
 * the same series, so the window has room for as many of their runs as the alarm needs. Where health checks find nothing of
 * their own, the alarms stay as quick as they are.
 */
function runsInWindow(monitored: MonitoredOrg, alarm: FindingAlarm, datapointsToAlarm: number): number {
  const { flows } = monitored.intervalMinutes;
  const roomFor = (group: 'journey' | 'system-log' | 'health' | 'status') =>
    planOf(monitored, group).length > 0 ? Math.ceil((datapointsToAlarm * monitored.intervalMinutes[group]) / flows) : 0;
  return Math.max(
    ...[2 * datapointsToAlarm, Math.min(windowRuns, Math.round(longestWindowMinutes / flows))],
    ...[roomFor('journey'), roomFor('system-log'), ...(isOf(healthFindings, alarm) ? [roomFor('health')] : [])],
    // The only finding of that group that is told.
    ...(isOf({ announced }, alarm) ? [roomFor('status')] : []),
  );
}

/**
 * Which runs count as bad, by severity.
 *
 * Trap: while a domain has a page finding, its ticket alarm gets no points and keeps its state. The page already
 * reports the domain, and people would believe a ticket that resolved in the middle of an outage.
 */
const breachingRuns: Readonly<Record<Route, (metric: Metric) => Pick<RoutedAlarmProps, 'metric' | 'threshold'>>> = {
  page: (metric) => ({ metric, threshold: severityLevels.ticket }),
  ticket: (metric) => ({
    metric: new MathExpression({
      expression: `IF(m1 < ${severityLevels.page}, m1)`,
      usingMetrics: { m1: metric },
      period: metric.period,
      label: 'ticket',
    }),
    threshold: severityLevels.info,
  }),
};

function severityMetric({ org, intervalMinutes }: MonitoredOrg, { domain }: FindingAlarm) {
  const { identity, definition } = severitySeries(org, domain);
  return seriesMetric({ identity, statistic: definition.statistic, intervalMinutes: intervalMinutes.flows });
}

/**
 * The org's heartbeat. It counts the points of a series to which every run of the flows adds one.
 *
 * Although it evaluates one period, CloudWatch looks back over three. One lost run does not fire it, and neither do
 * points that arrive two minutes after the minute that they carry, because their run started late in it; three minutes
 * without any do.
 */
function notRunning({ org, intervalMinutes }: MonitoredOrg): RoutedAlarmProps {
  return {
    subject: { kind: 'not-running', org: org.name },
    route: 'page',
    delivery: 'notifier',
    metric: seriesMetric({
      identity: retriesSeries(org).identity,
      statistic: 'SampleCount',
      intervalMinutes: intervalMinutes.flows,
    }),
    threshold: 1,
    comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
    datapointsToAlarm: 1,
    evaluationPeriods: 1,
    treatMissingData: 'breaching',
  };
}

/** Negative tests are opt-in and run rarely, so each has its own series and its own alarm. */
function probesFailing(monitored: MonitoredOrg): readonly RoutedAlarmProps[] {
  return planOf(monitored, 'negative-tests').map((planned) => {
    const { id: probe } = planned.probe;
    const success = probeSeries(monitored.org, planned).find(({ definition }) => definition === sharedMetrics.Success);
    if (!success) throw new Error(`the negative test ${probe} publishes no Success metric to alarm on`);
    return {
      subject: { kind: 'probe-failing', org: monitored.org.name, probe },
      route: 'ticket',
      delivery: 'notifier',
      metric: seriesMetric({
        identity: success.identity,
        statistic: success.definition.statistic,
        intervalMinutes: monitored.intervalMinutes['negative-tests'],
      }),
      threshold: 1,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      datapointsToAlarm: 2,
      evaluationPeriods: 3,
      treatMissingData: { as: 'notBreaching', heartbeat: { kind: 'group-not-running', group: 'negative-tests' } },
    };
  });
}

export interface MaintenanceWindowsProps {
  readonly deployment: string;
  readonly org: string;
  /** The windows of the configuration. Those of other orgs are left out. */
  readonly windows: readonly Maintenance[];
  readonly alarms: readonly (RoutedAlarm | BurnRateAlarm)[];
}

/**
 * Mutes an org's alarms during maintenance. Alarms about the monitor itself, and the org's heartbeat, still notify:
 * maintenance of Okta does not stop the monitor.
 *
 * Trap: only the actions are muted. An alarm that is still firing when a window ends notifies people then.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-mute-rules.html
 */
export class MaintenanceWindows extends Construct {
  constructor(scope: Construct, id: string, { deployment, org, windows, alarms }: MaintenanceWindowsProps) {
    super(scope, id);
    const muted = alarms.filter(({ subject }) => subject.kind !== 'not-running');
    const own = windows.filter(({ orgs }) => orgs?.includes(org) ?? true);
    for (const { name, schedule, durationMinutes, timeZone } of own) {
      new CfnAlarmMuteRule(this, name, {
        name: composedName(deployment, name, org),
        description: `Maintenance of ${org}`,
        rule: {
          schedule: {
            expression: schedule,
            duration: Duration.minutes(durationMinutes).toIsoString(),
            timezone: timeZone,
          },
        },
        // References, because CloudWatch mutes only alarms that already exist.
        muteTargets: { alarmNames: muted.map(({ alarmName }) => alarmName) },
      });
    }
  }
}
