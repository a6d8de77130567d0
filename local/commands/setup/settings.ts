import type { Json } from './json.ts';

/** The input of a set-up, from the command line, the configuration and the org. */
export interface Settings {
  readonly domain: string;
  /** The name of the org in the configuration. */
  readonly org: string;
  readonly deployment: string;
  /** The custom server whose tokens are monitored, if there is one. */
  readonly server?: CustomServer;
  /** Why there is no custom server, if Okta does not let us see them. */
  readonly noServers?: { readonly reason: string; readonly remedy: string };
  /** The org's own Okta address, the only issuer that grants take. A custom domain has another one. */
  readonly oktaUrl: string;
  readonly engine: 'identity' | 'classic';
  /** The test user's login, if a test user is to sign in. */
  readonly login?: string;
  readonly redirectUri: string;
  readonly systemLog: boolean;
  readonly health: boolean;
  /** The path of the configuration. */
  readonly config: string;
}

/** A custom authorization server, as Okta describes it. */
export interface CustomServer {
  readonly id: string;
  readonly name: string;
  /** Absent if Okta does not say it. */
  readonly audience?: string;
  readonly issuer?: string;
}

/**
 * The mark on everything that this tool made for one org of one deployment. Resources without it are never changed.
 *
 * Trap: people see it in Okta, so it says what made it.
 */
export function markOf({ deployment, org }: Pick<Settings, 'deployment' | 'org'>): string {
  return `okta-synthetics: ${deployment}/${org}`;
}

/** The mark where only a description can hold it. It must be the whole description. */
export function descriptionOf(settings: Pick<Settings, 'deployment' | 'org'>): string {
  return `Managed by ${markOf(settings)}`;
}

/** The name of a resource in Okta: `okta-synthetics acme`, followed by its kind. */
export function nameOf({ deployment, org }: Pick<Settings, 'deployment' | 'org'>, what?: string): string {
  return [deployment, org, ...(what === undefined ? [] : [what])].join(' ');
}

export function secretName({ deployment, org }: Pick<Settings, 'deployment' | 'org'>, what: string): string {
  return `${deployment}/${org}/${what}`;
}

/** The scope of the custom server that the service application asks for. */
export function scopeName({ deployment, org }: Pick<Settings, 'deployment' | 'org'>): string {
  return `monitor.${deployment}.${org}`;
}

/** A login at a domain that accepts no mail (RFC 2606, RFC 7505), so it cannot belong to a person. */
export function defaultLogin({ deployment, org }: Pick<Settings, 'deployment' | 'org'>): string {
  return `${deployment}.${org}@example.com`;
}

/** A name that never resolves (RFC 6761, 6.4), so no server can listen there. */
export const defaultRedirectUri = 'https://okta-synthetics.invalid/callback';

/** An okta.* scope, and the monitor's use of it. */
export interface OktaScope {
  readonly scope: string;
  readonly purpose: string;
}

/** The scopes that the service application is granted, each with what needs it. */
export function oktaScopes({ systemLog, health }: Pick<Settings, 'systemLog' | 'health'>): readonly OktaScope[] {
  return [
    { scope: 'okta.users.read', purpose: "tokens of the Org server, rate limits, and API tokens' owners" },
    ...(systemLog ? [{ scope: 'okta.logs.read', purpose: 'the System Log' }] : []),
    ...(health ? healthScopes : []),
  ];
}

const healthScopes: readonly OktaScope[] = [
  { scope: 'okta.apps.read', purpose: 'certificates, secrets and keys of applications' },
  { scope: 'okta.idps.read', purpose: 'certificates of identity providers' },
  { scope: 'okta.domains.read', purpose: 'custom domains' },
  { scope: 'okta.apiTokens.read', purpose: 'API tokens without a use or an owner' },
  { scope: 'okta.agentPools.read', purpose: 'agents' },
  { scope: 'okta.eventHooks.read', purpose: 'event hooks' },
  { scope: 'okta.inlineHooks.read', purpose: 'inline hooks' },
  { scope: 'okta.logStreams.read', purpose: 'log streams' },
  { scope: 'okta.authorizationServers.read', purpose: 'signing keys of custom servers' },
];

/** A custom server of Okta's list. */
export function customServer({ id, name, audiences, issuer }: Json): CustomServer {
  const [audience] = Array.isArray(audiences) ? audiences : [];
  return {
    ...{ id: String(id), name: typeof name === 'string' ? name : 'without a name' },
    ...(typeof audience === 'string' && { audience }),
    ...(typeof issuer === 'string' && { issuer }),
  };
}

/** The scopes with which the test user signs in. */
export const userScopes = ['openid', 'profile', 'email', 'offline_access'];

/** The id of the resource of a granted scope. */
export function grantId(scope: string): string {
  return `grant:${scope}`;
}
