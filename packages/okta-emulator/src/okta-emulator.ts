import type { JWTPayload } from 'jose';
import type { TokenAlteration } from './access-token.ts';
import { type Administer, createAdministrationLog } from './administration-log.ts';
import { altering, createAlterationLog } from './alteration-log.ts';
import { createAuthorizationServer } from './authorization-server.ts';
import { issueCertificates, type TlsFlaw } from './certificates.ts';
import { errorEnvelope, unknownOrg } from './error-responses.ts';
import { createFlow, type Flow } from './flow.ts';
import { type AlterHealth, createHealth } from './health-state.ts';
import type { OktaRequest } from './http-message.ts';
import { type Effect, listenHttps, type Match, type ServedRequest } from './https-listener.ts';
import { createIdxApi, tooManyRequests } from './idx-api.ts';
import { createTransactions } from './idx-transaction.ts';
import { apiTokenId, type Caller, createCallerOf } from './log-caller.ts';
import { createLogApi } from './log-query.ts';
import { createManagementApi, type ManagementParts } from './management-api.ts';
import { managementData } from './management-data.ts';
import { recordChangesIn } from './management-resource.ts';
import { createJobsLog, type OktaJob } from './okta-jobs-log.ts';
import { type ServerId, serverAddress, serverIds } from './org.ts';
import { clientMetadata, createIdentity, type OrgIdentity, type RegisteredClients } from './org-identity.ts';
import { createOrgState, type OrgSnapshot, snapshotOf } from './org-state.ts';
import { PrimaryAuthentication } from './primary-authentication.ts';
import { createRateLimitLog, otherIntegration, type TouchedLimit, type TouchedLimitKind } from './rate-limit-log.ts';
import { type Bucket, bucketFor, createRateLimiter, rateLimitHeaders } from './rate-limits.ts';
import { createRouter } from './router.ts';
import {
  createSamlApplications,
  entityIdOf,
  prepareListedKey,
  type SamlApplication,
  type SamlApplicationName,
  type SamlSettings,
  ssoPathOf,
} from './saml-applications.ts';
import { createSamlSignOn } from './saml-sign-on.ts';
import { createSessions, endOwnSession, renameSessionCookie } from './sessions.ts';
import { createSignInEnd, createSignInStart } from './sign-in.ts';
import { createCodeChecker, createPasswordCheck } from './sign-in-checks.ts';
import { createSignInLog } from './sign-in-log.ts';
import type { SignInSettings } from './sign-in-settings.ts';
import { importServerKeys } from './signing-keys.ts';
import { createStatusPage, type ReportedStatus } from './status-page.ts';
import { createSystemLog, type LogDelay, type LogEvent, type PastHappening } from './system-log.ts';
import { administratorId, passwordUser, thinUser, totpUser, type User } from './users.ts';

export interface OktaOptions {
  /** The default, 0, selects a free port. */
  readonly port?: number;
  /** Epoch milliseconds. The clock of the rate-limit windows, the `Date` header and the key rotation. */
  readonly now?: () => number;
  /** The org that it emulates: a new one by default. */
  readonly identity?: OrgIdentity;
  /** Requests per minute that differ from the defaults. */
  readonly rateLimits?: Partial<Record<Bucket, number>>;
  /** How it signs its users in, where that differs from the defaults. */
  readonly signIn?: Partial<SignInSettings>;
}

/** A user of the org who can sign in. */
export interface TestUser {
  readonly id: string;
  readonly login: string;
  readonly password: string;
  /** The secret of Google Authenticator in base32, if the sign-in asks for a code. */
  readonly totpSecret?: string;
}

/** A SAML application of the org, as its service provider knows it. */
export interface SamlApp {
  /** For the API. */
  readonly id: string;
  readonly entityId: string;
  readonly ssoUrl: string;
  readonly metadataUrl: string;
  readonly acsUrl: string;
  readonly audience: string;
}

