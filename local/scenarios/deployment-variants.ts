import type { Config } from '../../lib/config/schema.ts';
import { type DeploymentPlan, deploymentPlan } from './deployment-plan.ts';

/** When every simulation of a drill starts: an ordinary Monday morning. Epoch ms. */
export const drillStart = Date.UTC(2026, 0, 5, 9);

/** The minutes before the faults of a scenario, and the least number of minutes after them. */
export const healthyMinutes = 10;

/** The name of the second org where the configuration has only one. */
export const twin = 'twin';

/** How often negative tests run where a scenario needs them: as often as the configuration allows. */
export const negativeTestMinutes = 15;

/** When the maintenance window begins, in minutes after the deployment, and how long it lasts. */
export function maintenanceWindow({ settlingMinutes, orgs }: DeploymentPlan) {
  return { from: settlingMinutes + healthyMinutes, minutes: 25 * (orgs[0]?.intervalMinutes.flows ?? 1) };
}

/** The deployments that scenarios run in, each as a change to the given configuration. */
export const deploymentVariants = {
  configured: (config: Config): Config => config,
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
  negativeTests(config: Config): Config {
    const orgs = config.orgs.map((org) => ({
      ...org,
      negativeTests: true,
      intervalMinutes: { ...org.intervalMinutes, negativeTests: negativeTestMinutes },
    }));
    return { ...config, orgs };
  },
} as const satisfies Record<string, (config: Config) => Config>;

export type DeploymentVariant = keyof typeof deploymentVariants;

/** Each org has its own clients, and so does each Okta emulator. */
function withOwnSecrets<Part>(part: Part): Part {
  return JSON.parse(JSON.stringify(part), (key, value) =>
    key === 'secret' && typeof value === 'string' ? `${value}-${twin}` : value,
  );
}
