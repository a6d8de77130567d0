import type { ResourceToken } from '../../functions/model/org.ts';
import type { Config } from '../../lib/config/schema.ts';

type OrgConfig = Config['orgs'][number];
type ServerConfig = OrgConfig['servers'][number];

/**
 * The configuration with an API at each custom server that has such a token for it, and with no other API. Without
 * `token`, it has none.
 */
export function withResource(config: Config, token?: ResourceToken): Config {
  return {
    ...config,
    orgs: config.orgs.map((org) => ({
      ...org,
      servers: org.servers.map(({ resource: _, ...server }) => ({
        ...server,
        ...(token && hasToken(org, server, token) && { resource: resourceFor(token) }),
      })),
    })),
  };
}

function resourceFor(token: ResourceToken): NonNullable<ServerConfig['resource']> {
  return { url: 'https://api.example.com/orders', method: 'GET', status: 200, token };
}

function hasToken({ user, web, service }: OrgConfig, server: ServerConfig, token: ResourceToken): boolean {
  if (server.id === 'org') return false;
  const client = token === 'user' ? user && (server.web ?? web) : (server.service ?? service);
  return client !== undefined;
}
