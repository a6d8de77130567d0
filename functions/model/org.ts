import type { Group } from './probe.ts';
import type { Slo } from './slo.ts';

/**
 * One Okta org as a run sees it: the event of its schedule, with all defaults applied.
 *
 * Trap: the event is stored in clear text, in EventBridge and in the template. It names secrets but never holds one.
 */
export interface Org {
  /** Permanent: it is a dimension of all the org's metrics. */
  readonly name: string;
  /** The deployment that monitors it. Absent for the default deployment. */
  readonly deployment?: string;
  /** Host, plus the port if it is not 443: `acme.okta.com`, `login.acme.com`, `localhost:8443`. */
  readonly domain: string;
  /** The org's cell as the status page names it: `okta.com:8`. The org's own metadata names it if absent. */
  readonly cell?: string;
  readonly servers: readonly Server[];
  /** The credential with which the rate-limit probe calls the management API. */
  readonly api?: ApiCredential;
  /** The test user who signs in. Opt-in: without one, no probe signs in. */
  readonly user?: TestUser;
  /** SAML applications that the test user signs on to. */
  readonly samlApps?: readonly SamlApp[];
  /** The checks for quiet failures. Opt-in. */
  readonly health?: HealthSettings;
  /** A flow of Okta Workflows that is invoked every quarter of an hour. */
  readonly workflow?: Workflow;
  /** The other name of the org, with its port: its okta.com name, or its custom domain. The metadata names it if absent. */
  readonly sibling?: string;
  /** The URL of a host that is neither AWS's nor Okta's, which is asked when a connection fails. The status page if absent. */
  readonly control?: string;
  /** In an event: the function runs outside any VPC and without a proxy. Absent where that is not known. */
  readonly egress?: 'direct';
  /** Opt-in: the org's System Log is read. */
  readonly systemLog?: SystemLogSettings;
  /** Where Okta announces incidents of this org. Absent if that is not known: then nothing may be said about it. */
  readonly statusPage?: StatusPage;
  /** Whether to run the negative tests. Their rejected requests look like an attack in the org's System Log. */
  readonly negativeTests: boolean;
  /** How many percent of any rate limit the monitor may use. */
  readonly atMostPercent: number;
  /** A response is slow if all of it takes longer than this. */
  readonly slowAfterMs: number;
  /** How long to wait for a response. */
  readonly timeoutMs: number;
  /** In the event of `flows`: the groups that run for the org, with their intervals in minutes. */
  readonly groups?: Readonly<Partial<Record<Group, number>>>;
  /** In the event of `flows`: the org's service level objective, for messages about it. */
  readonly slo?: Slo;
}

/** A flow of Okta Workflows behind an API endpoint, secured with a client token. */
export interface Workflow {
  /** Its invoke URL, without the token. */
  readonly url: string;
  /** The name or ARN of the secret that has the client token. */
  readonly secret: string;
}

/** A status page of Okta, and which of its announcements are told as tickets. */
export interface StatusPage {
  readonly page: string;
  /** The sub-services, as the page names them. All if absent. */
  readonly tell?: 'all' | 'none' | readonly string[];
}

/** An authorization server. The Org server has the id `org`, a custom server has its own. */
export interface Server {
  readonly id: string;
  /** The issuer that discovery and tokens must name. It depends on the server's issuer mode, not only on the domain. */
  readonly issuer: string;
  /** The `aud` that access tokens must have. Known for custom servers only. */
  readonly audience?: string;
  readonly web?: WebClient;
  readonly service?: ServiceClient;
  /** An API of your own that takes this server's tokens. */
  readonly resource?: Resource;
  /** The requirements of your services for this server's access tokens, beyond Okta's guarantees. */
  readonly expects?: TokenExpectations;
  /** In the event of `health`: another group verifies new tokens of this server, and pages if their key is unpublished. */
  readonly areTokensVerified?: true;
}

/** An API of your own. It is called with a fresh token, as its clients do. */
export interface Resource {
  readonly url: string;
  readonly method: 'GET' | 'HEAD' | 'POST';
  /** The status of a healthy answer. */
  readonly status: number;
  /** Whose token it takes: that of the service application, or that of the test user. */
  readonly token: ResourceToken;
}

export const resourceTokens = ['service', 'user'] as const;

export type ResourceToken = (typeof resourceTokens)[number];

export interface TokenExpectations {
  /** Names of claims. Their values may be personal data and are never read. */
  readonly claims?: readonly string[];
  /** Names of claims that ID tokens must contain: what your applications identify a user by. */
  readonly idToken?: readonly string[];
  readonly minLifetimeSeconds?: number;
  /** Names of claims that the userinfo endpoint must answer with. */
  readonly userinfo?: readonly string[];
  /** Whether the web application's refresh tokens rotate. Not checked if absent. */
  readonly refreshTokenRotation?: boolean;
  /** Seconds for which a replaced refresh token still works. Its refusal after that is not checked if absent. */
  readonly refreshTokenLeewaySeconds?: number;
}

