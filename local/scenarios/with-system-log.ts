import type { Config } from '../../lib/config/schema.ts';

const logScope = 'okta.logs.read';

/** The configuration in which the System Log of each org is read that has a credential for the management API. */
export function withSystemLog(config: Config): Config {
  return {
    ...config,
    orgs: config.orgs.map((org) => {
      const { api } = org;
      if (!api) return org;
      const { client } = api;
      const scopes = [...new Set([...(client?.scopes ?? []), logScope])];
      return { ...org, api: { ...api, ...(client && { client: { ...client, scopes } }) }, systemLog: {} };
    }),
  };
}