export interface OktaEmulator extends AsyncDisposable {
  /** `localhost` and the port. */
  readonly domain: string;
  readonly origin: string;
  /** The PEM certificate of the authority that signed the server's certificate. */
  readonly ca: string;
  readonly clients: RegisteredClients;
  /** A user who can sign in with a password. */
  readonly user: TestUser;
  /** The users who can sign in: with a password, with a code too, and with a profile that has only what it must. */
  readonly users: Readonly<Record<'password' | 'totp' | 'thin', TestUser>>;
  /** A read-only administrator's, for `Authorization: SSWS …`. */
  readonly apiToken: string;
  /** A super administrator's. With it, the management API changes the org. */
  readonly adminToken: string;
  readonly servers: readonly ServerId[];
  readonly issuers: Readonly<Record<ServerId, string>>;
  readonly audiences: Readonly<Record<ServerId, string>>;
  readonly statusPageUrl: string;
  /** A flow of Workflows that answers and does nothing. */
  readonly flow: Flow;
  /** The requests since the start or the last `clearRequests`. */
  readonly requests: readonly ServedRequest[];
  clearRequests(): void;
  setStatus(status: ReportedStatus): void;
  /** Delays, replaces or changes responses from now on. Returns a function that ends this. */
  intercept(match: Match, effect: Effect): () => void;
  /**
   * Sends altered access tokens from now on. The server still treats each as the token that it issued. Returns a
   * function that ends this.
   */
  alterTokens(server: ServerId, alteration: TokenAlteration): () => void;
  readonly samlApps: Readonly<Record<SamlApplicationName, SamlApp>>;
  /** Changes a SAML application from now on. Returns a function that ends this. */
  alterSamlApp(name: SamlApplicationName, changes: Partial<SamlSettings>): () => void;
  /** Changes a user, found by id or login, from now on. Returns a function that ends this. */
  alterUser(idOrLogin: string, changes: Partial<User>): () => void;
  /** Undoes what the org itself changed in its users: lockouts and new passwords. */
  resetUsers(): void;
  /** How many passwords it has refused since its start. Several in a row lock a user out. */
  refusedPasswords(): number;
  /** Allows a device, as its user: an administrator by default, who must be assigned to the application. */
  approveDevice(userCode: string, idOrLogin?: string): Promise<void>;
  /** Denies it. */
  denyDevice(userCode: string, idOrLogin?: string): Promise<void>;
  /** A user as the org sees it now. */
  findUser(idOrLogin: string): User | undefined;
  /** Changes how the org signs its users in from now on. Returns a function that ends this. */
  alterSignIn(changes: Partial<SignInSettings>): () => void;
  /** Changes the claims of ID tokens from now on. Returns a function that ends this. */
  alterIdTokens(server: ServerId, change: (claims: JWTPayload) => JWTPayload): () => void;
  /** Changes the claims at /userinfo from now on. Returns a function that ends this. */
  alterUserInfo(server: ServerId, change: (claims: JWTPayload) => JWTPayload): () => void;
  /** Changes an agent, a domain, a hook and the like from now on. Returns a function that ends this. */
  alterHealth: AlterHealth;
  /** Takes rights away from all administrators, by the scopes that need them. Returns a function that ends this. */
  restrictRoles(scopes: readonly string[]): () => void;
  /** Refuses the next changes of policies, as many as given, because the org is busy with their priorities. */
  reconcilePolicies(times?: number): void;
  /** Everything in the org that the management API can change, without times and secrets. */
  snapshot(): OrgSnapshot;
  /** Removes a key from a server's published ones. Its tokens still use it. Returns a function that ends this. */
  hideKey(server: ServerId, which: 'active' | 'next'): () => void;
  /** Fails the TLS handshake of new connections. Resolves to a function that ends this. */
  breakTls(flaw: TlsFlaw): Promise<() => void>;
  /**
   * Leaves a share, 0 to 1, of a bucket's requests in the current minute, as if other clients had used the rest. The
   * System Log warns of it as of theirs.
   * Returns a function that resets all rate limits.
   */
  setRemaining(bucket: Bucket, share: number): () => void;
  /** Clears the request counts of all rate limits. */
  resetRateLimits(): void;
  /**
   * Records events in the System Log that no request to the emulator caused, now or in the past, tens of thousands at once
   * if need be. An event of the future arrives when its time has come.
   */
  recordEvents(events: Iterable<PastHappening>): void;
  /** Records that an administrator changed something. Nothing else in the org changes by it. */
  readonly administer: Administer;
  /** Records an event of Okta, an agent or a hook. `name` is that of the agent, the hook, the stream or the domain. */
  recordJob(job: OktaJob, name?: string, client?: { readonly id: string; readonly name: string }): void;
  /** Records a use of a limit that the emulator does not count, by another integration unless a client is named. */
  touchLimit(kind: TouchedLimitKind, limit?: TouchedLimit, caller?: Caller): void;
  /** Lets events reach the System Log late from now on, by milliseconds. Returns a function that ends this. */
  delayLog(by: LogDelay): () => void;
  /** Lets events never reach the System Log from now on. Returns a function that ends this. */
  dropFromLog(matches: (event: LogEvent) => boolean): () => void;
  close(): Promise<void>;
}

const rotationDays = 45;
const dayMs = 86_400_000;

/**
 * Starts an emulated Okta org on loopback. See README.md for the emulated endpoints.
 *
 * Clients must trust its `ca`, which is a new one unless `identity` has one. Each authorization server is an oidc-provider; the rest
 * of this folder adapts it to Okta's behaviour.
 */
