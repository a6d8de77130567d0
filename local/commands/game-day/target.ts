import { alarmName } from '../../../functions/findings/alarm-subject.ts';
import { type FindingCode, findings } from '../../../functions/findings/finding.ts';
import type { Route } from '../../../functions/model/finding.ts';
import type { MetricIdentity } from '../../../functions/model/metric.ts';
import { severitySeries } from '../../../functions/model/series.ts';
import { isDrillable } from '../../../functions/run/drill.ts';
import type { Config } from '../../../lib/config/schema.ts';
import { probeEvents } from '../../../lib/functions/probe-event.ts';
import { stackName } from '../../../lib/monitor-stack.ts';
import { monitoredOrgs } from '../../../lib/monitored-org.ts';
import { shardName, shardOf } from '../../../lib/orgs/shards.ts';
import { UsageError } from '../../lab/result.ts';

/** The subject of a game day: one alarm of one org of a deployment. */
export interface GameDayTarget {
  readonly deployment: string;
  /** The stack of the deployment, and the further one that holds the org, if there is one. */
  readonly stacks: readonly string[];
  readonly org: string;
  readonly finding: FindingCode;
  readonly alarm: string;
  /** The series that the alarm watches. */
  readonly series: MetricIdentity;
  /** How often the org's flows run. */
  readonly intervalMinutes: number;
  /** The names of the schedules that must be on, and those of the schedules that the org has. */
  readonly schedules: readonly string[];
  /** Whether the people of the route are notified. */
  readonly isPage: boolean;
}

export interface TargetOptions {
  readonly org?: string | undefined;
  readonly finding: string;
  readonly stack?: string | undefined;
  readonly page: boolean;
}

/** Throws `UsageError` for an unknown org or finding. */
export function targetIn(config: Config, { org, finding: code, stack, page }: TargetOptions): GameDayTarget {
  const orgs = monitoredOrgs(config);
  const names = orgs.map((each) => each.org.name);
  const chosen =
    orgs.find((each) => each.org.name === org) ?? (org === undefined && orgs.length === 1 ? orgs[0] : undefined);
  if (!chosen) {
    const found = org === undefined ? 'The configuration has several orgs' : `There is no org "${org}"`;
    throw new UsageError(`${found}: choose one with --org: ${names.join(', ')}.`);
  }
  if (!isDrillable(code)) {
    throw new UsageError(
      `"${code}" is no finding that notifies people: docs/runbook.md lists those of severity page and ticket.`,
    );
  }
  const { domain, severity } = findings[code];
  const { name } = chosen.org;
  const { deployment } = config;
  const main = stack ?? stackName(config);
  const shard = shardOf(name, config.orgStacks);
  return {
    ...{ deployment, org: name, finding: code, isPage: page },
    stacks: [main, ...(shard === undefined ? [] : [shardName(main, shard)])],
    alarm: alarmName({ kind: 'findings', org: name, domain, severity: severity as Route }, deployment),
    series: severitySeries(chosen.org, domain).identity,
    intervalMinutes: chosen.intervalMinutes.flows,
    schedules: [
      ...['sweep', 'notify-page-self-test', 'notify-ticket-self-test'],
      ...probeEvents(chosen).map(({ group }) => `${name}-${group}`),
    ],
  };
}
