import { randomBytes } from 'node:crypto';
import {
  type Adapter,
  type AdapterPayload,
  type Configuration,
  errors,
  interactionPolicy,
  type JWKS,
  type KoaContextWithOIDC,
} from 'oidc-provider';
import { type Application, credentialsOf } from './applications.ts';
import { objectAt } from './documents.ts';
import { dpopAlgorithms } from './dpop-proof.ts';
import type { ServerAddress } from './org.ts';
import type { OrgState, SessionStore } from './org-state.ts';
import type { GrantingRule } from './policies.ts';
import { PolicyError } from './provider-errors.ts';
import { offlineMark, pushedMark } from './pushed-requests.ts';
import { checkClientAssertion, checkScopes, scopesOf } from './request-policies.ts';
import { sessionCookie } from './sessions.ts';
import type { SigningKey } from './signing-keys.ts';
import { accountFinder, claimsByScope } from './user-claims.ts';

const hourSeconds = 3600;

/** Okta's endpoint names. The prefix is `/oauth2/v1` at the Org server, and `/v1` under a custom server's issuer. */
function routesUnder(prefix: string): Configuration['routes'] {
  return {
    authorization: `${prefix}/authorize`,
    token: `${prefix}/token`,
    introspection: `${prefix}/introspect`,
    revocation: `${prefix}/revoke`,
    pushed_authorization_request: `${prefix}/par`,
    userinfo: `${prefix}/userinfo`,
    jwks: `${prefix}/keys`,
    end_session: `${prefix}/logout`,
    device_authorization: `${prefix}/device/authorize`,
    code_verification: '/activate',
  };
}

/**
 * Configures oidc-provider as one of Okta's authorization servers.
 *
 * Tokens are opaque here, because the provider stores only opaque tokens, and can introspect and revoke only what it
 * stores. `access-token.ts` converts them to Okta's JWTs. Some functions only repeat the provider's default, because
 * the provider prints a notice to the console when it uses the default.
 */