export async function startOktaEmulator(options: OktaOptions = {}): Promise<OktaEmulator> {
  const now = options.now ?? Date.now;
  const {
    orgId,
    apiToken,
    adminToken,
    authority,
    clients,
    saml: samlKey,
    keys: jwks,
  } = options.identity ?? (await createIdentity());
  const [certificates, keys] = await Promise.all([
    issueCertificates(Date.now(), authority),
    Promise.all(serverIds.map((id) => importServerKeys(jwks[id]))),
    prepareListedKey(),
  ]);

  const listener = await listenHttps(certificates.valid, options.port ?? 0, now);
  const domain = `localhost:${listener.port}`;
  const origin = `https://${domain}`;

  const nextRotation = now() + rotationDays * dayMs;
  const log = createSystemLog(now);
  const health = createHealth();
  const state = createOrgState(now, clientMetadata(clients), options.signIn);
  const engine = () => state.settings().engine;
  const signInLog = createSignInLog(log, engine);
  const sessions = createSessions(state, signInLog);
  const { respond: runFlow, ...flow } = createFlow(origin, apiToken);
  const transactions = createTransactions(now);
  const signInStart = createSignInStart(origin, state, transactions);
  const samlApplications = createSamlApplications();
  const saml = createSamlSignOn({
    ...{ origin, key: samlKey, state, sessions, log: signInLog, startSignIn: signInStart.forSignOn },
    applications: Object.values(samlApplications),
  });
  const checkPassword = createPasswordCheck(state);
  const checkCode = createCodeChecker(now);
  const checks = { checkPassword: checkPassword.check, checkCode, log: signInLog };
  const authn = new PrimaryAuthentication({ origin, state, ...checks });
  const redeem = (sessionToken: string) => authn.redeem(sessionToken);
  const sharedState = {
    ...{ now, nextRotation, log, signInLog, state, sessions, redeem },
    ...{ transactions, startSignIn: signInStart.forAuthorization },
  };
  const [org, ...custom] = serverIds.map((id, i) => {
    const serverKeys = keys[i];
    if (!serverKeys) throw new Error(`The server ${id} has no keys.`);
    return createAuthorizationServer(serverAddress(id, origin), serverKeys, sharedState);
  });
  if (!org) throw new Error('The Org server is missing.');
  const all = [org, ...custom];

  const idx = createIdxApi({
    ...{ origin, state, transactions, isAssigned: saml.isAssigned },
    issueInteractionCode: (request, transaction, server) =>
      theServer(server).issueInteractionCode(request, transaction),
    ...checks,
  });
  const theServer = (id: string) => {
    const server = serverOf(id);
    if (!server) throw new Error(`The org has no server ${id}.`);
    return server;
  };
  const serverOf = (id: string) => all.find(({ address }) => address.id === id);

  const statusPage = createStatusPage(origin, now);
  const apiTokens: ManagementParts['apiTokens'] = [
    {
      ...{ value: apiToken, id: apiTokenId, roles: ['READ_ONLY_ADMIN' as const] },
      owner: () => state.users.find(passwordUser.id),
    },
    {
      ...{ value: adminToken, id: '00T9setup8token7id6x', roles: ['SUPER_ADMIN' as const] },
      owner: () => state.users.find(administratorId),
    },
  ];
  const callerOf = createCallerOf(apiTokens, state.applications.clients);
  let reconciliations = 0;
  const faults = {
    isRestricted: health.isRestricted,
    takeReconciliation: () => reconciliations > 0 && reconciliations-- > 0,
  };
  const route = createRouter({
    origin,
    orgId,
    org,
    custom,
    management: createManagementApi(
      {
        ...{
          origin,
          apiTokens,
          accessTokens: org.accessTokens,
          samlMetadata: saml.metadataOf,
          state,
          callerOf,
          faults,
        },
        changed: recordChangesIn(log),
        checkCode,
      },
      managementData({
        ...{
          origin,
          orgId,
          customServers: custom,
          log: createLogApi(origin, log, now),
          nextRotation,
          state,
        },
        ...{ samlApplications: Object.values(samlApplications), samlKey, health, now },
        servedCertificate: String(certificates.valid.cert),
      }),
    ),
    statusPage: statusPage.respond,
    signIn: createSignInEnd({ origin, transactions, sessions, serverOf, redeem, outcome: idx.outcome }),
    saml: saml.respond,
    idx: idx.respond,
    authn: (request) => authn.respond(request),
    sessions: (request) => endOwnSession(sessions, request),
    flow: runFlow,
    settings: state.settings,
  });

  const limiter = createRateLimiter(now, options.rateLimits);
  const administration = createAdministrationLog(log, () => state.users.find(administratorId), clients.web.clientId);
  const alterationLog = createAlterationLog(log, administration);
  const limitLog = createRateLimitLog(log, now, callerOf);
  const refused = ({ path }: OktaRequest) =>
    path.startsWith('/idp/idx/') ? tooManyRequests(origin) : errorEnvelope('E0000047');
  listener.handle(async (request) => {
    if (!isLoopback(request.raw.headers.host)) return unknownOrg();
    const bucket = bucketFor(request.path, request.method);
    const named = renameSessionCookie(request, engine() === 'classic');
    if (bucket === undefined) return named(await route(request));
    const counted = limiter.count(bucket);
    limitLog.counted(request, bucket, counted);
    const response = counted.exceeded ? refused(request) : named(await route(request));
    // What refuses a request before the API does not know its limits, except what refuses it for them.
    if (response.sender !== undefined && !counted.exceeded) return response;
    return { ...response, headers: { ...response.headers, ...rateLimitHeaders(counted) } };
  });

  return {
    domain,
    origin,
    ca: certificates.ca,
    clients,
    user: testUser(passwordUser),
    users: { password: testUser(passwordUser), totp: testUser(totpUser), thin: testUser(thinUser) },
    apiToken,
    adminToken,
    servers: serverIds,
    issuers: Object.fromEntries(all.map(({ address }) => [address.id, address.issuer])) as Record<ServerId, string>,
    audiences: Object.fromEntries(all.map(({ address }) => [address.id, address.audience])) as Record<ServerId, string>,
    statusPageUrl: statusPage.url,
    flow,
    requests: listener.requests,
    clearRequests() {
      listener.requests.length = 0;
    },
    setStatus: statusPage.set,
    intercept: listener.intercept,
    alterTokens(server, alteration) {
      const { accessTokens } = theServer(server);
      accessTokens.alter(alteration);
      return () => accessTokens.alter(undefined);
    },
    samlApps: {
      payroll: samlApp(samlApplications.payroll, origin),
      wiki: samlApp(samlApplications.wiki, origin),
    },
    alterSamlApp(name, changes) {
      const application = samlApplications[name];
      return altering(
        application.settings,
        () => application.alter(changes),
        (before, after) => alterationLog.samlApp(application, before, after),
      );
    },
    alterUser: (idOrLogin, changes) =>
      altering(
        () => state.users.find(idOrLogin),
        () => state.users.alter(idOrLogin, changes),
        alterationLog.user,
      ),
    resetUsers() {
      const before = state.users.list();
      state.users.reset();
      for (const user of before) alterationLog.user(user, state.users.find(user.id));
    },
    refusedPasswords: checkPassword.refusals,
    approveDevice: (userCode, login = administratorId) => org.decideDevice(userCode, login, 'allow'),
    denyDevice: (userCode, login = administratorId) => org.decideDevice(userCode, login, 'deny'),
    findUser: state.users.find,
    alterSignIn: (changes) => altering(state.settings, () => state.alterSettings(changes), alterationLog.settings),
    alterIdTokens: (server, change) => theServer(server).alterIdTokens(change),
    alterUserInfo: (server, change) => theServer(server).alterUserInfo(change),
    alterHealth: (kind, name, changes) =>
      altering(
        () => health.list(kind)[name],
        () => health.alter(kind, name, changes),
        (before, after) => alterationLog.health(kind, String(name), Object(before), Object(after)),
      ),
    restrictRoles: health.restrictRoles,
    reconcilePolicies(times = 1) {
      reconciliations = times;
    },
    snapshot: () => snapshotOf(state),
    hideKey(server, which) {
      const { keys, hideKey } = theServer(server);
      return hideKey(keys.published[which === 'active' ? 0 : 1].kid);
    },
    async breakTls(flaw) {
      listener.useIdentity(await certificates.flawed(flaw));
      return () => listener.useIdentity(certificates.valid);
    },
    setRemaining(bucket, share) {
      limitLog.usedByOthers(bucket, limiter.setRemaining(bucket, share));
      return () => limiter.reset();
    },
    resetRateLimits: limiter.reset,
    recordEvents: log.recordAll,
    administer: administration.administer,
    recordJob: createJobsLog(log),
    touchLimit: (kind, limit = {}, caller = otherIntegration) => limitLog.record(kind, limit, caller),
    delayLog: log.delay,
    dropFromLog: log.drop,
    close: listener.close,
    [Symbol.asyncDispose]: listener.close,
  };
}

function samlApp(application: SamlApplication, origin: string): SamlApp {
  const { id, entity } = application;
  const { acsUrl, audience } = application.settings();
  return {
    ...{ id, entityId: entityIdOf(application), acsUrl, audience },
    ssoUrl: origin + ssoPathOf(application),
    metadataUrl: `${origin}/app/${entity}/sso/saml/metadata`,
  };
}

function testUser({ id, login, password = '', factors }: User): TestUser {
  const [factor] = factors;
  return { id, login, password, ...(factor && { totpSecret: factor.secret }) };
}

/** Whether a `Host` header names the org. */
function isLoopback(host: string | undefined): boolean {
  return /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i.test(host ?? '');
}
