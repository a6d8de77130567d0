import { finding } from '../findings/finding.ts';
import type { Finding } from '../model/finding.ts';
import { defineProbe } from '../model/probe.ts';
import { endpointUrl } from '../okta/endpoints.ts';
import { type Agent, type AgentPool, parseAgentPools } from '../okta/management-answers.ts';
import { healthOf, openApiReader } from './api-reader.ts';

/**
 * Finds agents that do not work. One of several is a ticket, the last one of those that people sign in by is a page.
 *
 * Trap: an agent that is down is not Okta's fault, and Okta's status page does not show it. Its host is your own.
 * https://developer.okta.com/docs/api/openapi/okta-management/management/tag/AgentPools/
 */
export const agents = defineProbe({
  id: 'agents',
  question: 'Do the agents for directories and networks work?',
  group: 'health',
  scope: 'org',
  requires: ['api', 'health'],
  apiScopes: { anyOf: ['okta.agentPools.read'] },
  inputs: ['apiAccess'],
  requests: ['agent-pools'],
  timed: false,
  metrics: {},
  async run(context) {
    const { org, server } = context;
    const { ignored = [] } = healthOf(org);
    const api = openApiReader(context, 'agents');
    // Without a limit, Okta answers with five of each type.
    const url = `${endpointUrl(org.domain, server, 'agent-pools')}?limitPerPoolType=200`;
    const items = await api.list('agents', 'agent-pools', { url });
    const pools = parseAgentPools(items ?? []).filter(({ id }) => !ignored.includes(id));
    const outdated = pools.flatMap((pool) =>
      pool.agents.filter(({ outdatedVersion }) => outdatedVersion !== undefined),
    );
    const single = pools.filter((pool) => pool.agents.length === 1);
    if (outdated.length > 0) {
      const versions = outdated.map(({ name, outdatedVersion }) => `${name} (${outdatedVersion})`);
      api.notes.push(`outdated: ${versions.join(', ')}`);
    }
    if (single.length > 0)
      api.notes.push(`one agent and none in reserve: ${single.map(({ name }) => name).join(', ')}`);
    const unknown = pools.flatMap((pool) => pool.agents).filter(({ status }) => !knownStatuses.includes(status));
    if (unknown.length > 0)
      api.notes.push(
        `not known whether they work: ${unknown.map(({ name, status }) => `${name} (${status})`).join(', ')}`,
      );
    return api.resultWith(pools.flatMap((pool) => poolFindings(pool, api.time(), ignored)));
  },
});

const knownStatuses = ['OPERATIONAL', 'DEGRADED', 'DISRUPTED', 'INACTIVE'];

/** What stops when all agents of a type are down. The other types stop no sign-in. */
const effects: Readonly<Record<string, (pool: string) => string>> = {
  // https://support.okta.com/help/s/article/Cache-AD-Credentials-using-Delegated-Authentication
  AD: (pool) => `users of directory ${pool} sign in only with a password that Okta saw within five days`,
  LDAP: (pool) => `users of directory ${pool} who sign in with its password cannot`,
  Radius: (pool) => `users of RADIUS pool ${pool} cannot sign in`,
};

function poolFindings(
  { name, type, state, agents: all }: AgentPool,
  now: number,
  ignored: readonly string[],
): readonly Finding[] {
  const judged = all.filter(({ id }) => !ignored.includes(id));
  const down = judged.filter(({ isDown }) => isDown);
  const degraded = judged.filter(({ status }) => status === 'DEGRADED');
  const compare = (what: string, others: readonly Agent[]) => [
    {
      ...{ name: `agents of ${name} that ${what}`, expected: `${Math.max(1, all.length)}` },
      found: `${all.filter((agent) => !others.includes(agent) && !agent.isDown).length}${others.length > 0 ? `; not: ${others.map((agent) => describe(agent, now)).join(', ')}` : ''}`,
    },
  ];
  const effect = Object.hasOwn(effects, type) ? effects[type] : undefined;
  if (state === 'down') {
    const detail = effect?.(name) ?? `nothing goes through the agents of ${name} (${type})`;
    const severity = effect ? 'page' : 'ticket';
    return [finding('agent-pool-down', { detail, comparisons: compare('work', down), severity })];
  }
  const hosts = (agents: readonly Agent[]) => agents.map((agent) => agent.name).join(', ');
  if (down.length > 0)
    return [finding('agent-down', { detail: `of ${name}: ${hosts(down)}`, comparisons: compare('work', down) })];
  if (degraded.length > 0)
    return [
      finding('agent-degraded', {
        detail: `of ${name}: ${hosts(degraded)}`,
        comparisons: compare('work as they should', degraded),
      }),
    ];
  // A degraded pool in which every agent works, or is known not to, says nothing new.
  if (state !== 'degraded' || all.length > 0) return [];
  return [finding('agent-down', { detail: `of ${name}: one agent`, comparisons: compare('work', down) })];
}

function describe({ name, status, lastConnection }: Agent, now: number): string {
  const minutes = lastConnection === undefined ? undefined : Math.max(0, Math.floor((now - lastConnection) / 60_000));
  return `${name} is ${status}${minutes === undefined ? '' : `, last heard of ${minutes} minutes ago`}`;
}
