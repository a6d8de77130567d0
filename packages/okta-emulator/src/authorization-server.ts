import { decodeJwt, type JWTPayload } from 'jose';
import { type AccessTokens, createAccessTokens, introspectionResponse } from './access-token.ts';
import { withFirstSecret } from './applications.ts';
import { createAuthorizationLog } from './authorization-log.ts';
import { authorizationError, withoutIssuer } from './authorization-response.ts';
import { createDeviceCodes } from './device-codes.ts';
import { createRefreshTokenBinding } from './dpop-proof.ts';
import { errorEnvelope, errorPage, oauthError, oauthErrorEnvelope } from './error-responses.ts';
import {
  cookiesOf,
  emptyResponse,
  htmlResponse,
  internalRequest,
  jsonResponse,
  noStore,
  type OktaRequest,
  type OktaResponse,
  setCookies,
} from './http-message.ts';
import type { Transaction, Transactions } from './idx-transaction.ts';
import { createInteractionCodes } from './interaction-code.ts';
import { type MetadataDocument, oktaMetadata } from './metadata.ts';
import { type OktaError, type OktaErrorCode, oktaError } from './okta-errors.ts';
import { addedTo, type ServerAddress } from './org.ts';
import type { OrgState } from './org-state.ts';
import { createProviderBridge, type ProviderResult } from './provider-bridge.ts';
import { interactionUrl, providerConfiguration, resumeCookie } from './provider-configuration.ts';
import { PolicyError, translateError } from './provider-errors.ts';
import { createPushedRequests, markOfflineAccess, pushedMark, withParameters } from './pushed-requests.ts';
import { createSignOut, type Login, type Sessions, sessionCookie } from './sessions.ts';
import { loginOf, type PendingAuthorization } from './sign-in.ts';
import type { SignInLog } from './sign-in-log.ts';
import type { ServerKeys } from './signing-keys.ts';
import type { SystemLog } from './system-log.ts';
import { createUserInfo, customClaims, oktaIdToken } from './user-claims.ts';

export interface AuthorizationServer {
  readonly address: ServerAddress;
  readonly keys: ServerKeys;
  readonly accessTokens: AccessTokens;
  respond(request: OktaRequest): Promise<OktaResponse>;
  /** Goes on with an authorization request whose user has signed in, or refuses it. */
  resume(request: OktaRequest, uid: string, answer: Login | OktaError): Promise<OktaResponse>;
  /** Allows or denies a device, by the code that its user has. */
  decideDevice(userCode: string, login: string, decision: 'allow' | 'deny'): Promise<void>;
  /** Ends a sign-in on a page of the application's own: how it gets its tokens. */
  issueInteractionCode(request: OktaRequest, transaction: Transaction): Promise<object>;
  /** Changes the claims of ID tokens from now on. Returns a function that ends this. */
  alterIdTokens(change: (claims: JWTPayload) => JWTPayload): () => void;
  /** Changes the claims at /userinfo from now on. Returns a function that ends this. */
  alterUserInfo(change: (claims: JWTPayload) => JWTPayload): () => void;
  /** Leaves a key out of /keys from now on. Returns a function that ends this. */
  hideKey(kid: string): () => void;
}

interface SharedState {
  readonly now: () => number;
  /** Epoch milliseconds. */
  readonly nextRotation: number;
  readonly log: SystemLog;
  readonly signInLog: SignInLog;
  readonly state: OrgState;
  readonly sessions: Sessions;
  readonly transactions: Transactions;
  readonly startSignIn: (request: OktaRequest, pending: PendingAuthorization) => OktaResponse;
  /** The user whom a session token stands for. */
  readonly redeem: (sessionToken: string) => Login | undefined;
}

