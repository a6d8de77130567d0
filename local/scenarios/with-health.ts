import type { Config } from '../../lib/config/schema.ts';

/** The configuration with health checks of every kind at each org that has an API credential and no such checks yet. */
export function withHealth(config: Config): Config {
  return {
    ...config,
    orgs: config.orgs.map((org) => {
      if (!org.api || org.health) return org;
      const health = {
        ...{ applications: ['0oaPayrollApplication'], allApplications: false },
        ...{ clients: ['0oaWebApplication001'], readSecrets: true },
        ...{ expiryDays: { ticket: [30, 14], page: [7, 1] }, maxAgeDays: 365 },
      };
      return { ...org, health };
    }),
  };
}
