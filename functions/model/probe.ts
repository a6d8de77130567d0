import type { Exchange, PeerCertificate } from './exchange.ts';
import type { Finding } from './finding.ts';
import type { MetricDefinition } from './metric.ts';
import type { Org, Server } from './org.ts';
import type { OrgLog, SentRequest } from './org-log.ts';
import type { Readings } from './outcome.ts';

/** Probes of one group run together in one function, which has the permissions they need and no others. */
export const groups = ['flows', 'limits', 'status', 'journey', 'health', 'system-log', 'negative-tests'] as const;

export type Group = (typeof groups)[number];

/**
 * How a group publishes the metrics that all groups of an org share and that the org's alarms watch.
 *
 * - `always`: every shared metric on every run, zeros included, so that alarms have data as long as the group runs.
 * - `nonZero`: only values above zero, because a group that runs less often would leave gaps between its zeros.
 * - `ownSeries`: none of them. Each probe of the group has its own `Success` metric and alarm instead.
 */
export const publishMode: Readonly<Record<Group, 'always' | 'nonZero' | 'ownSeries'>> = {
  flows: 'always',
  limits: 'nonZero',
  status: 'nonZero',
  journey: 'nonZero',
  health: 'nonZero',
  'system-log': 'nonZero',
  'negative-tests': 'ownSeries',
};

/** The configuration that a probe can require. */
export type Requirement =
  | 'web'
  | 'service'
  | 'api'
  | 'user'
  | 'samlApps'
  | 'health'
  | 'workflow'
  | 'systemLog'
  | 'serviceResource'
  | 'userResource'
  | 'refreshTokenLeeway'
  | 'negativeTests'
  | 'statusPage';

/** The endpoints that probes call. Each has a URL, and possibly a rate-limit bucket, per kind of server. */
export type Endpoint =
  | 'organization'
  | 'discovery'
  | 'keys'
  | 'authorize'
  | 'token'
  | 'introspect'
  | 'par'
  | 'userinfo'
  | 'revoke'
  | 'logout'
  | 'sign-in-introspect'
  | 'sign-in-identify'
  | 'sign-in-challenge'
  | 'sign-in-answer'
  | 'sign-in-cancel'
  | 'sign-in-redirect'
  | 'primary-authentication'
  | 'factor-verification'
  | 'session'
  | 'saml-sign-on'
  | 'saml-metadata'
  | 'users'
  | 'user'
  | 'applications'
  | 'application'
  | 'application-certificates'
  | 'client-secrets'
  | 'client-keys'
  | 'identity-providers'
  | 'identity-provider-certificates'
  | 'custom-domains'
  | 'api-tokens'
  | 'agent-pools'
  | 'event-hooks'
  | 'inline-hooks'
  | 'log-streams'
  | 'authorization-server'
  | 'authorization-server-keys'
  | 'logs'
  | 'status-page';

/** The settings of a client with which a probe sends more requests. */
export const requestSettings = ['service.dpop', 'web.dpop', 'web.par'] as const;

export type RequestSetting = (typeof requestSettings)[number];

/** Results that one probe passes to others, within a run. A probe of the whole org passes them to those of all servers. */
export interface Artifacts {
  readonly token: AccessToken;
  readonly keys: KeySet;
  readonly session: Session;
  readonly code: AuthorizationCode;
  readonly userTokens: UserTokens;
  readonly refreshed: RefreshedToken;
  readonly idToken: IssuedIdToken;
  readonly orgLog: OrgLog;
  readonly apiAccess: ApiAccess;
  readonly orgNames: OrgNames;
  /** The server answers authorization requests of the web application. */
  readonly authorizing: true;
}

/** How the org's metadata names it. */
export interface OrgNames {
  readonly id?: string;
  /** Its hosts with their ports: the name that Okta gave it, and its custom domain. */
  readonly hosts: readonly string[];
}

/** Proof that the management API can be called: the credential works. */
export interface ApiAccess {
  /** The certificate with which the org is served. */
  readonly certificate?: PeerCertificate;
}

