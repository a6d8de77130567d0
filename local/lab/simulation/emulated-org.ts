import type {
  HealthSettings,
  Org,
  SamlApp,
  Server,
  SystemLogSettings,
  WebClient,
} from '../../../functions/model/org.ts';
import { issuerOf } from '../../../functions/okta/endpoints.ts';
import { ConfigError } from '../../../lib/config/config-error.ts';
import type { OktaEmulator } from '../../../packages/okta-emulator/src/index.ts';
import type { ResourceApi } from './resource-api.ts';

/** An org whose addresses and clients are an emulator's, and the secrets that it names. */
export interface EmulatedOrg {
  readonly org: Org;
  /** The text of each secret by its name. */
  readonly secrets: ReadonlyMap<string, string>;
}

/**
 * Points a configured org at an Okta emulator, and its resources at an API that takes its tokens, if there is one. Name,
 * servers and probes stay the same, and so do the metrics; addresses, clients and secrets become the emulators'.
 *
 * Trap: a server keeps its id, so the emulator must have a server of that id.
 */
export function emulateOrg(org: Org, okta: OktaEmulator, resourceApi?: Pick<ResourceApi, 'url'>): EmulatedOrg {
  const secrets = new Map<string, string>();
  const { secret: secretClient } = okta.clients;
  const keyClientOf = ({ dpop }: { readonly dpop?: boolean }) => okta.clients[dpop ? 'dpop' : 'service'];
  const emulateWeb = (web: WebClient): WebClient => {
    const webClient = okta.clients[web.dpop ? 'dpopWeb' : 'web'];
    if (web.secret !== undefined) secrets.set(web.secret, JSON.stringify({ clientSecret: webClient.clientSecret }));
    const { clientId, redirectUri } = webClient;
    const { authentication: _, ...others } = web;
    return { ...others, clientId, redirectUri };
  };
  const emulateServer = ({ web, service, resource, ...server }: Server): Server => {
    if (!okta.servers.some((id) => id === server.id)) {
      throw new ConfigError(`The Okta emulator has no server "${server.id}". It has ${okta.servers.join(', ')}.`);
    }
    const keyClient = keyClientOf(service ?? {});
    const usesKey = service?.authentication === 'private_key_jwt';
    if (service) {
      const secret = usesKey ? { privateKey: keyClient.privateJwk } : { clientSecret: secretClient.clientSecret };
      secrets.set(service.secret, JSON.stringify(secret));
    }
    const { clientId } = usesKey ? keyClient : secretClient;
    const scopes = server.id === 'org' ? keyClient.orgScopes : keyClient.customScopes;
    return {
      ...server,
      issuer: issuerOf(okta.domain, server.id),
      ...(server.audience && { audience: Object.entries(okta.audiences).find(([id]) => id === server.id)?.[1] }),
      ...(web && { web: emulateWeb(web) }),
      ...(service && { service: { ...service, clientId, scopes: scopes.slice(0, 1) } }),
      ...(resource && { resource: resourceApi ? { ...resource, url: resourceApi.url, status: 200 } : resource }),
    };
  };
  const { api } = org;
  if (api) {
    const secret = api.kind === 'token' ? { apiToken: okta.apiToken } : { privateKey: keyClientOf(api).privateJwk };
    secrets.set(api.secret, JSON.stringify(secret));
  }
  const emulateSamlApp = (app: SamlApp): SamlApp => {
    const { ssoUrl, metadataUrl, acsUrl, audience, entityId } = okta.samlApps.payroll;
    const { certificateFingerprint: _, ...others } = app;
    return { ...others, ssoUrl, metadataUrl, acsUrl, audience, ...(app.issuer !== undefined && { issuer: entityId }) };
  };
  const emulateHealth = (health: HealthSettings): HealthSettings => ({
    ...health,
    ...(health.applications && { applications: [okta.samlApps.payroll.id] }),
    ...(health.clients && { clients: [okta.clients.web.clientId] }),
  });
  const { user, workflow, sibling: _, ...configured } = org;
  if (workflow) secrets.set(workflow.secret, JSON.stringify({ clientToken: okta.flow.clientToken }));
  if (user) secrets.set(user.secret, JSON.stringify({ password: okta.user.password }));
  return {
    org: {
      ...configured,
      domain: okta.domain,
      control: okta.statusPageUrl,
      servers: org.servers.map(emulateServer),
      ...(api && { api: api.kind === 'token' ? api : { ...api, clientId: keyClientOf(api).clientId } }),
      ...(org.samlApps && { samlApps: org.samlApps.map(emulateSamlApp) }),
      ...(org.health && { health: emulateHealth(org.health) }),
      ...(workflow && { workflow: { ...workflow, url: okta.flow.url } }),
      ...(user && { user: { ...user, login: okta.user.login } }),
      ...(org.systemLog && { systemLog: emulateSystemLog(okta) }),
      ...(org.statusPage && { statusPage: { ...org.statusPage, page: okta.statusPageUrl } }),
    },
    secrets,
  };
}

function emulateSystemLog({ clients, servers }: OktaEmulator): SystemLogSettings {
  const { secret, service, dpop, web, dpopWeb } = clients;
  const ownClientIds = [secret, service, dpop].map(({ clientId }) => clientId);
  return { ownClientIds, watchedIds: [...ownClientIds, web.clientId, dpopWeb.clientId, ...servers] };
}
