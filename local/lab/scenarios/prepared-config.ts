import type { ResourceToken } from '../../../functions/model/org.ts';
import { health } from '../../../functions/probes/index.ts';
import type { Config } from '../../../lib/config/schema.ts';

type OrgConfig = Config['orgs'][number];
type ServerConfig = OrgConfig['servers'][number];
type WebConfig = NonNullable<OrgConfig['web']>;

/** Prepares each org of a configuration. */
const prepareOrgs =
  (prepare: (org: OrgConfig) => OrgConfig) =>
  (config: Config): Config => ({ ...config, orgs: config.orgs.map(prepare) });

/** What a journey asks for, so that every probe of it has something to do. */
const journeyScopes = ['openid', 'profile', 'email', 'offline_access'];

/** Adds a test user to each org that has a web application and no user yet. */
export const withTestUser = prepareOrgs((org) => {
  const { user, web, servers, name } = org;
  if (user || !(web ?? servers.some((server) => server.web))) return org;
  const prepare = (application: WebConfig): WebConfig => ({
    secret: `okta-synthetics/${name}/web`,
    ...application,
    scopes: [...new Set([...application.scopes, ...journeyScopes])],
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
});

/** The scopes that health checks of every kind need. */
const healthScopes = [...new Set(health.flatMap(({ apiScopes }) => apiScopes?.anyOf ?? []))];

/** Lets each org that has an API credential check all that can be checked, whatever its own health checks leave out. */
export const withHealth = prepareOrgs((org) => {
  if (!org.api) return org;
  const { ignored: _, ...own } = org.health ?? {};
  const checks = {
    ...own,
    applications: ['0oaPayrollApplication'],
    allApplications: false,
    clients: ['0oaWebApplication001'],
    readSecrets: true,
    expiryDays: { ticket: [30, 14], page: [7, 1] },
    maxAgeDays: 365,
  };
  const workflow = {
    url: 'https://acme.workflows.okta.com/api/flo/1/invoke',
    secret: `okta-synthetics/${org.name}/workflow`,
  };
  return { ...org, api: withScopes(org.api, healthScopes), health: checks, workflow };
});

/** Adds a SAML application to each org that has a test user and no such application yet. */
export const withSamlApp = prepareOrgs((org) => {
  if (!org.user || org.samlApps) return org;
  const at = `https://${org.domain}/app`;
  const samlApp = {
    name: 'payroll',
    ssoUrl: `${at}/payroll/exk1/sso/saml`,
    metadataUrl: `${at}/exk1/sso/saml/metadata`,
    acsUrl: 'https://payroll.example.com/acs',
    audience: 'https://payroll.example.com',
    issuer: 'exk1',
    nameIdFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
    attributes: ['email', 'lastName'],
  };
  return { ...org, samlApps: [samlApp] };
});

/** Reads the System Log of each org that has a credential for the management API. */
export const withSystemLog = prepareOrgs((org) =>
  org.api ? { ...org, api: withScopes(org.api, ['okta.logs.read']), systemLog: {} } : org,
);

/** Grants a service application these scopes too. An API token needs none. */
function withScopes(api: NonNullable<OrgConfig['api']>, scopes: readonly string[]): NonNullable<OrgConfig['api']> {
  const { client } = api;
  return client ? { ...api, client: { ...client, scopes: [...new Set([...client.scopes, ...scopes])] } } : api;
}

/** Adds an API to each custom server that has such a token for it, and removes every other API. Without `token`, there is none. */
export function withResource(config: Config, token?: ResourceToken): Config {
  return prepareOrgs((org) => ({
    ...org,
    servers: org.servers.map(({ resource: _, ...server }) => ({
      ...server,
      ...(token && hasToken(org, server, token) && { resource: resourceFor(token) }),
    })),
  }))(config);
}

function resourceFor(token: ResourceToken): NonNullable<ServerConfig['resource']> {
  return { url: 'https://api.example.com/orders', method: 'GET', status: 200, token };
}

function hasToken({ user, web, service }: OrgConfig, server: ServerConfig, token: ResourceToken): boolean {
  if (server.id === 'org') return false;
  const client = token === 'user' ? user && (server.web ?? web) : (server.service ?? service);
  return client !== undefined;
}
