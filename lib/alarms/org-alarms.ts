import { MathExpression, type Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { type FindingAlarm, findingAlarms } from '../../functions/alarms/finding-alarms.ts';
import type { Route } from '../../functions/alarms/subject.ts';
import { severityLevels } from '../../functions/model/finding.ts';
import { sharedMetrics } from '../../functions/model/shared-metrics.ts';
import { probeSeries, retriesSeries, severitySeries } from '../../functions/probes/series.ts';
import type { Config } from '../config/schema.ts';
import { type MonitoredOrg, planOf } from '../monitored-org.ts';
import { seriesMetric } from '../series-metric.ts';
import type { AlertTopics } from './alert-topics.ts';
import { findingsMeaning } from './findings-meaning.ts';
import { RoutedAlarm, type RoutedAlarmProps } from './routed-alarm.ts';

/** Everything that alarms about one org: what was found there, by who must act, and whether anybody still looks. */
export class OrgAlarms extends Construct {
  readonly alarms: readonly RoutedAlarm[];

  constructor(
    scope: Construct,
    id: string,
    topics: AlertTopics,
    watched: MonitoredOrg,
    routes: Config['alerts']['routes'],
  ) {
    super(scope, id);
    const definitions = [
      ...findingAlarms.map((urgency) => findings(watched, urgency, routes[urgency.domain] ?? urgency.severity)),
      notRunning(watched),
      ...contractsBroken(watched),
    ];
    this.alarms = definitions.map((definition) => new RoutedAlarm(this, topics, definition));
  }
}

/** How many runs must be bad. A page may not wait; one lost connection is the network's everyday noise. */
function runsToAlarm({ domain, severity }: FindingAlarm): number {
  if (severity === 'ticket') return 4;
  return domain === 'network' ? 3 : 2;
}

/** Minutes in which the bad runs are counted, where that is long enough. */
const windowMinutes = 10;

/**
 * One alarm for what a fault domain's findings of one severity do, whichever probe of whichever group found them.
 *
 * Trap: the window is longer than the alarm needs to rise. It is what keeps an endpoint that comes and goes from being
 * an incident each time: the alarm is over only when the window holds less than M bad runs. Of twice as many runs as
 * it needs, half are bad where every second one is.
 */
function findings(watched: MonitoredOrg, urgency: FindingAlarm, route: Route): RoutedAlarmProps {
  const { name: org, domain: host } = watched.org;
  const { domain, severity } = urgency;
  const datapointsToAlarm = runsToAlarm(urgency);
  return {
    subject: { kind: 'findings', org, domain, severity },
    description: findingsMeaning(urgency, host),
    runbook: `fault-domain-${domain}`,
    route,
    delivery: 'message',
    ...watchedBy[severity](severityMetric(watched, urgency)),
    datapointsToAlarm,
    evaluationPeriods: Math.max(2 * datapointsToAlarm, Math.round(windowMinutes / watched.intervalMinutes.flows)),
    treatMissingData: {
      taken: severity === 'page' ? 'for good' : 'for no news',
      heartbeat: { kind: 'not-running', org },
    },
  };
}

type Watch = Pick<RoutedAlarmProps, 'metric' | 'condition'>;

/**
 * What counts as bad, by severity.
 *
 * Trap: while a page's finding stands, the ticket has no points, and keeps its state: the page tells of the domain
 * already, and a ticket that recovered in the middle of an outage would be believed.
 */
const watchedBy: Readonly<Record<Route, (metric: Metric) => Watch>> = {
  page: (metric) => ({ metric, condition: { above: severityLevels.ticket } }),
  ticket: (metric) => ({
    metric: new MathExpression({
      expression: `IF(m1 < ${severityLevels.page}, m1)`,
      usingMetrics: { m1: metric },
      period: metric.period,
      label: 'ticket',
    }),
    condition: { above: severityLevels.info },
  }),
};

function severityMetric({ org, intervalMinutes }: MonitoredOrg, { domain }: FindingAlarm) {
  const { identity, definition } = severitySeries(org.name, domain);
  return seriesMetric({ identity, statistic: definition.statistic, intervalMinutes: intervalMinutes.flows });
}

/**
 * The heartbeat: a run always has a point of this series.
 *
 * CloudWatch looks back for three periods where one is asked for, so one lost run, or points that are two minutes
 * late, are nothing to it; three minutes of silence are.
 */
function notRunning({ org, intervalMinutes }: MonitoredOrg): RoutedAlarmProps {
  return {
    subject: { kind: 'not-running', org: org.name },
    description: `The probes of ${org.domain} no longer run, so nothing is known of sign-in there and its other alarms are blind: the team that runs this monitor must act.`,
    runbook: 'monitor-not-running',
    route: 'page',
    delivery: 'message',
    metric: seriesMetric({
      identity: retriesSeries(org.name).identity,
      statistic: 'SampleCount',
      intervalMinutes: intervalMinutes.flows,
    }),
    condition: { below: 1 },
    datapointsToAlarm: 1,
    evaluationPeriods: 1,
    treatMissingData: 'bad',
  };
}

/** A contract is rare and opt-in: it has a series and an alarm to itself. */
function contractsBroken(watched: MonitoredOrg): readonly RoutedAlarmProps[] {
  return planOf(watched, 'negative-tests').flatMap((planned) => {
    const { probe } = planned;
    const success = probeSeries(planned).find(({ definition }) => definition === sharedMetrics.Success);
    if (!success) throw new Error(`the contract ${probe.id} has no series to alarm on`);
    return {
      subject: { kind: 'probe', org: watched.org.name, probe: probe.id },
      description: `${watched.org.domain} no longer refuses what it must refuse, or did not answer ("${probe.question}"): the org's Okta administrators must act.`,
      runbook: 'negative-test-failed',
      route: 'ticket',
      delivery: 'message',
      metric: seriesMetric({
        identity: success.identity,
        statistic: success.definition.statistic,
        intervalMinutes: watched.intervalMinutes['negative-tests'],
      }),
      condition: { below: 1 },
      datapointsToAlarm: 2,
      evaluationPeriods: 3,
      treatMissingData: { taken: 'for good', heartbeat: { kind: 'monitor', id: 'negative-tests-not-running' } },
    };
  });
}