/** A user's session at Okta, as a browser has it. Trap: the cookies are live credentials. */
export interface Session {
  readonly cookies: CookieJar;
  /** When the sign-in began, by Okta's clock in seconds since the epoch: an ID token may not be older. */
  readonly startedAt: number;
  /** How the user authenticated, as an ID token's `amr` says it: `pwd`, `otp`. */
  readonly methods: readonly string[];
}

/** The cookies of one browser, which cannot be printed. */
export interface CookieJar {
  /** A `fetch` that sends and keeps cookies as a browser does. */
  through(fetch: Fetch): Fetch;
  has(name: string): boolean;
  /** The same cookies, which change no more when these do. */
  copy(): CookieJar;
}

/** An authorization request, and the values that its answer must match. */
export interface AuthorizationRequest {
  readonly url: string;
  readonly state: string;
  readonly verifier: string;
  readonly nonce: string;
}

/** An authorization code and what proves that it is used by whom it was issued to (RFC 7636). Trap: a live credential. */
export interface AuthorizationCode {
  readonly value: string;
  readonly verifier: string;
  readonly nonce: string;
}

/** An ID token that applications accept, and the id of the server that issued it. Trap: a live credential. */
export interface IssuedIdToken {
  readonly server: string;
  readonly value: string;
}

/** The tokens of the test user. Trap: they are live credentials. Send them to Okta and nowhere else. */
export interface UserTokens {
  readonly access: AccessToken;
  readonly id: string;
  readonly nonce: string;
  readonly refresh?: string;
}

/** What became of a refresh token when it was used. Trap: live credentials. */
export interface RefreshedToken {
  /** When it was used, in milliseconds since the epoch. */
  readonly usedAt: number;
  /** The refresh token that replaces it. Absent where they do not rotate. */
  readonly replacement?: string;
}

/** A fresh access token. Trap: `value` is a live credential. Send it to Okta and nowhere else. */
export interface AccessToken {
  readonly value: string;
  /** The `token_type`, in lower case. */
  readonly type: string;
  readonly scope?: string;
  readonly expiresInSeconds?: number;
  /** The server's clock minus ours when it issued the token. */
  readonly clockOffsetSeconds?: number;
  /** The key that it must be bound to. Absent without DPoP. */
  readonly proofKey?: ProofKey;
}

/** A key that tokens are bound to (RFC 9449). Its private half cannot be read. */
export interface ProofKey {
  /** The thumbprint of the public key (RFC 7638), which a bound token names as `cnf.jkt`. */
  readonly thumbprint: string;
  /** Sends a request with a token and the proof for both. Sends it once more if the server asks for a nonce. */
  send(token: string, url: string, init: FetchInit, fetch: Fetch): Promise<Response>;
}

/** A JWK Set (RFC 7517) as served. */
export interface KeySet {
  readonly keys: readonly Readonly<Record<string, unknown>>[];
}

export type ArtifactName = keyof Artifacts;

/** Sends requests to Okta. It has the signature of `fetch`, follows no redirects and records every exchange. */
export type Fetch = (url: string, init?: FetchInit) => Promise<Response>;

export interface FetchInit {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | URLSearchParams | Uint8Array | null;
  /** Over a new connection with a full TLS handshake, whose phases and certificate become a part of the exchange. */
  readonly anew?: boolean;
  /** The most bytes of a response's body, if not two million. */
  readonly mostBytes?: number;
}

/** Authenticates a probe's requests. Probes never see the secret. */
export interface Credentials extends ClientCredentials, UserCredentials {}

