/**
 * One Okta org as a run sees it: the schedule's event, with every default already applied.
 *
 * Trap: it travels through EventBridge and the template in clear text. It names secrets and never holds one.
 */
export interface Org {
  /** Permanent: every metric of the org hangs on it. */
  readonly name: string;
  /** Host, and a port where it is not 443: `acme.okta.com`, `login.acme.com`, `localhost:8443`. */
  readonly domain: string;
  /** Where the org lives, in the status page's words: `okta.com:8`. Found by DNS when absent. */
  readonly cell?: string;
  readonly servers: readonly Server[];
  /** What the rate-limit probe calls the management API with. */
  readonly api?: ApiCredential;
  readonly statusPage: { readonly page: string; readonly feed: string };
  /** Whether requests that must be refused are made too. They look like an attack in the org's System Log. */
  readonly negativeTests: boolean;
  /** An answer whose first byte takes longer is slow. */
  readonly slowAfterMs: number;
  /** How long an answer is waited for. */
  readonly timeoutMs: number;
}

/** An authorization server: the Org server by the id `org`, a custom one by its own. */
export interface Server {
  readonly id: string;
  /** What discovery and tokens must name as issuer: differs from the domain's where the issuer mode says so. */
  readonly issuer: string;
  /** What an access token's `aud` must be. Known for custom servers only. */
  readonly audience?: string;
  readonly web?: WebClient;
  readonly service?: ServiceClient;
  /** What services ask of this server's access tokens beyond what Okta promises. */
  readonly expects?: TokenExpectations;
}

export interface TokenExpectations {
  /** Names of claims. Their values may be personal and are never looked at. */
  readonly claims?: readonly string[];
  readonly minLifetimeSeconds?: number;
}

/** A web application, of which only what a browser may see is needed. */
export interface WebClient {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
}

/** A client that fetches tokens for itself (client credentials). */
export interface ServiceClient {
  readonly clientId: string;
  readonly authentication: ClientAuthentication;
  /** Name or ARN of the Secrets Manager secret: `{"clientSecret": …}` or `{"privateKey": …}`. */
  readonly secret: string;
  readonly scopes: readonly string[];
}

export const clientAuthentications = ['private_key_jwt', 'client_secret_basic', 'client_secret_post'] as const;

export type ClientAuthentication = (typeof clientAuthentications)[number];

/** An API token (`{"apiToken": …}` in the secret), or a service application with okta.* scopes. */
export type ApiCredential =
  | { readonly kind: 'token'; readonly secret: string }
  | { readonly kind: 'client'; readonly clientId: string; readonly secret: string; readonly scopes: readonly string[] };

/** The two kinds of authorization server, which differ in paths, clients, scopes and keys. */
export type ServerKind = 'org' | 'custom';

export function kindOf(server: Pick<Server, 'id'>): ServerKind {
  return server.id === 'org' ? 'org' : 'custom';
}
