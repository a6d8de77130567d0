import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { headroomLevels as levels } from '../functions/diagnosis/warnings-of.ts';
import type { Audience } from '../functions/model/alarm.ts';
import { envelope } from '../functions/model/envelope.ts';
import { metricIdentity } from '../functions/model/metric.ts';
import { groups } from '../functions/model/probe.ts';
import type { Planned } from '../functions/probes/plan.ts';
import { seriesOf } from '../functions/probes/series.ts';
import type { AlertTopics } from './alert-topics.ts';
import { RoutedAlarm, type RoutedAlarmProps } from './routed-alarm.ts';
import { seriesMetric } from './series-metric.ts';
import { everyMinutesOf, planOf, type WatchedOrg } from './watched-org.ts';

/**
 * Everything that alarms about one org.
 *
 * Trap: alarms on what probes found forgive missing data, because a run may be lost and a probe skipped. They are only
 * as good as the heartbeats, which do not forgive it.
 */
export class OrgAlarms extends Construct {
  readonly alarms: readonly RoutedAlarm[];

  constructor(scope: Construct, id: string, topics: AlertTopics, watched: WatchedOrg) {
    super(scope, id);
    const definitions = [
      ...serversFailing(watched),
      ...orgProbesFailing(watched),
      ...ofProbes(watched),
      ...headroomLow(watched),
      ...heartbeats(watched),
    ];
    this.alarms = definitions.map((definition) => new RoutedAlarm(this, topics, definition));
  }
}

type Definitions = readonly RoutedAlarmProps[];

/** One alarm a server, not a probe: when a server is down, one message says so. */
function serversFailing(watched: WatchedOrg): Definitions {
  return watched.org.servers.flatMap((server) => {
    const watching = watched.plan.filter(({ probe, target }) => target.server === server.id && probe.failing);
    if (watching.length === 0) return [];
    const probes = watching.map(({ probe }) => probe.id).join(', ');
    return {
      name: `${watched.org.name}/${server.id}/failing`,
      runbook: 'server-failing',
      meaning: `The authorization server ${server.id} of ${watched.org.domain} fails: in 2 of 3 runs, one of ${probes} did not pass.`,
      audience: highest(watching),
      metric: lowestSuccess(watched, watching),
      ...keepsFailing,
    };
  });
}

function orgProbesFailing(watched: WatchedOrg): Definitions {
  return watched.plan.flatMap((planned) => {
    const { probe, target } = planned;
    if (target.server !== undefined || !probe.failing) return [];
    return {
      name: `${watched.org.name}/${probe.id}/failing`,
      runbook: `${probe.id}-failing`,
      meaning: `The probe ${probe.id} fails at ${watched.org.domain}: "${probe.question}" was answered wrongly in 2 of 3 runs.`,
      audience: probe.failing,
      metric: success(watched, planned, envelope.Success.statistic),
      ...keepsFailing,
    };
  });
}

const keepsFailing = { condition: { below: 1 }, breaching: 2, of: 3, noData: 'good' } as const;

/** What probes themselves declare, at each of their targets. */
function ofProbes(watched: WatchedOrg): Definitions {
  return watched.plan.flatMap(({ probe, target }) =>
    probe.alarms.map((alarm) => {
      const definition = probe.metrics[alarm.metric];
      if (!definition) throw new Error(`the alarm ${alarm.id} of ${probe.id} names no metric of that probe`);
      const at = [watched.org.name, ...(target.server ? [target.server] : []), probe.id];
      return {
        ...alarm,
        name: [...at, alarm.id].join('/'),
        runbook: alarm.id,
        meaning: `${target.server ? `Server ${target.server} of ` : ''}${watched.org.domain}: ${alarm.meaning}`,
        metric: seriesMetric({
          identity: metricIdentity(alarm.metric, { ...target, probe: probe.id }),
          statistic: definition.statistic,
          everyMinutes: watched.everyMinutes[probe.group],
        }),
        noData: 'good' as const,
      };
    }),
  );
}

const headroomLevels = [
  { id: 'headroom-low', below: levels.low, audience: 'ticket' },
  { id: 'headroom-critical', below: levels.critical, audience: 'page' },
] as const;

function headroomLow(watched: WatchedOrg): Definitions {
  return seriesOf(watched.org, watched.plan).flatMap((series) => {
    const { source, identity, definition } = series;
    if (!('bucket' in source)) return [];
    return headroomLevels.map(({ id, below, audience }) => ({
      name: `${watched.org.name}/${id}/${inName(source.bucket)}`,
      runbook: id,
      meaning: `Less than ${below} % of the rate limit ${source.bucket} of ${watched.org.domain} is left: soon it answers 429.`,
      audience,
      metric: seriesMetric({
        identity,
        statistic: definition.statistic,
        everyMinutes: everyMinutesOf(watched, series),
      }),
      condition: { below },
      breaching: 2,
      of: 3,
      noData: 'good' as const,
    }));
  });
}

/** `/oauth2/{id}/v1/token` → `oauth2-id-v1-token`: braces and more slashes would make the alarm hard to call by name. */
function inName(bucket: string): string {
  return bucket.replace(/[^a-z0-9]+/gi, '-').replace(/^-|-$/g, '');
}

/** Counts the verdicts of a probe that always has one: no verdict, no monitor. */
function heartbeats(watched: WatchedOrg): Definitions {
  return groups.flatMap((group) => {
    const steady = planOf(watched, group).find(({ probe }) => !probe.inputs?.length);
    if (!steady) return [];
    return {
      name: `${watched.org.name}/${group}-not-running`,
      runbook: 'monitor-not-running',
      meaning: `The ${group} probes of ${watched.org.domain} no longer run: nothing is known of it, and its other alarms are blind.`,
      audience: 'page',
      metric: success(watched, steady, 'SampleCount'),
      condition: { below: 1 },
      breaching: 3,
      of: 3,
      noData: 'bad',
    };
  });
}

function success(watched: WatchedOrg, { probe, target }: Planned, statistic: 'Minimum' | 'SampleCount') {
  return seriesMetric({
    identity: metricIdentity('Success', { ...target, probe: probe.id }),
    statistic,
    everyMinutes: watched.everyMinutes[probe.group],
  });
}

/** CloudWatch takes no more in one alarm. */
const mostMetrics = 10;

/** 0 as soon as one of the probes failed. A probe without a point was skipped: the one that made it so counts. */
function lowestSuccess(watched: WatchedOrg, watching: readonly Planned[]): IMetric {
  if (watching.length > mostMetrics) throw new Error(`more than ${mostMetrics} probes in one alarm`);
  const metrics = watching.map((planned) =>
    success(watched, planned, envelope.Success.statistic).with({ label: planned.probe.id }),
  );
  const everyMinutes = Math.max(...watching.map(({ probe }) => watched.everyMinutes[probe.group]));
  return new MathExpression({
    expression: `MIN([${metrics.map((_, index) => `FILL(m${index + 1}, 1)`).join(', ')}])`,
    usingMetrics: Object.fromEntries(metrics.map((metric, index) => [`m${index + 1}`, metric])),
    period: Duration.minutes(everyMinutes),
    label: 'lowest success',
  });
}

function highest(watching: readonly Planned[]): Audience {
  return watching.some(({ probe }) => probe.failing === 'page') ? 'page' : 'ticket';
}