/** One authorization server: an oidc-provider with Okta's requests, responses and errors. */
export function createAuthorizationServer(
  address: ServerAddress,
  keys: ServerKeys,
  { now, nextRotation, log, signInLog, state, sessions, transactions, startSignIn, redeem }: SharedState,
): AuthorizationServer {
  const { clients } = state.applications;
  const bridge = createProviderBridge(address, providerConfiguration(address, keys.published, state));
  const pushed = createPushedRequests();
  const accessTokens = createAccessTokens(address, bridge.provider, keys.accessTokens, state);
  const userInfo = createUserInfo(address, accessTokens, state);
  const signOut = createSignOut(address, keys, clients, sessions);
  const hiddenKeys = new Set<string>();
  const idTokenAlterations = new Set<(claims: JWTPayload) => JWTPayload>();
  const prefix = address.id === 'org' ? '/oauth2/v1' : `${address.mount}/v1`;

  const clientName = (id: string | undefined) => clients.find(({ client_id }) => client_id === id)?.client_name;
  const record = createAuthorizationLog({ server: address, log, signInLog, state });
  const ask = async (request: OktaRequest) => bridge.run(await toProviderRequest(request));
  const interactionCodes = createInteractionCodes({
    ...{ server: address, prefix, state, transactions, sessions, run: ask, record },
    clientName: (id) => clientName(id) ?? '',
  });
  const refreshTokenBinding = createRefreshTokenBinding();
  const deviceCodes = createDeviceCodes(bridge.provider, state);

  /** The provider's token for a JWT, or a token that the provider never issued. */
  const toProviderToken = async (jwt: string) =>
    (await accessTokens.toOpaque(jwt)) ?? (jwt.includes('.') ? 'unknown' : jwt);

  async function toProviderRequest(request: OktaRequest): Promise<OktaRequest> {
    if (request.path.endsWith('/authorize')) {
      return withParameters(request, (given) => markOfflineAccess(pushed.resolve(given)));
    }
    if (request.path.endsWith('/par')) return withParameters(request, (given) => markPushed(markOfflineAccess(given)));
    if (request.path.endsWith('/token')) {
      const form = new URLSearchParams(request.body);
      if (form.get('grant_type') !== 'interaction_code' || !state.settings().interactionCode) return request;
      return { ...request, body: interactionCodes.toCodeGrant(form).toString() };
    }
    if (/\/(introspect|revoke)$/.test(request.path)) {
      const form = new URLSearchParams(request.body);
      const token = form.get('token');
      if (!token) return request;
      form.set('token', await toProviderToken(token));
      return { ...request, body: form.toString() };
    }
    return request;
  }

  /** Returns the ID token of a response with an access token, with Okta's additional claims. */
  function completeIdToken(idToken: string, accessToken: string, scope: string): Promise<string> {
    const { sub = '' } = decodeJwt(idToken);
    const custom = customClaims(address.id, state, 'id_token', sub, scope.split(' '));
    return oktaIdToken(idToken, accessToken, keys.published[0], (claims) =>
      [...idTokenAlterations].reduce((given, change) => change(given), { ...claims, ...custom }),
    );
  }

  /** Starts the session that a session token stands for, as if the browser had it already. */
  function startsSession(request: OktaRequest): boolean {
    const login = redeem(request.query.get('sessionToken') ?? '');
    if (login) setCookies(request, cookiesOf(request).set(sessionCookie, sessions.start(login)));
    return login !== undefined;
  }

  /** The answer to a request for authorization: the redirect back, or the sign-in if the user must sign in. */
  function authorized(result: ProviderResult, request: OktaRequest): OktaResponse {
    const { location } = result.headers;
    if (typeof location !== 'string' || !location.startsWith(interactionUrl)) return redirectToApplication(result);
    return startSignIn(request, {
      server: address,
      uid: location.slice(interactionUrl.length),
      client: { id: String(result.clientId), label: clientName(result.clientId) ?? '' },
    });
  }

  /** The responses to requests that succeed, by the provider's route name. */
  const successes: Record<
    string,
    (result: ProviderResult, request: OktaRequest) => OktaResponse | Promise<OktaResponse>
  > = {
    async token({ body, headers }, { raw }) {
      const { token_type, expires_in, access_token: opaque, scope, id_token, ...rest } = body as Record<string, string>;
      const access_token = await accessTokens.toJwt(String(opaque));
      await refreshTokenBinding.bind(rest.refresh_token, raw.headers.dpop?.toString());
      const answer = {
        ...{ token_type, expires_in, access_token, scope },
        ...rest,
        ...(id_token !== undefined && { id_token: await completeIdToken(id_token, access_token, String(scope)) }),
      };
      // Okta sends the nonce again with the token. The provider sends only a new one.
      const nonce = raw.headers.dpop === undefined ? undefined : decodeJwt(String(raw.headers.dpop)).nonce;
      return jsonResponse(200, answer, {
        ...(nonce !== undefined && { 'dpop-nonce': String(nonce) }),
        ...headers,
        ...noStore,
      });
    },
    async introspection({ body }, request) {
      const token = new URLSearchParams(request.body).get('token') ?? '';
      const { active } = body as { active: boolean };
      const status = active ? await accessTokens.validate(token) : undefined;
      if (status?.kind === 'active') return jsonResponse(200, introspectionResponse(status.claims), noStore);
      return jsonResponse(200, active ? body : { active: false }, noStore);
    },
    revocation: () => emptyResponse(200, noStore),
    device_authorization: ({ body }) => jsonResponse(200, deviceCodes.issue(Object(body)), noStore),
    pushed_authorization_request({ clientId, headers }, { body }) {
      return jsonResponse(201, pushed.push(body, clientId), { ...headers, ...noStore });
    },
    jwks({ body }) {
      const { keys: published } = body as { readonly keys: readonly { readonly kid: string }[] };
      const maxAge = Math.max(0, Math.floor((nextRotation - now()) / 1000));
      return jsonResponse(
        200,
        { keys: published.filter(({ kid }) => !hiddenKeys.has(kid)) },
        {
          'cache-control': maxAge > 0 ? `max-age=${maxAge}, must-revalidate` : 'no-cache, no-store',
          expires: new Date(now() + maxAge * 1000).toUTCString(),
        },
      );
    },
    discovery({ body }, request) {
      const client = request.query.get('client_id');
      if (client !== null && !clients.some(({ client_id }) => client_id === client)) {
        return oauthErrorEnvelope(oktaError('invalid_client'), 'Invalid value for `client_id` parameter');
      }
      const document: MetadataDocument = request.path.includes('/openid-configuration')
        ? 'openid-configuration'
        : 'oauth-authorization-server';
      return jsonResponse(200, oktaMetadata(body as Record<string, unknown>, address, document), {
        'cache-control': 'max-age=86400, must-revalidate',
        expires: new Date(now() + 86_400_000).toUTCString(),
        'access-control-allow-origin': '*',
      });
    },
    authorization: authorized,
    resume: authorized,
  };

  const failures: Record<string, (error: OktaError, result: ProviderResult) => OktaResponse> = {
    authorization: unauthorized,
    resume: unauthorized,
  };

  function unauthorized(error: OktaError, result: ProviderResult): OktaResponse {
    const isInteraction = error.code === 'login_required' && state.settings().interactionCode;
    return authorizationError(isInteraction ? oktaError('interaction_required') : error, result);
  }

  /** The endpoints that do not only ask the provider, by their path. */
  const ownEndpoints: Readonly<
    Record<string, { methods: readonly string[]; respond: (request: OktaRequest) => Promise<OktaResponse> }>
  > = {
    '/authorize': { methods: ['GET', 'POST'], respond: authorize },
    '/authorize/redirect': { methods: ['GET'], respond: resumeWithSession },
    '/interact': { methods: ['POST'], respond: interactionCodes.interact },
    '/userinfo': { methods: ['GET', 'POST'], respond: userInfo.respond },
    '/logout': { methods: ['GET', 'POST'], respond: signOut },
  };

  return {
    address,
    keys,
    accessTokens,
    async respond(sent) {
      const request = sent.method === 'POST' ? withFirstSecret(sent, state.applications) : sent;
      const own = request.path.startsWith(prefix) ? ownEndpoints[request.path.slice(prefix.length)] : undefined;
      return own?.methods.includes(request.method) ? own.respond(request) : run(request);
    },
    resume,
    decideDevice: deviceCodes.decide,
    issueInteractionCode: (request, transaction) => interactionCodes.issue(request, transaction, loginOf(transaction)),
    alterIdTokens(change) {
      return addedTo(idTokenAlterations, change);
    },
    alterUserInfo: userInfo.alter,
    hideKey(kid) {
      return addedTo(hiddenKeys, kid);
    },
  };

  async function run(request: OktaRequest): Promise<OktaResponse> {
    const result = (await refusedGrant(request)) ?? (await ask(request));
    if (result.route === undefined) return notFound(request);
    record(request, result);
    if (!result.failure) {
      const succeed = successes[result.route];
      return succeed ? succeed(result, request) : passThrough(result);
    }
    const error = translateError(result.failure, errorDetail(result));
    const fail = failures[result.route];
    return fail ? fail(error, result) : oauthError(error, result.headers);
  }

  /** What a server that takes no codes or no refresh tokens makes of a request for a token. */
  async function refusedGrant(request: OktaRequest): Promise<ProviderResult | undefined> {
    if (request.path !== `${prefix}/token`) return undefined;
    const params = Object.fromEntries(new URLSearchParams(request.body));
    const refusal = await grantRefusal(params, request.raw.headers.dpop?.toString());
    if (refusal === undefined) return undefined;
    const result = { route: 'token', clientId: params.client_id, params, status: 400, headers: {}, body: undefined };
    return { ...result, failure: new PolicyError(refusal) };
  }

  async function grantRefusal(
    params: Readonly<Record<string, string>>,
    proof: string | undefined,
  ): Promise<OktaErrorCode | undefined> {
    const { codesAccepted, refreshTokensAccepted, interactionCode } = state.settings();
    switch (params.grant_type) {
      case 'authorization_code':
        return codesAccepted ? undefined : 'invalid_authorization_code';
      case 'interaction_code': {
        const isTaken = codesAccepted && interactionCodes.isValid(params.interaction_code ?? '');
        return isTaken || !interactionCode ? undefined : 'invalid_interaction_code';
      }
      case 'refresh_token':
        if (!refreshTokensAccepted) return 'invalid_refresh_token';
        return refreshTokenBinding.check(params.refresh_token ?? '', proof);
      case 'urn:ietf:params:oauth:grant-type:device_code':
        // A demand for a nonce does not count as a poll.
        return hasNonce(proof) ? deviceCodes.refusal(params.device_code ?? '') : undefined;
      default:
        return undefined;
    }
  }

  async function authorize(request: OktaRequest): Promise<OktaResponse> {
    if (!state.settings().sessionsHonored) forgetSession(request);
    if (!startsSession(request)) return run(request);
    // At Identity Engine, a user whom the application's policy wants more of gets the page in spite of `prompt`.
    const isClassic = state.settings().engine === 'classic';
    return run(isClassic ? request : withParameters(request, withoutPrompt));
  }

  async function resume(request: OktaRequest, uid: string, answer: Login | OktaError): Promise<OktaResponse> {
    const interaction = await bridge.provider.Interaction.find(uid);
    if (!interaction) return errorPage(oktaError('request_expired'));
    interaction.result =
      'accountId' in answer
        ? { login: { accountId: answer.accountId, amr: [...answer.amr] } }
        : { error: answer.error, error_description: answer.description };
    // The provider would refuse a sign-in over another user's session.
    delete interaction.session;
    await interaction.persist();
    const session = sessions.find(request);
    if ('accountId' in answer && session?.accountId !== answer.accountId) forgetSession(request);
    const cookies = cookiesOf(request).set(resumeCookie, uid);
    return run(internalRequest(request, { method: 'GET', path: `${prefix}/authorize/${uid}`, cookies }));
  }

  /** The way back from the page of the Classic engine, which has made a session. */
  async function resumeWithSession(request: OktaRequest): Promise<OktaResponse> {
    const session = sessions.find(request);
    const uid = request.query.get('okta_key') ?? '';
    if (session?.accountId === undefined) return errorPage(oktaError('request_expired'));
    return resume(request, uid, { accountId: session.accountId, amr: session.amr ?? [] });
  }
}

