import type { Org, Server, WebClient } from '../../functions/model/org.ts';
import { type Group, groups, type Requirement } from '../../functions/model/probe.ts';
import { idToken } from '../../functions/probes/id-token.ts';
import { verify } from '../../functions/probes/verify.ts';
import { type MonitoredOrg, planOf } from '../monitored-org.ts';

/** The scheduled event of one group of probes for one org. */
export interface ProbeEvent {
  readonly group: Group;
  readonly intervalMinutes: number;
  /** The event itself. Trap: it must name only the credentials that the group's probes need. */
  readonly org: Org;
}

/** The probes that report a new token whose key is not published. */
const tokenVerifiers: readonly string[] = [verify.id, idToken.id];

/** The events of an org: one for each group with an enabled probe. */
export function probeEvents(monitoredOrg: MonitoredOrg): readonly ProbeEvent[] {
  const enabled = groups.filter((group) => planOf(monitoredOrg, group).length > 0);
  const intervals = Object.fromEntries(enabled.map((group) => [group, monitoredOrg.intervalMinutes[group]]));
  return enabled.map((group) => ({
    group,
    intervalMinutes: monitoredOrg.intervalMinutes[group],
    org: { ...orgForGroup(monitoredOrg, group), ...(group === 'flows' && { groups: intervals }) },
  }));
}

/** The names and ARNs of the secrets in an event. The function that receives it may read them. */
export function secretsIn({ servers, api, user, workflow }: Org): readonly string[] {
  const ofClients = servers.flatMap(({ service, web }) => [service?.secret, web?.secret]);
  const secrets = [...ofClients, api?.secret, user?.secret, workflow?.secret];
  return [...new Set(secrets.filter((secret) => secret !== undefined))];
}

/** The org, with only the credentials that the group's probes need. */
function orgForGroup(monitoredOrg: MonitoredOrg, group: Group): Org {
  const plan = planOf(monitoredOrg, group);
  const isNeeded = (requirement: Requirement, id?: string) =>
    plan.some(({ probe, server }) => probe.requires?.includes(requirement) && (id === undefined || server.id === id));
  const { api, user, samlApps, health, systemLog, slo, servers, workflow, ...org } = monitoredOrg.org;
  const signsIn = user !== undefined && isNeeded('user');
  const isVerified = (id: string) =>
    monitoredOrg.plan.some(({ probe, server }) => server.id === id && tokenVerifiers.includes(probe.id));
  return {
    ...org,
    // No function of the monitor runs in a VPC or uses a proxy.
    egress: 'direct',
    servers: servers.map(
      ({ web, service, ...server }): Server => ({
        ...server,
        ...(web && isNeeded('web', server.id) && { web: signsIn ? web : withoutSecret(web) }),
        ...(service && isNeeded('service', server.id) && { service }),
        ...(group === 'health' && isVerified(server.id) && { areTokensVerified: true }),
      }),
    ),
    ...(slo && group === 'flows' && { slo }),
    ...(api && isNeeded('api') && { api }),
    ...(workflow && isNeeded('workflow') && { workflow }),
    ...(systemLog && isNeeded('systemLog') && { systemLog }),
    ...(signsIn && { user }),
    ...((signsIn || isNeeded('health')) && samlApps && { samlApps }),
    ...(health && isNeeded('health') && { health }),
  };
}

/** The part of a client that a browser may see. */
function withoutSecret({ secret: _, authentication: __, ...web }: WebClient): WebClient {
  return web;
}
