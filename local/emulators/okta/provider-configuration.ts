import { randomBytes } from 'node:crypto';
import { type ClientMetadata, type Configuration, errors, type JWKS } from 'oidc-provider';
import { checkClientAssertion } from './client-assertion.ts';
import { createMemoryAdapter } from './memory-adapter.ts';
import { OktaRefusal } from './okta-refusal.ts';
import { checkScopes, scopesOf } from './scope-policy.ts';
import type { ServerAddress } from './servers.ts';
import type { SigningKey } from './signing-key.ts';
import { findAccount } from './user.ts';

const hourSeconds = 3600;

/** Okta's names for the endpoints, under `/oauth2/v1` at the Org server and `/v1` within a custom one. */
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
 * How oidc-provider becomes one of Okta's servers.
 *
 * Tokens stay opaque here, because the provider keeps only those: what it does not keep it can neither introspect
 * nor revoke. They become Okta's JWTs on the way out (`access-token.ts`). Functions that do no more than their
 * default are given because the provider prints a notice to the console where it falls back on its own.
 */
export function providerConfiguration(
  server: ServerAddress,
  clients: readonly ClientMetadata[],
  keys: readonly SigningKey[],
): Configuration {
  const writtenLater = async () => {};
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
    responseTypes: ['code', 'id_token', 'code id_token'],
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'client_secret_jwt', 'private_key_jwt', 'none'],
    cookies: {
      // What the provider asks for where /authorize may be posted to.
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
    pkce: { required: () => true },
    enableHttpPostMethods: true,
    allowOmittingSingleRegisteredRedirectUri: false,
    extraParams: {
      state(_ctx, state) {
        if (!state) throw new OktaRefusal('invalid_state');
      },
      response_mode(ctx, mode) {
        if (mode === 'okta_post_message' && String(ctx.oidc.params?.response_type).includes('code')) {
          throw new OktaRefusal('unsupported_response_mode_okta_post_message_with_code');
        }
      },
    },
    interactions: { url: (_ctx, interaction) => `/signin/${server.id}/${interaction.uid}` },
    findAccount,
    clientBasedCORS: () => true,
    renderError: writtenLater,
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
          ctx.body = confirmedPage(form);
        },
        async postLogoutSuccessSource(ctx) {
          ctx.body = '<!DOCTYPE html>\n<html><body>Signed out</body></html>\n';
        },
      },
      dPoP: { enabled: true, nonceSecret: randomBytes(32), requireNonce: () => true },
      resourceIndicators: {
        enabled: true,
        // The one place where the provider asks us with the client known and the scopes as they were sent, for the
        // token and the authorize endpoint alike. Okta's servers have one audience, so no resource is ever chosen.
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

/** Okta asks nobody whether they meant it: the page that the provider wants confirmed confirms itself. */
function confirmedPage(form: string): string {
  const confirmed = form.replace('</form>', '<input type="hidden" name="logout" value="yes"/></form>');
  return `<!DOCTYPE html>\n<html><body onload="document.forms[0].submit()">${confirmed}</body></html>\n`;
}