/** Whether a request for a token has no proof, or one that answers a demand for a nonce. */
function hasNonce(proof: string | undefined): boolean {
  return proof === undefined || decodeJwt(proof).nonce !== undefined;
}

function withoutPrompt(given: URLSearchParams): URLSearchParams {
  const rest = new URLSearchParams(given);
  rest.delete('prompt');
  return rest;
}

function markPushed(given: URLSearchParams): URLSearchParams {
  given.set(pushedMark, 'true');
  return given;
}

function forgetSession(request: OktaRequest): void {
  const cookies = cookiesOf(request);
  cookies.delete(sessionCookie);
  setCookies(request, cookies);
}

function redirectToApplication(result: ProviderResult): OktaResponse {
  const { location } = result.headers;
  if (typeof location !== 'string') {
    return passThrough({ ...result, body: typeof result.body === 'string' ? withoutIssuer(result.body) : result.body });
  }
  return { status: 302, headers: { ...result.headers, location: withoutIssuer(location), ...noStore }, body: '' };
}

/** The provider's own response. */
function passThrough({ status, headers, body }: ProviderResult): OktaResponse {
  if (body === undefined || body === null) return { status, headers, body: '' };
  if (typeof body !== 'string') return jsonResponse(status, body, noStore);
  return headers['content-type']?.toString().includes('html')
    ? htmlResponse(status, body, { ...headers, ...noStore })
    : { status, headers, body };
}

/** The detail that replaces the placeholder in Okta's error texts. */
function errorDetail({ params }: ProviderResult): string {
  if (params.resource !== undefined) return String(params.resource);
  if (params.response_type !== undefined) return 'code, id_token, code id_token';
  return 'authorization_code, client_credentials, refresh_token';
}

function notFound({ method, path }: OktaRequest): OktaResponse {
  const known = /\/v1\/(authorize|token|introspect|revoke|par|userinfo|keys|logout|interact|device\/authorize)$/.test(
    path,
  );
  return known ? errorEnvelope('E0000022') : errorEnvelope('E0000007', `${method} ${path}`);
}