/** Authenticates the monitor as a service client. */
export interface ClientCredentials {
  /**
   * Reads the secret and signs ahead of the next request to an endpoint as the server's service client. Never
   * rejects: the request itself reports the problem.
   */
  prepare(server: Server, endpoint: Endpoint): Promise<void>;
  /** Requests a new client-credentials token. If Okta rejects the client, re-reads the secret and retries once. */
  fetchToken(server: Server, fetch: Fetch): Promise<AccessToken>;
  /** Introspects a token at the server (RFC 7662). */
  introspect(server: Server, token: AccessToken, fetch: Fetch): Promise<Readonly<Record<string, unknown>>>;
  /** Gets what calls of the management API need: the API token, or an access token of this container. */
  prepareApi(fetch: Fetch): Promise<void>;
  /** Calls the management API with the org's API credential. If rejected, re-reads the secret and retries once. */
  callApi(url: string, fetch: Fetch): Promise<Response>;
  /** Invokes the org's flow of Okta Workflows. If it refuses the client token, re-reads the secret and retries once. */
  invokeWorkflow(fetch: Fetch): Promise<Response>;
}

/** Acts as the web application that the test user signs in to. */
export interface UserCredentials {
  /** Signs the test user in. `exchanges` are those of this sign-in so far. */
  signIn(fetch: Fetch, exchanges: readonly Exchange[]): Promise<Session>;
  /** Ends the session, if it can be. */
  endSession(session: Session, fetch: Fetch): Promise<void>;
  /** Prepares a request for a code with PKCE (RFC 7636). Pushes it where the application's are (RFC 9126). */
  requestAuthorization(
    server: Server,
    fetch: Fetch,
    more?: Readonly<Record<string, string>>,
  ): Promise<AuthorizationRequest>;
  /** Exchanges a code, or a refresh token, at the server's token endpoint. */
  redeem(server: Server, grant: Grant, fetch: Fetch): Promise<TokenResponse>;
  /** Revokes a token (RFC 7009). Okta answers 200 for any token. */
  revoke(server: Server, token: string, hint: TokenHint, fetch: Fetch): Promise<void>;
  /** Introspects a token (RFC 7662). */
  introspectForUser(
    server: Server,
    token: string,
    hint: TokenHint,
    fetch: Fetch,
  ): Promise<Readonly<Record<string, unknown>>>;
}

export type TokenHint = 'access_token' | 'refresh_token';

export type Grant =
  | { readonly kind: 'authorization_code'; readonly code: AuthorizationCode }
  | { readonly kind: 'refresh_token'; readonly token: string };

/** The tokens that the token endpoint issued to the web application. Trap: live credentials. */
export interface TokenResponse {
  readonly access: AccessToken;
  readonly id?: string;
  readonly refresh?: string;
}

/** A probe's memory from run to run. Trap: losing it must do no harm, and it must contain no secret. */
export interface Memory {
  /** Returns the last value. Undefined without one. Throws AWS's errors. */
  read(): Promise<unknown>;
  /** Throws if it could not be written, or if another run has written since `read`. */
  write(value: object): Promise<void>;
}

/** The memory of an org's probes. */
export interface RunMemory {
  /** Returns the times of sent notices, by the keys in `Finding.once`. Throws AWS's errors. */
  told(): Promise<ReadonlyMap<string, string>>;
  /** Forgets that people have been told this. Throws AWS's errors. */
  forget(keys: readonly string[]): Promise<void>;
  of(name: string): Memory;
  /**
   * Whether the run of this time (`ProbeContext.runAt`) published a probe's measurements. True where no runs
   * are kept, as on a workstation. Throws AWS's errors.
   */
  hasPublished(group: Group, probe: string, runAt: number): Promise<boolean>;
  /** The latest token requests of `flows` that were granted. Throws AWS's errors. */
  tokenRequests(): Promise<readonly SentRequest[]>;
}

/** Everything a probe works with. Probes get time and the network from here only. */
export interface ProbeContext<Inputs extends ArtifactName = ArtifactName> {
  readonly org: Org;
  /** The server to probe. For a probe of the whole org, the Org server. */
  readonly server: Server;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly fetch: Fetch;
  /** The exchanges that this probe has made so far. */
  readonly exchanges: readonly Exchange[];
  readonly credentials: Credentials;
  readonly inputs: Pick<Artifacts, Inputs> & Partial<Artifacts>;
  readonly memory: RunMemory;
  /** The time by which the state table knows the run: the minute that it was due in, or when it began. */
  readonly runAt: number;
  /** Whether the run is the first of its hour, or was started by hand. Hourly work is done in these runs. */
  readonly isHourly: boolean;
  /** Waits, in milliseconds. Throws if the run's time is up before. */
  readonly wait: (ms: number) => Promise<void>;
  /** Resolves a host's CNAME, or undefined. Used to find an org's cell. */
  readonly canonicalName: (host: string) => Promise<string | undefined>;
}

