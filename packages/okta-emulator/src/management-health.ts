import { createHash, X509Certificate } from 'node:crypto';
import { keyItem, secretItem } from './application-document.ts';
import type { Application } from './applications.ts';
import { seededAt as created } from './documents.ts';
import type { AgentState, ClientCredentialsState, Health } from './health-state.ts';
import type { Collection, Item } from './management-data.ts';
import type { OrgState } from './org-state.ts';
import { certificateBody, listedKey, type SamlKey } from './saml-applications.ts';

/** The data of the collections. */
export interface HealthParts {
  readonly origin: string;
  readonly orgId: string;
  readonly state: OrgState;
  readonly health: Health;
  readonly now: () => number;
  /** The certificate with which the org is served, as PEM. */
  readonly servedCertificate: string;
}

const dayMs = 86_400_000;

/** Returns the kid of an object without a real key, in Okta's format. It is the same each time. */
export function kidOf(...parts: readonly unknown[]): string {
  return createHash('sha256').update(parts.join('/')).digest('base64url');
}

/** A certificate as `credentials/keys` lists it. https://developer.okta.com/docs/api/openapi/okta-management/management/tag/ApplicationSSOCredentialKey/ */
export function certificateItem(key: SamlKey, kid: string): Item {
  const certificate = new X509Certificate(key.certificate);
  const { n, e } = certificate.publicKey.export({ format: 'jwk' });
  return {
    ...{ kty: 'RSA', created: new Date(certificate.validFrom).toISOString() },
    ...{ lastUpdated: new Date(certificate.validFrom).toISOString() },
    ...{ expiresAt: new Date(certificate.validTo).toISOString(), kid, use: 'sig', x5c: [certificateBody(key)] },
    'x5t#S256': createHash('sha256').update(certificate.raw).digest('base64url'),
    ...{ e, n },
  };
}

/** The agents of each pool. */
const pools = [
  { id: '0oa1agent2pool3direct', name: 'corp.example.com', type: 'AD', agents: ['ad-east', 'ad-west'] },
  { id: '0oa2agent3pool4radius', name: 'VPN', type: 'Radius', agents: ['radius-1'] },
] as const;

