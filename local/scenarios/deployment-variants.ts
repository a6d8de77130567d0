import type { Config, Maintenance } from '../../lib/config/schema.ts';
import { type DeploymentPlan, deploymentPlan } from './deployment-plan.ts';
import { drillStart, healthyMinutes } from './simulation-start.ts';

/** Two orgs, of which one may fail: the first of the configuration, and where it has no other, one like it. */
export const twin = 'twin';

/** When the window of maintenance begins, in minutes after the deployment, and how long it lasts. */
export function maintenanceOf({ settlingMinutes, orgs }: DeploymentPlan) {
  return { from: settlingMinutes + healthyMinutes, minutes: 25 * (orgs[0]?.intervalMinutes.flows ?? 1) };
}

/** The deployments that rows are played in, as a configuration each. */
export const deploymentVariants = {
  configured: (config: Config): Config => config,
  twoOrgs(config: Config): Config {
    const [first] = config.orgs;
    if (!first || config.orgs.length > 1) return config;
    return { ...config, orgs: [first, { ...withOwnSecrets(first), name: twin }] };
  },
  maintenance(config: Config): Config {
    const { from, minutes } = maintenanceOf(deploymentPlan(config));
    const starts = new Date(drillStart + from * 60_000).toISOString().slice(0, 16);
    const window: Maintenance = {
      name: 'drill',
      schedule: `at(${starts})`,
      durationMinutes: minutes,
      timeZone: 'UTC',
    };
    return { ...config, alerts: { ...config.alerts, maintenance: [window] } };
  },
} as const satisfies Record<string, (config: Config) => Config>;

export type DeploymentVariant = keyof typeof deploymentVariants;

/** Each org has clients of its own, and so has each embedded Okta. */
function withOwnSecrets<Part>(part: Part): Part {
  return JSON.parse(JSON.stringify(part), (key, value) =>
    key === 'secret' && typeof value === 'string' ? `${value}-${twin}` : value,
  );
}