/** A web application. `flows` sees only the values that a browser may see. */
export interface WebClient {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  /** Name or ARN of its secret. Absent for a public client, which has none. Only the journey needs it. */
  readonly secret?: string;
  readonly authentication?: ClientAuthentication;
  /** Whether its tokens are bound to a key (DPoP, RFC 9449). */
  readonly dpop?: boolean;
  /** Whether its authorization requests are pushed (PAR, RFC 9126). */
  readonly par?: boolean;
}

/** A SAML application, as its service provider knows it. */
export interface SamlApp {
  readonly name: string;
  /** Where a sign-on from Okta begins, on the domain of the org. */
  readonly ssoUrl: string;
  /** The public metadata, which has the certificates. */
  readonly metadataUrl: string;
  readonly acsUrl: string;
  readonly audience: string;
  readonly issuer?: string;
  readonly nameIdFormat?: string;
  /** The names of attributes that must have a value. */
  readonly attributes?: readonly string[];
  /** SHA-256 of the certificate that the service provider has, in hexadecimal digits. */
  readonly certificateFingerprint?: string;
}

/** The checks with the management API every quarter of an hour, and when they announce findings. */
export interface HealthSettings {
  /** The ids of SAML applications. */
  readonly applications?: readonly string[];
  /** Whether all active SAML applications are checked, some of them in each run. */
  readonly allApplications: boolean;
  /** The client ids of applications whose keys are checked, besides the monitor's own. */
  readonly clients?: readonly string[];
  /** Whether their secrets are checked too. Trap: Okta answers with the secrets in clear text, and logs that. */
  readonly readSecrets: boolean;
  /** How many days before an expiry a notice is sent. */
  readonly expiryDays: ExpiryDays;
  /** The age at which a secret or a key is a finding, in days. */
  readonly maxAgeDays: number;
  /** The ids of things that are known to be as they are. */
  readonly ignored?: readonly string[];
  /** The probes for which a missing scope or role is a finding, and not only a note. */
  readonly required?: readonly HealthProbe[];
}

/** Days before an expiry, with one notice each. */
export interface ExpiryDays {
  readonly ticket: readonly number[];
  readonly page: readonly number[];
}

export const healthProbes = ['certificates', 'domains', 'client-secrets', 'agents', 'hooks', 'signing-keys'] as const;

export type HealthProbe = (typeof healthProbes)[number];

/** The most SAML applications and clients whose credentials are read in one run: a part of the tightest rate limit. */
export const mostCertificateReads = 15;
export const mostClientReads = 8;

/** A user who exists only to be signed in by the monitor. */
export interface TestUser {
  readonly login: string;
  /** Name or ARN of the Secrets Manager secret: `{"password": …}`, and `"totpSecret"` (base32) where a code is asked for. */
  readonly secret: string;
  /** How to sign in, if not as the engine that the org's metadata names. */
  readonly engine?: Engine;
}

/** The parts of the configuration by which a run recognises the monitor's own events in the System Log. */
export interface SystemLogSettings {
  /** The client ids of the monitor's service applications, whose tokens are not counted. */
  readonly ownClientIds: readonly string[];
  /** The ids of all applications and servers that the monitor uses: a change of one of them may break its checks. */
  readonly watchedIds: readonly string[];
}

/** The server that the test user signs in at. The session is good at all of them. */
export function signInServer({ servers }: Pick<Org, 'servers'>): (Server & { readonly web: WebClient }) | undefined {
  return servers.find((server): server is Server & { readonly web: WebClient } => server.web !== undefined);
}

export const engines = ['identity', 'classic'] as const;

/** Identity Engine signs in by remediations, Classic Engine by primary authentication. */
export type Engine = (typeof engines)[number];

/** A client that requests tokens for itself (client credentials). */
export interface ServiceClient {
  readonly clientId: string;
  readonly authentication: ClientAuthentication;
  /** Name or ARN of the Secrets Manager secret: `{"clientSecret": …}` or `{"privateKey": …}`. */
  readonly secret: string;
  readonly scopes: readonly string[];
  /** Whether its tokens are bound to a key (DPoP, RFC 9449). */
  readonly dpop?: boolean;
}

export const clientAuthentications = ['private_key_jwt', 'client_secret_basic', 'client_secret_post'] as const;

export type ClientAuthentication = (typeof clientAuthentications)[number];

/** An API token (the secret holds `{"apiToken": …}`), or a service application with okta.* scopes. */
export type ApiCredential =
  | { readonly kind: 'token'; readonly secret: string }
  | ({ readonly kind: 'client' } & Omit<ServiceClient, 'authentication'>);

/** The two kinds of authorization server. Their paths, clients, scopes and keys differ. */
export type ServerKind = 'org' | 'custom';

export function kindOf(server: Pick<Server, 'id'>): ServerKind {
  return server.id === 'org' ? 'org' : 'custom';
}