/** The collections of the management API that show imminent failures, by path. */
export function managementHealth(parts: HealthParts): Readonly<Record<string, Collection>> {
  const { origin, orgId, state, health, now } = parts;
  const self = (path: string) => ({ self: { href: `${origin}/api/v1/${path}` } });
  const daysFromNow = (days: number) => new Date(now() + days * dayMs).toISOString();
  /** The same end for as long as a certificate is the same, however time goes on. */
  const ends = new Map<string, string>();
  const endOf = (domain: string, days: number) => {
    const key = `${domain}/${days}`;
    const end = ends.get(key) ?? daysFromNow(days);
    ends.set(key, end);
    return end;
  };
  const common = { searched: ['name'], pageSize: 200 };
  const hooks = (kind: 'eventHooks' | 'inlineHooks' | 'logStreams', prefix: string, more: object): readonly Item[] =>
    Object.entries(health.list(kind)).map(([name, state]) => {
      const id = `${prefix}1${kidOf(kind, name).replace(/\W/g, '').slice(0, 16)}`;
      return { id, name, created, lastUpdated: created, ...more, ...state, _links: self(`${kind}/${id}`) };
    });
  const channel = (uri: string) => ({ type: 'HTTP', version: '1.0.0', config: { uri, method: 'POST', headers: [] } });

  const agentPools = () =>
    pools.map(({ id, name, type, agents }) => {
      const states: readonly [string, AgentState][] = agents.map((agent) => [agent, health.list('agents')[agent]]);
      const count = (status: AgentState['operationalStatus']) =>
        states.filter(([, state]) => state.operationalStatus === status).length;
      const working = count('OPERATIONAL');
      return {
        ...{ id, name, type },
        operationalStatus: working === agents.length ? 'OPERATIONAL' : working > 0 ? 'DEGRADED' : 'DISRUPTED',
        ...{ disruptedAgents: count('DISRUPTED'), inactiveAgents: count('INACTIVE') },
        agents: states.map(([agent, { operationalStatus, silentMinutes, isLatest }]) => ({
          ...{ id: `a53${kidOf(agent).replace(/\W/g, '').slice(0, 17)}`, name: agent, poolId: id, type },
          ...{ operationalStatus, isHidden: false, version: isLatest ? '3.22.0' : '3.16.0' },
          ...{ isLatestGAedVersion: isLatest, latestGAedVersion: '3.22.0', updateStatus: 'Success' },
          // Milliseconds, where the rest of the API has ISO 8601.
          lastConnection: now() - silentMinutes * 60_000,
        })),
        _links: self(`agentPools/${id}`),
      };
    });

  const identityProviders = () => Object.entries(health.list('identityProviders'));
  const idpItems = () =>
    identityProviders().map(([name, { status, certificateDays }], index) => {
      const id = `0oa${index + 1}idp${name.toLowerCase().padEnd(14, '0')}`;
      const trust = {
        ...{ issuer: `https://${name.toLowerCase()}.example.com`, audience: `${origin}/saml2/${id}` },
        ...{ kid: kidOf(name, certificateDays), revocation: null, revocationCacheLifetime: 0 },
      };
      const protocol = { type: 'SAML2', credentials: { trust, signing: { kid: kidOf(name, 'signing') } } };
      return { id, name, type: 'SAML2', status, created, lastUpdated: created, protocol, _links: self(`idps/${id}`) };
    });
  const idpKeys = async () => {
    const used = await Promise.all(
      identityProviders().map(async ([name, { certificateDays }]) =>
        certificateItem(await listedKey(certificateDays, now()), kidOf(name, certificateDays)),
      ),
    );
    // It is unused, and was never deleted.
    return [...used, certificateItem(await listedKey(-500, now()), kidOf('replaced'))];
  };

  const domains = (): readonly Item[] => [
    { id: 'default', domain: 'acme.okta.com', certificateSourceType: 'OKTA_MANAGED', validationStatus: 'COMPLETED' },
    ...Object.entries(health.list('domains')).map(([domain, { certificateDays, ...state }]) => {
      const served = new X509Certificate(parts.servedCertificate);
      const publicCertificate = {
        subject: `CN=${domain}`,
        fingerprint:
          certificateDays === undefined ? served.fingerprint.replaceAll(':', '') : kidOf(domain).slice(0, 40),
        expiration:
          certificateDays === undefined ? new Date(served.validTo).toISOString() : endOf(domain, certificateDays),
      };
      const id = `OcD${kidOf(domain).replace(/\W/g, '').slice(0, 17)}`;
      return {
        id,
        domain,
        ...state,
        brandId: 'bnd1acme2brand3acme4',
        publicCertificate,
        _links: self(`domains/${id}`),
      };
    }),
  ];

  const apiTokens = (): readonly Item[] =>
    Object.entries(health.list('apiTokens')).map(([name, { unusedDays, userId, isLimitedToZone }]) => {
      const id = `00T${kidOf(name).replace(/\W/g, '').slice(0, 17)}`;
      const network = isLimitedToZone
        ? { connection: 'ZONE', include: ['nzo1data2center3zone4'] }
        : { connection: 'ANYWHERE' };
      return {
        ...{ id, name, userId, clientName: 'Okta API', tokenWindow: null, network, created },
        ...{
          lastUpdated: daysFromNow(-unusedDays),
          expiresAt: daysFromNow(30 - unusedDays),
          _link: self(`api-tokens/${id}`),
        },
      };
    });

  return {
    '/api/v1/agentPools': {
      ...common,
      type: 'AgentPool',
      scope: 'okta.agentPools.read',
      list: agentPools,
      whole: asList,
    },
    '/api/v1/idps': { ...common, type: 'IdentityProvider', scope: 'okta.idps.read', list: idpItems },
    '/api/v1/idps/credentials/keys': { ...common, type: 'JsonWebKey', scope: 'okta.idps.read', list: idpKeys },
    '/api/v1/domains': {
      ...{ ...common, type: 'Domain', scope: 'okta.domains.read', list: domains },
      whole: (items) => ({ domains: items }),
    },
    '/api/v1/api-tokens': { ...common, type: 'ApiToken', scope: 'okta.apiTokens.read', list: apiTokens, whole: asList },
    '/api/v1/eventHooks': {
      ...{ ...common, type: 'EventHook', scope: 'okta.eventHooks.read' },
      list: () =>
        hooks('eventHooks', 'who', {
          events: { type: 'EVENT_TYPE', items: ['user.lifecycle.create'], filter: null },
          channel: channel('https://hooks.example.com/provisioning'),
        }),
    },
    '/api/v1/inlineHooks': {
      ...{ ...common, type: 'InlineHook', scope: 'okta.inlineHooks.read' },
      list: () =>
        hooks('inlineHooks', 'cal', {
          ...{ type: 'com.okta.oauth2.tokens.transform', version: '1.0.0' },
          channel: channel('https://hooks.example.com/claims'),
        }),
    },
    '/api/v1/logStreams': {
      ...{ ...common, type: 'LogStream', scope: 'okta.logStreams.read' },
      list: () =>
        hooks('logStreams', '0oa', {
          type: 'aws_eventbridge',
          settings: { accountId: '123456789012', eventSourceName: 'siem', region: 'eu-west-1' },
        }),
    },
    '/api/v1/org': {
      ...{ ...common, type: 'Org', scope: 'okta.orgs.read' },
      list: () => [{ id: orgId, subdomain: 'acme', companyName: 'Acme', status: 'ACTIVE', created, expiresAt: null }],
      whole: ([org]) => org,
    },
    '/api/v1/principal-rate-limits': {
      ...{ ...common, pageSize: 20, type: 'PrincipalRateLimitEntity', scope: 'okta.principalRateLimits.read' },
      list: () =>
        state.applications.clients.map(({ client_id }) => ({
          ...{ id: `prl${client_id.slice(3)}`, orgId, principalId: client_id, principalType: 'OAUTH_CLIENT' },
          ...{ defaultPercentage: 50, defaultConcurrencyPercentage: 75, createdDate: created, lastUpdate: created },
        })),
    },
  };
}