export function providerConfiguration(
  server: ServerAddress,
  keys: readonly SigningKey[],
  state: OrgState,
): Configuration {
  const renderedElsewhere = async () => {};
  const devicePages = {
    userCodeInputSource: renderedElsewhere,
    userCodeConfirmSource: renderedElsewhere,
    successSource: renderedElsewhere,
  };
  return {
    adapter: createMemoryAdapter(state),
    jwks: { keys: keys.map((key) => key.privateJwk) } as JWKS,
    routes: routesUnder(server.id === 'org' ? '/oauth2/v1' : '/v1'),
    scopes: scopesOf(server.id),
    // The provider adds `amr` itself, as it was when the user signed in.
    claims: structuredClone(claimsByScope) as unknown as Record<string, string[]>,
    conformIdTokenClaims: false,
    responseTypes: ['code', 'id_token', 'code id_token'],
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'client_secret_jwt', 'private_key_jwt', 'none'],
    cookies: {
      // Required by the provider because /authorize accepts POST.
      long: { sameSite: 'none' },
      names: { session: sessionCookie, interaction: 'oktaStateToken', resume: resumeCookie },
    },
    ttl: {
      AccessToken: hourSeconds,
      ClientCredentials: (_ctx, { scope = '' }, { clientId }) => {
        const asked = { clientId, grantType: 'client_credentials', scopes: scope.split(' ') };
        return tokenSeconds(state.serverAccess.ruleFor(server.id, asked));
      },
      IdToken: hourSeconds,
      AuthorizationCode: 300,
      // `device-codes.ts` knows when they expire.
      DeviceCode: 24 * hourSeconds,
      RefreshToken: 90 * 24 * hourSeconds,
      Session: 2 * hourSeconds,
      Grant: 90 * 24 * hourSeconds,
      Interaction: hourSeconds,
    },
    pkce: { required: (_ctx, { clientId }) => needsPkce(state.applications.find(clientId)) },
    rotateRefreshToken: (ctx) => {
      const { refreshTokenRotation } = state.settings();
      if (refreshTokenRotation !== undefined) return refreshTokenRotation === 'ROTATE';
      return ctx.oidc.client?.clientAuthMethod === 'none';
    },
    // Okta's tokens outlive the session.
    expiresWithSession: () => false,
    enabledJWA: { dPoPSigningAlgValues: [...dpopAlgorithms] },
    /** Okta asks for consent only where an application or a scope requires it, which none here does. */
    async loadExistingGrant({ oidc: { provider, client, session, params } }) {
      const grant = new provider.Grant({
        ...(client && { clientId: client.clientId }),
        ...(session?.accountId !== undefined && { accountId: session.accountId }),
      });
      grant.addOIDCScope(String(params?.scope));
      await grant.save();
      return grant;
    },
    enableHttpPostMethods: true,
    allowOmittingSingleRegisteredRedirectUri: false,
    extraParams: {
      state(ctx, state) {
        if (!state && ctx.oidc.route !== 'device_authorization') throw new PolicyError('invalid_state');
      },
      [offlineMark]: null,
      [pushedMark](ctx, mark) {
        const isDevice = ctx.oidc.route === 'device_authorization';
        if (!mark && !isDevice && state.settings().pushedRequestsRequired) throw new PolicyError('invalid_request');
      },
    },
    interactions: { policy: signInPolicy(state), url: (_ctx, interaction) => interactionUrl + interaction.uid },
    findAccount: accountFinder(state),
    clientBasedCORS: () => true,
    renderError: renderedElsewhere,
    assertJwtClientAuthClaimsAndHeader(ctx, claims) {
      checkClientAssertion(claims, ctx.oidc.urlFor(ctx.oidc.route));
    },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      // No user sees the provider's pages: `device-codes.ts` decides.
      deviceFlow: { enabled: server.id === 'org', mask: '********', ...devicePages },
      introspection: { enabled: true, allowedPolicy: () => true },
      revocation: {
        enabled: true,
        // The provider revokes the refresh token with the access token. Okta leaves it.
        async allowedPolicy(_ctx, client, token) {
          const isOwn = token.clientId === client.clientId && state.settings().revocationEffective;
          if (!isOwn || token.kind !== 'AccessToken') return isOwn;
          await token.destroy();
          return false;
        },
      },
      pushedAuthorizationRequests: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        // `sessions.ts` answers. The provider only lists the endpoint.
        logoutSource: renderedElsewhere,
        postLogoutSuccessSource: renderedElsewhere,
      },
      dPoP: { enabled: true, nonceSecret: randomBytes(32), requireNonce: () => true },
      resourceIndicators: {
        enabled: true,
        // The only hook that both the token and the authorize endpoint call with the client and the requested scopes.
        // Okta's servers have one audience, so it never selects a resource.
        async defaultResource(ctx, client) {
          checkScopes(server.id, ctx, client, state);
          return undefined as unknown as string;
        },
        getResourceServerInfo: () => {
          throw new errors.InvalidTarget();
        },
      },
    },
  };
}

/** How long the access tokens are valid that a rule grants. Those of the Org server, which has no rules, are for an hour. */
function tokenSeconds(granting: GrantingRule | undefined): number {
  const { accessTokenLifetimeMinutes } = objectAt(objectAt(granting?.rule ?? {}, 'actions'), 'token');
  return typeof accessTokenLifetimeMinutes === 'number' ? accessTokenLifetimeMinutes * 60 : hourSeconds;
}

/** Trap: an application without a secret always needs PKCE. */
function needsPkce(application: Application | undefined): boolean {
  const { token_endpoint_auth_method, pkce_required } = application ? credentialsOf(application) : {};
  return token_endpoint_auth_method === 'none' || pkce_required === true;
}

/** The provider's cookie of an authorization request that a sign-in interrupts. Browsers never see it. */
export const resumeCookie = 'oktaResume';

/** Where the provider says that a user must sign in, and in which request. No response contains it. */
export const interactionUrl = '/interaction/';

