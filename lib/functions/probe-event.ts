import type { Org, Server } from '../../functions/model/org.ts';
import { type Group, groups, type Requirement } from '../../functions/model/probe.ts';
import { type MonitoredOrg, planOf } from '../monitored-org.ts';

/** What a function is called with, and how often: one org, of which a group's probes are to be run. */
export interface ProbeEvent {
  readonly group: Group;
  readonly intervalMinutes: number;
  /** The event itself. Trap: it names the credentials that the group's probes need, and no others. */
  readonly org: Org;
}

/** The events of an org: one a group, for each group of which a probe is switched on. */
export function probeEvents(watched: MonitoredOrg): readonly ProbeEvent[] {
  return groups
    .filter((group) => planOf(watched, group).length > 0)
    .map((group) => ({ group, intervalMinutes: watched.intervalMinutes[group], org: orgFor(group, watched) }));
}

/** The names and ARNs of the secrets that an event names: the function that gets it may read these. */
export function secretsIn({ servers, api }: Org): readonly string[] {
  const secrets = [...servers.map(({ service }) => service?.secret), api?.secret];
  return [...new Set(secrets.filter((secret) => secret !== undefined))];
}

function orgFor(group: Group, watched: MonitoredOrg): Org {
  const plan = planOf(watched, group);
  const isNeeded = (requirement: Requirement, id?: string) =>
    plan.some(({ probe, server }) => probe.requires?.includes(requirement) && (id === undefined || server.id === id));
  const { api, servers, ...org } = watched.org;
  return {
    ...org,
    servers: servers.map(
      ({ web, service, ...server }): Server => ({
        ...server,
        ...(web && isNeeded('web', server.id) && { web }),
        ...(service && isNeeded('service', server.id) && { service }),
      }),
    ),
    ...(api && isNeeded('api') && { api }),
  };
}
