import type { Org, Server } from '../../../functions/model/org.ts';
import { type Group, groups } from '../../../functions/model/probe.ts';
import { probes } from '../../../functions/probes/index.ts';
import { enabledProbes, planProbes } from '../../../functions/probes/plan.ts';
import type { MonitoredOrg } from '../../../lib/monitored-org.ts';
import type { DeployedAccount } from '../game-day/deployed-account.ts';

/** The part of an account that holds the configuration of each org: the input of its schedules. */
export type ScheduleReader = Pick<DeployedAccount, 'schedules' | 'inputOf'>;

/** The input of one schedule of an org: its event, and how often the schedule starts a run. */
interface ScheduledOrg {
  readonly group: Group;
  readonly intervalMinutes: number;
  readonly org: Org;
}

const scheduleName = new RegExp(`^(.+)-(${groups.join('|')})$`);

/**
 * Reads the orgs of a deployment from the input of its schedules, which names their secrets and contains none.
 *
 * @param names of the orgs to read; by default all
 */
export async function readDeployedOrgs(
  account: ScheduleReader,
  deployment: string,
  names?: readonly string[],
): Promise<readonly MonitoredOrg[]> {
  const listed = (await account.schedules(deployment)).flatMap(({ name }) => {
    const [, org, group] = scheduleName.exec(name) ?? [];
    return org !== undefined && (names?.includes(org) ?? true) ? [{ name, group: group as Group }] : [];
  });
  const read: ScheduledOrg[] = [];
  // One after the other: EventBridge Scheduler throttles bursts.
  for (const { name, group } of listed) {
    const scheduled = parseInput(group, await account.inputOf(deployment, name));
    if (scheduled) read.push(scheduled);
  }
  return [...Map.groupBy(read, ({ org }) => org.name).values()].map(monitoredFrom);
}

/** Leaves out what one group is told of the others. */
function parseInput(group: Group, input: string): ScheduledOrg | undefined {
  const {
    schedule,
    groups: _,
    ...org
  } = JSON.parse(input) as Org & { readonly schedule?: { intervalMinutes: number } };
  if (!Array.isArray(org.servers)) return undefined;
  const servers = org.servers.map(({ areTokensVerified: __, ...server }) => server);
  return { group, intervalMinutes: schedule?.intervalMinutes ?? 1, org: { ...org, servers } };
}

/** Joins the events of an org. Each has only the credentials that its group needs. */
function monitoredFrom(scheduled: readonly ScheduledOrg[]): MonitoredOrg {
  const [first, ...others] = scheduled.map(({ org }) => org);
  if (!first) throw new Error('unreachable: an org without a schedule');
  const org = others.reduce(joined, first);
  const intervals = scheduled.map(({ group, intervalMinutes }) => [group, intervalMinutes] as const);
  return {
    org,
    plan: enabledProbes(planProbes(org, probes)),
    intervalMinutes: {
      ...(Object.fromEntries(groups.map((group) => [group, 1])) as Record<Group, number>),
      ...Object.fromEntries(intervals),
    },
  };
}

function joined(one: Org, other: Org): Org {
  return { ...one, ...other, servers: one.servers.map((server) => joinedServer(server, other)) };
}

/** Trap: `flows` has the web application without its secret. */
function joinedServer(server: Server, { servers }: Org): Server {
  const same = servers.find(({ id }) => id === server.id);
  const web = { ...server.web, ...same?.web };
  return { ...server, ...same, ...(web.clientId !== undefined && { web: web as Server['web'] & object }) };
}