/**
 * When a user with a session must sign in again, or is refused: the policies of Okta's applications.
 *
 * Trap: a session that a password alone made is no good for an application that demands two factors.
 */
function signInPolicy(state: OrgState) {
  const policy = interactionPolicy.base();
  const userOf = ({ oidc }: KoaContextWithOIDC) =>
    state.userAt(oidc.session?.accountId ?? '', oidc.client?.clientId ?? '');
  const { Check } = interactionPolicy;
  const login = policy.get('login');
  if (!login) throw new Error('The provider has no prompt to sign in.');
  login.checks.add(
    new Check('unassigned', 'User is not assigned to the client application.', 'access_denied', (ctx) => {
      return userOf(ctx)?.assigned === false;
    }),
  );
  login.checks.add(
    new Check('denied', 'Policy evaluation failed for this request.', 'access_denied', (ctx) => {
      return userOf(ctx)?.access === 'DENY';
    }),
  );
  login.checks.add(
    new Check('factor', 'The application demands another factor.', 'login_required', (ctx) => {
      return userOf(ctx)?.factorMode === '2FA' && !(ctx.oidc.session?.amr ?? []).includes('mfa');
    }),
  );
  return policy;
}

/**
 * In-memory storage for one authorization server. Its clients are the applications of the org.
 *
 * Trap: servers must not share one, because as at Okta a server must not know another server's tokens. Only the
 * sessions are the org's. The provider's built-in storage prints a warning that it is for development, so it is not
 * used.
 */
function createMemoryAdapter({ sessions, settings, applications }: OrgState): (model: string) => Adapter {
  const own: SessionStore = new Map();
  const recordsOf = (key: string) => (key.startsWith('Session:') ? sessions : own);

  const unexpired = (key: string): AdapterPayload | undefined => {
    const records = recordsOf(key);
    const stored = records.get(key);
    if (stored && stored.expiresAtMs > Date.now()) {
      return withLeeway(stored.payload, settings().refreshTokenLeewaySeconds);
    }
    records.delete(key);
    return undefined;
  };
  const search = (model: string, wanted: Partial<AdapterPayload>): AdapterPayload | undefined =>
    [...recordsOf(`${model}:`).keys()]
      .filter((key) => key.startsWith(`${model}:`))
      .map(unexpired)
      .find((payload) => payload && matches(payload, wanted));

  return (model) => ({
    async upsert(id, payload, expiresIn) {
      const expiresAtMs = expiresIn === undefined ? Number.POSITIVE_INFINITY : Date.now() + expiresIn * 1000;
      recordsOf(`${model}:`).set(`${model}:${id}`, { payload, expiresAtMs });
    },
    async find(id) {
      if (model === 'Client') return structuredClone(applications.clients.find(({ client_id }) => client_id === id));
      return unexpired(`${model}:${id}`);
    },
    async findByUid(uid) {
      return search(model, { uid });
    },
    async findByUserCode(userCode) {
      return search(model, { userCode });
    },
    async consume(id) {
      const payload = own.get(`${model}:${id}`)?.payload;
      if (payload) payload.consumed ??= Math.floor(Date.now() / 1000);
    },
    async destroy(id) {
      recordsOf(`${model}:`).delete(`${model}:${id}`);
    },
    async revokeByGrantId(grantId) {
      for (const [key, { payload }] of own) if (payload.grantId === grantId) own.delete(key);
    },
  });
}

/**
 * A rotated refresh token still works for a while, so that a client that missed the response can repeat the request.
 * https://developer.okta.com/docs/guides/refresh-tokens/
 */
function withLeeway(payload: AdapterPayload, leewaySeconds: number): AdapterPayload {
  const { consumed, ...usable } = payload;
  const isInLeeway = payload.kind === 'RefreshToken' && Number(consumed) > Date.now() / 1000 - leewaySeconds;
  return isInLeeway ? usable : payload;
}

function matches(payload: AdapterPayload, wanted: Partial<AdapterPayload>): boolean {
  return Object.entries(wanted).every(([name, value]) => payload[name] === value);
}