/** The result of a probe that passed. A probe that fails throws a `ProbeFailure` instead. */
export interface ProbeResult<Metric extends string = string, Output extends ArtifactName = ArtifactName> {
  /** A value for each declared metric. Undefined if this run could not measure it. */
  readonly readings: Readonly<Record<Metric, number | undefined>>;
  readonly notes?: readonly string[];
  readonly warnings?: readonly Finding[];
  /** Keys as in `Finding.once` of things that are in order. If their finding returns, its notice is sent again. */
  readonly mended?: readonly string[];
  readonly provides?: Pick<Artifacts, Output>;
}

interface ProbeDefinition<Metric extends string, Input extends ArtifactName, Output extends ArtifactName> {
  /** Permanent, in kebab case: it is the `Probe` dimension. */
  readonly id: string;
  /** The question that the probe answers. */
  readonly question: string;
  readonly group: Group;
  /** `server`: once per server; `custom-server`: once per custom server; `org`: once per org. */
  readonly scope: 'org' | 'server' | 'custom-server';
  readonly requires?: readonly Requirement[];
  /**
   * The scopes of the management API that its parts need. Without any of them it is disabled, unless it has something to
   * do without the API: the credentials that `or` names.
   */
  readonly apiScopes?: { readonly anyOf: readonly string[]; readonly or?: Requirement };
  /** Artifacts of other probes. The probe is skipped if one of them is not available. */
  readonly inputs?: readonly Input[];
  /** Artifacts that the probe uses if they are there. */
  readonly mayUse?: readonly ArtifactName[];
  /** Probes that must have ended before this one starts, however they ended: at the same server, or of the whole org. */
  readonly after?: readonly string[];
  /** Never tried twice, not even after a lost connection: the request may have arrived, and it counts. */
  readonly once?: true;
  /** Reads its memory in each run, which the price counts. */
  readonly remembers?: true;
  /** Ends what others began. They stop some seconds before the run's deadline, so that it has the time to. */
  readonly cleansUp?: true;
  readonly provides?: Output;
  /** Every request of a healthy run. The request budget, the headroom series and the docs follow from it. */
  readonly requests: readonly Endpoint[];
  /** What settings of the client add to them, at most: with DPoP, a request without a nonce in a new container. */
  readonly addedRequests?: Readonly<Partial<Record<RequestSetting, readonly Endpoint[]>>>;
  /** The requests that the configuration can add. In words for the docs, and as a list. */
  readonly configuredRequests?: { readonly words: string; of(org: Org): readonly Endpoint[] };
  /** Whether to publish `Duration`, the server's time for the request. Each metric costs money, so use it sparingly. */
  readonly timed: boolean;
  readonly metrics: Readonly<Record<Metric, MetricDefinition>>;
  run(context: ProbeContext<Input>): Promise<ProbeResult<NoInfer<Metric>, NoInfer<Output>>>;
}

/** One scheduled check. The runtime, the stack and the docs all work from this definition. */
export interface Probe extends Omit<ProbeDefinition<string, ArtifactName, ArtifactName>, 'run'> {
  run(context: ProbeContext): Promise<{
    readonly readings: Readings;
    readonly notes?: readonly string[];
    readonly warnings?: readonly Finding[];
    readonly mended?: readonly string[];
    readonly provides?: Partial<Artifacts>;
  }>;
}

/**
 * Type-checks a probe's definition: a declared metric without a reading does not compile. The returned type omits the
 * names, so that all probes fit into one list.
 */
export function defineProbe<
  const Metric extends string = never,
  const Input extends ArtifactName = never,
  const Output extends ArtifactName = never,
>(definition: ProbeDefinition<Metric, Input, Output>): Probe {
  return definition as unknown as Probe;
}
