import { randomBytes } from 'node:crypto';
import { type ClientMetadata, type Configuration, errors, type JWKS } from 'oidc-provider';
import { dpopAlgorithms } from './dpop-proof.ts';
import { createMemoryAdapter } from './memory-adapter.ts';
import { findAccount, type ServerAddress } from './org.ts';
import { PolicyError } from './provider-errors.ts';
import { offlineMark } from './request-parameters.ts';
import { checkClientAssertion, checkScopes, scopesOf } from './request-policies.ts';
import type { SigningKey } from './signing-keys.ts';

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
  clients: readonly ClientMetadata[],
  keys: readonly SigningKey[],
): Configuration {
  const renderedElsewhere = async () => {};
  return {
    adapter: createMemoryAdapter(),
    clients: clients.map((client) => structuredClone(client)),
    jwks: { keys: keys.map((key) => key.privateJwk) } as JWKS,
    routes: routesUnder(server.id === 'org' ? '/oauth2/v1' : '/v1'),
    scopes: scopesOf(server.id),
    claims: {
      openid: ['sub', 'ver', 'idp', 'amr', 'auth_time'],
      profile: ['name', 'preferred_username', 'given_name', 'family_name', 'locale', 'zoneinfo', 'updated_at'],
      email: ['email', 'email_verified'],
      address: ['address'],
      phone: ['phone_number'],
      groups: ['groups'],
    },
    conformIdTokenClaims: false,
    responseTypes: ['code', 'id_token', 'code id_token'],
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'client_secret_jwt', 'private_key_jwt', 'none'],
    cookies: {
      // Required by the provider because /authorize accepts POST.
      long: { sameSite: 'none' },
      names: { session: 'idx', interaction: 'oktaStateToken', resume: 'oktaResume' },
    },
    ttl: {
      AccessToken: hourSeconds,
      ClientCredentials: hourSeconds,
      IdToken: hourSeconds,
      AuthorizationCode: 300,
      RefreshToken: 90 * 24 * hourSeconds,
      Session: 2 * hourSeconds,
      Grant: 90 * 24 * hourSeconds,
      Interaction: hourSeconds,
    },
    pkce: { required: (_ctx, client) => client.clientAuthMethod === 'none' },
    rotateRefreshToken: (ctx) => ctx.oidc.client?.clientAuthMethod === 'none',
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
      state(_ctx, state) {
        if (!state) throw new PolicyError('invalid_state');
      },
      [offlineMark]: null,
    },
    interactions: { url: (_ctx, interaction) => `/signin/${server.id}/${interaction.uid}` },
    findAccount,
    clientBasedCORS: () => true,
    renderError: renderedElsewhere,
    assertJwtClientAuthClaimsAndHeader(ctx, claims) {
      checkClientAssertion(claims, ctx.oidc.urlFor(ctx.oidc.route));
    },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      introspection: { enabled: true, allowedPolicy: () => true },
      revocation: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
      pushedAuthorizationRequests: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        async logoutSource(ctx, form) {
          ctx.body = autoConfirmPage(form);
        },
        async postLogoutSuccessSource(ctx) {
          ctx.body = '<!DOCTYPE html>\n<html><body>Signed out</body></html>\n';
        },
      },
      dPoP: { enabled: true, nonceSecret: randomBytes(32), requireNonce: () => true },
      resourceIndicators: {
        enabled: true,
        // The only hook that both the token and the authorize endpoint call with the client and the requested scopes.
        // Okta's servers have one audience, so it never selects a resource.
        async defaultResource(ctx, client) {
          checkScopes(server.id, ctx, client);
          return undefined as unknown as string;
        },
        getResourceServerInfo: () => {
          throw new errors.InvalidTarget();
        },
      },
    },
  };
}

/** Okta signs users out without asking, so the provider's confirmation page submits itself. */
function autoConfirmPage(form: string): string {
  const confirmed = form.replace('</form>', '<input type="hidden" name="logout" value="yes"/></form>');
  return `<!DOCTYPE html>\n<html><body onload="document.forms[0].submit()">${confirmed}</body></html>\n`;
}