const asList = (items: readonly Item[]) => items;

/** The secrets and the public keys of a client. Trap: a secret is there in clear text, as at Okta. */
export function clientCredentials({
  origin,
  state,
  health,
  now,
}: Pick<HealthParts, 'origin' | 'state' | 'health' | 'now'>) {
  const timesOf = (days: number) => {
    const at = new Date(now() - days * dayMs).toISOString();
    return { created: at, lastUpdated: at };
  };
  const entries = <Entry>(
    { active, inactive }: ClientCredentialsState,
    make: (days: number, status: 'ACTIVE' | 'INACTIVE') => Entry,
  ) => [...active.map((days) => make(days, 'ACTIVE')), ...inactive.map((days) => make(days, 'INACTIVE'))];
  const idOf = (...parts: readonly unknown[]) =>
    kidOf(...parts)
      .replace(/\W/g, '')
      .slice(0, 17);

  /** The secrets and keys of the clients that the org has from its start are as old as their health says. */
  function aged(application: Application): Pick<Application, 'secrets' | 'keys'> {
    const { id, isSeed } = application;
    const [secret, ...addedSecrets] = application.secrets;
    const [key, ...addedKeys] = application.keys;
    if (!isSeed) return application;
    const { web } = health.list('clientSecrets');
    const { service } = health.list('clientKeys');
    const secrets =
      secret &&
      entries(web, (days, status) => ({
        ...{ id: `ocs${idOf(id, days, status)}`, status, value: secret.value, ...timesOf(days) },
      })).map((one, index) =>
        index === 0 && web.active.length > 0 ? { ...one, ...secret, ...timesOf(web.active[0] ?? 0) } : one,
      );
    const otherKeys =
      key &&
      entries(service, (days, status) => ({
        ...{ id: `pks${idOf(id, days, status)}`, status, ...timesOf(days) },
        jwk: { ...key.jwk, kid: kidOf(days, status) },
      }));
    return {
      secrets: [...(secrets ?? []), ...addedSecrets],
      keys: [...(key ? [{ ...key, ...timesOf(200) }] : []), ...(otherKeys ?? []), ...addedKeys],
    };
  }

  return {
    secrets(id: string): readonly Item[] {
      const application = state.applications.find(id);
      return application ? aged(application).secrets.map((secret) => secretItem(application, secret, origin)) : [];
    },
    jwks(id: string): { readonly jwks: { readonly keys: readonly Item[] } } {
      const application = state.applications.find(id);
      return {
        jwks: { keys: application ? aged(application).keys.map((key) => keyItem(application, key, origin)) : [] },
      };
    },
  };
}
