import { defaultDeployment } from '../../functions/model/deployment.ts';
import type { ApiCredential, Org, Server, StatusPage, SystemLogSettings } from '../../functions/model/org.ts';
import { issuerOf } from '../../functions/okta/endpoints.ts';
import { oktaDomains } from '../../functions/okta/okta-domains.ts';
import type { Config, OrgConfig, ServerConfig } from './schema.ts';

/**
 * A configured org as a run's event: each server with the applications that apply to it.
 *
 * Fields that need no resolving are passed on as they are, so a new field reaches the runs without a change here.
 */
export function resolveOrg(config: OrgConfig, defaults: Pick<Config, 'statusPage' | 'deployment' | 'slo'>): Org {
  const { intervalMinutes, dashboard, web, service, servers, api, systemLog, slo = defaults.slo, ...others } = config;
  const { statusPage: _, ...passedOn } = others;
  const statusPage = statusPageOf(config, defaults);
  const resolved = servers.map((server) => resolveServer(server, config));
  return {
    ...passedOn,
    servers: resolved,
    ...(systemLog && { systemLog: systemLogSettings(resolved, api) }),
    ...(slo && { slo }),
    ...(api && { api: resolveApi(api) }),
    ...(statusPage && { statusPage }),
    ...(defaults.deployment !== defaultDeployment && { deployment: defaults.deployment }),
  };
}

function resolveServer(server: ServerConfig, org: OrgConfig): Server {
  const { web = org.web, service = org.service, scopes = [], ...passedOn } = server;
  return {
    ...passedOn,
    issuer: server.issuer ?? issuerOf(org.domain, server.id),
    ...(web && { web }),
    ...(service && { service: { ...service, scopes } }),
  };
}

function systemLogSettings(servers: readonly Server[], api: OrgConfig['api']): SystemLogSettings {
  const own = new Set([...servers.map(({ service }) => service?.clientId), api?.client?.clientId]);
  const watched = new Set([...own, ...servers.flatMap(({ id, web }) => [id, web?.clientId])]);
  const [ownClientIds, watchedIds] = [own, watched].map((ids) => [...ids].filter((id) => id !== undefined));
  return { ownClientIds: ownClientIds ?? [], watchedIds: watchedIds ?? [] };
}

function resolveApi({ token, client }: NonNullable<OrgConfig['api']>): ApiCredential {
  if (client) return { kind: 'client', ...client };
  if (token) return { kind: 'token', ...token };
  throw new Error('unreachable: the schema accepted an "api" with neither "token" nor "client"');
}

const commercial = 'https://status.okta.com/';

/**
 * The public status page of each of Okta's domains. Okta publishes none for its government and military clouds:
 * status.okta.com lists none of their cells, so it would always look operational for them.
 */
const statusPages: Readonly<Record<(typeof oktaDomains)[number], string | undefined>> = {
  'okta.com': commercial,
  'oktapreview.com': commercial,
  'okta-emea.com': commercial,
  'trexcloud.com': commercial,
  'okta-gov.com': undefined,
  'okta.mil': undefined,
  'okta-miltest.com': undefined,
  'trex-govcloud.com': undefined,
};

/** The status page that covers an org, by its domain. A custom domain is taken for one of a commercial org. */
export function pageOf(domain: string): string | undefined {
  const host = domain.replace(/:\d+$/, '');
  const hostedBy = oktaDomains.find((each) => host.endsWith(`.${each}`));
  return hostedBy ? statusPages[hostedBy] : commercial;
}

function statusPageOf(config: OrgConfig, defaults: Pick<Config, 'statusPage'>): StatusPage | undefined {
  const page = config.statusPage?.page ?? defaults.statusPage?.page ?? pageOf(config.domain);
  const tell = config.statusPage?.tell ?? defaults.statusPage?.tell;
  return page === undefined ? undefined : { page, ...(tell && { tell }) };
}
