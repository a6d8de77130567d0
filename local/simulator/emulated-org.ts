import type { Org, Server } from '../../functions/model/org.ts';
import { issuerOf } from '../../functions/okta/endpoints.ts';
import { ConfigError } from '../../lib/config/config-error.ts';
import type { OktaEmulator } from '../emulators/okta/okta-emulator.ts';

/** An org whose every address and client is the embedded Okta's, and the secrets that it names. */
export interface EmulatedOrg {
  readonly org: Org;
  /** The text of each secret by its name. */
  readonly secrets: ReadonlyMap<string, string>;
}

/**
 * Points a configured org at the embedded Okta: the same name, servers and probes, and so the same metrics, with the
 * addresses, clients and secrets of the org that runs here.
 *
 * Trap: a server keeps its id, so it must be one that the embedded Okta has.
 */
export function emulateOrg(org: Org, okta: OktaEmulator): EmulatedOrg {
  const secrets = new Map<string, string>();
  const embedServer = ({ web, service, ...server }: Server): Server => {
    if (!okta.servers.some((id) => id === server.id)) {
      throw new ConfigError(`the embedded Okta has no server "${server.id}": it has ${okta.servers.join(', ')}`);
    }
    const isOrg = server.id === 'org';
    const keyed = service?.authentication === 'private_key_jwt';
    if (service) {
      const { clientSecret } = okta.clients.secret;
      const secret = keyed ? { privateKey: okta.clients.service.privateJwk } : { clientSecret };
      secrets.set(service.secret, JSON.stringify(secret));
    }
    const { clientId } = keyed ? okta.clients.service : okta.clients.secret;
    const scopes = isOrg ? okta.clients.service.orgScopes : okta.clients.service.customScopes;
    return {
      ...server,
      issuer: issuerOf(okta.domain, server.id),
      ...(server.audience && { audience: Object.entries(okta.audiences).find(([id]) => id === server.id)?.[1] }),
      ...(web && { web: { ...web, clientId: okta.clients.web.clientId, redirectUri: okta.clients.web.redirectUri } }),
      ...(service && { service: { ...service, clientId, scopes: scopes.slice(0, 1) } }),
    };
  };
  const { api } = org;
  if (api) {
    const { privateJwk } = okta.clients.service;
    secrets.set(
      api.secret,
      JSON.stringify(api.kind === 'token' ? { apiToken: okta.apiToken } : { privateKey: privateJwk }),
    );
  }
  return {
    org: {
      ...org,
      domain: okta.domain,
      servers: org.servers.map(embedServer),
      ...(api && { api: api.kind === 'token' ? api : { ...api, clientId: okta.clients.service.clientId } }),
      statusPage: { page: okta.statusPageUrl, feed: okta.statusFeedUrl },
    },
    secrets,
  };
}
