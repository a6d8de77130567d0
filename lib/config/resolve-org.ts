import type { ApiCredential, Org, Server, ServiceClient, WebClient } from '../../functions/model/org.ts';
import { issuerOf } from '../../functions/okta/endpoints.ts';
import type { Config, OrgConfig, ServerConfig } from './schema.ts';

/** An org as its runs see it: every default applied, and each server with the clients that fall to it. */
export function resolveOrg(config: OrgConfig, statusPage: Config['statusPage']): Org {
  const { name, domain, cell, api } = config;
  return {
    name,
    domain,
    ...(cell && { cell }),
    servers: config.servers.map((server) => resolveServer(server, config)),
    ...(api && { api: credentialOf(api) }),
    statusPage,
    negativeTests: config.negativeTests,
    slowAfterMs: config.slowAfterMs,
    timeoutMs: config.timeoutMs,
  };
}

function resolveServer(server: ServerConfig, org: OrgConfig): Server {
  const web: WebClient | undefined = server.web ?? org.web;
  const service: Omit<ServiceClient, 'scopes'> | undefined = server.service ?? org.service;
  return {
    id: server.id,
    issuer: server.issuer ?? issuerOf(org.domain, server.id),
    ...(server.audience && { audience: server.audience }),
    ...(web && { web }),
    ...(server.expects && { expects: server.expects }),
    ...(service && { service: { ...service, scopes: server.scopes ?? [] } }),
  };
}

function credentialOf({ token, client }: NonNullable<OrgConfig['api']>): ApiCredential {
  if (client) return { kind: 'client', ...client };
  if (token) return { kind: 'token', ...token };
  throw new Error('an api without token and client was taken for valid');
}
