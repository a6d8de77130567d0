import type { Slo } from '../../../functions/model/slo.ts';
import type { Receiver } from '../../../lib/config/receiver.ts';
import type { Config } from '../../../lib/config/schema.ts';
import { caseDeployments, type DeploymentPlan, deploymentPlan } from './deployment-plan.ts';

/** When every simulation of a drill starts: an ordinary Monday morning. Epoch ms. */
export const drillStart = Date.UTC(2026, 0, 5, 9);

/** The minutes after a deployment in which new alarms change to OK. Heartbeats wait longer for their first data. */
export const settlingMinutes = 1;

/** The minutes before the faults of a scenario, and the least number of minutes after them. */
export const healthyMinutes = 10;

/** The name of the second org where the configuration has only one. */
export const twin = 'twin';

/** How often negative tests run where a scenario needs them: as often as the configuration allows. */
export const negativeTestMinutes = 15;

/** When the maintenance window begins, in minutes after the deployment, and how long it lasts. */
export function maintenanceWindow({ orgs }: DeploymentPlan) {
  return { from: settlingMinutes + healthyMinutes, minutes: 25 * (orgs[0]?.intervalMinutes.flows ?? 1) };
}

/** The receivers of pages where a scenario needs one of each kind, which e-mail and an address by https stand for. */
export const drillReceivers = [
  { kind: 'email', email: 'on-call@example.com' },
  { kind: 'chat', https: 'https://chat.example.com/sns' },
  { kind: 'cloudwatch', https: 'https://pager.example.com/sns' },
  { kind: 'json', https: 'https://json.example.com/sns' },
  { kind: 'pagerduty', secret: 'okta-synthetics/pagerduty' },
] as const satisfies readonly Receiver[];

/** Where the pages about the org with receivers of its own go. */
export const ownEndpoint = 'https://own.example.com/sns';

function ownReceiversOf({ alerts }: Config): NonNullable<Config['orgs'][number]['alerts']> {
  return {
    pages: [{ kind: 'json', https: ownEndpoint }],
    tickets: [{ kind: 'email', email: 'own-team@example.com' }],
    routes: alerts.routes,
  };
}
/** The objective where a scenario needs one: two percent of its budget are gone after five bad minutes. */
export const drillSlo: Slo = { objectivePercent: 99.5, windowDays: 30, domains: ['okta'] };

/** How many orgs the fleets have. */
export const fleets = { tenOrgs: 10, hundredOrgs: 100 } as const;

/** The deployments that scenarios run in, each as a change to the given configuration. */
export const deploymentVariants = {
  ...caseDeployments,
  twoOrgs(config: Config): Config {
    const [first] = config.orgs;
    if (!first || config.orgs.length > 1) return config;
    return { ...config, orgs: [first, { ...withOwnSecrets(first), name: twin }] };
  },
  maintenance(config: Config): Config {
    const { from, minutes } = maintenanceWindow(deploymentPlan(config));
    const schedule = `at(${new Date(drillStart + from * 60_000).toISOString().slice(0, 16)})`;
    const window = { name: 'drill', schedule, durationMinutes: minutes, timeZone: 'UTC' };
    return { ...config, alerts: { ...config.alerts, maintenance: [window] } };
  },
  /** One receiver of each kind for pages; no org has receivers of its own. */
  receivers(config: Config): Config {
    const tickets = [{ kind: 'email', email: 'team@example.com' }] as const;
    const orgs = config.orgs.map(({ alerts: _, ...org }) => org);
    return { ...config, orgs, alerts: { ...config.alerts, pages: [...drillReceivers], tickets: [...tickets] } };
  },
  /** Two orgs, the second of which has receivers of its own. */
  ownReceivers(config: Config): Config {
    const { orgs, alerts } = deploymentVariants.twoOrgs(config);
    const own = ownReceiversOf(config);
    return {
      ...config,
      alerts: { ...alerts, pages: [...drillReceivers] },
      orgs: orgs.map((org, at) => ({ ...org, ...(at === 1 && { alerts: own }) })),
    };
  },
  negativeTests(config: Config): Config {
    const orgs = config.orgs.map((org) => ({
      ...org,
      negativeTests: true,
      intervalMinutes: { ...org.intervalMinutes, negativeTests: negativeTestMinutes },
    }));
    return { ...config, orgs };
  },
  /** With a service level objective. Burn-rate alarms need a run every five minutes. */
  errorBudget(config: Config): Config {
    const orgs = config.orgs.map(({ slo: _, ...org }) => ({
      ...org,
      intervalMinutes: { ...org.intervalMinutes, flows: Math.min(org.intervalMinutes.flows ?? 1, 5) },
    }));
    return { ...config, orgs, slo: { ...drillSlo, windowDays: 30, domains: [...drillSlo.domains] } };
  },
  tenOrgs: (config: Config): Config => fleetOf(config, fleets.tenOrgs),
  hundredOrgs: (config: Config): Config => fleetOf(config, fleets.hundredOrgs),
} as const satisfies Record<string, (config: Config) => Config>;

export type DeploymentVariant = keyof typeof deploymentVariants;

/** Whether all orgs of a deployment are at one emulated Okta, because there are many. */
export function isFleet(variant: DeploymentVariant): variant is keyof typeof fleets {
  return variant in fleets;
}

/** The names of the orgs of a fleet. */
export function fleetNames(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `org-${String(index + 1).padStart(3, '0')}`);
}

/**
 * Many orgs like the first one, each with its metadata only: one server, without clients.
 *
 * Trap: flows run every minute, whatever the configuration says, so that a fleet is a burden.
 */
function fleetOf(config: Config, count: number): Config {
  const [first] = config.orgs;
  const [server] = first?.servers ?? [];
  if (!first || !server) return config;
  const { web: _web, service: _service, api: _api, user: _user, samlApps: _apps, ...others } = first;
  const { systemLog: _log, health: _health, ...org } = others;
  const { web: _ownWeb, service: _ownService, resource: _resource, ...plain } = server;
  const intervalMinutes = { ...org.intervalMinutes, flows: 1 };
  const like = { ...org, servers: [plain], negativeTests: false, intervalMinutes };
  return { ...config, orgs: fleetNames(count).map((name) => ({ ...like, name })) };
}

/** Each org has its own clients, and so does each Okta emulator. */
function withOwnSecrets<Part>(part: Part): Part {
  return JSON.parse(JSON.stringify(part), (key, value) =>
    key === 'secret' && typeof value === 'string' ? `${value}-${twin}` : value,
  );
}
