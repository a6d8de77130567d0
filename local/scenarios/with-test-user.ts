import type { Config } from '../../lib/config/schema.ts';

type OrgConfig = Config['orgs'][number];
type WebConfig = NonNullable<OrgConfig['web']>;

/** What a journey asks for, so that every probe of it has something to do. */
const scopes = ['openid', 'profile', 'email', 'offline_access'];

/** The configuration with a test user at each org that has a web application and no user yet. */
export function withTestUser(config: Config): Config {
  return { ...config, orgs: config.orgs.map(orgWithTestUser) };
}

function orgWithTestUser(org: OrgConfig): OrgConfig {
  const { user, web, servers, name } = org;
  if (user || !(web ?? servers.some((server) => server.web))) return org;
  const prepare = (application: WebConfig): WebConfig => ({
    secret: `okta-synthetics/${name}/web`,
    ...application,
    scopes: [...new Set([...application.scopes, ...scopes])],
  });
  return {
    ...org,
    user: { login: 'monitor@example.com', secret: `okta-synthetics/${name}/user` },
    ...(web && { web: prepare(web) }),
    servers: servers.map((server) => ({
      ...server,
      ...(server.web && { web: prepare(server.web) }),
      // Without a grace period, no run waits for its end.
      expects: { refreshTokenLeewaySeconds: 0, ...server.expects },
    })),
  };
}
