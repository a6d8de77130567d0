import type { Config, Maintenance } from '../../lib/config/schema.ts';
import { drillStart } from './drill-start.ts';

/** Two orgs, of which one may fail: the first of the configuration, and where it has no other, one like it. */
export const twin = 'twin';

/** When the window of maintenance begins and how long it lasts, in minutes of the drill. */
export const maintenance = { from: 12, minutes: 25 } as const;

/** The deployments that rows are played in, as a configuration each. */
export const worlds = {
  configured: (config: Config): Config => config,
  twoOrgs(config: Config): Config {
    const [first] = config.orgs;
    if (!first || config.orgs.length > 1) return config;
    return { ...config, orgs: [first, { ...withOwnSecrets(first), name: twin }] };
  },
  maintenance(config: Config): Config {
    const starts = new Date(drillStart + maintenance.from * 60_000).toISOString().slice(0, 16);
    const window: Maintenance = {
      name: 'drill',
      starts: `at(${starts})`,
      minutes: maintenance.minutes,
      timeZone: 'UTC',
    };
    return { ...config, alerts: { ...config.alerts, maintenance: [window] } };
  },
} as const satisfies Record<string, (config: Config) => Config>;

export type WorldName = keyof typeof worlds;

/** Each org has clients of its own, and so has each embedded Okta. */
function withOwnSecrets<Part>(part: Part): Part {
  return JSON.parse(JSON.stringify(part), (key, value) =>
    key === 'secret' && typeof value === 'string' ? `${value}-${twin}` : value,
  );
}
