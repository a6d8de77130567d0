import type { ServerAddress } from './org.ts';
import { openidScopes } from './request-policies.ts';

type Metadata = Readonly<Record<string, unknown>>;

const clientAuthMethods = ['client_secret_basic', 'client_secret_post', 'client_secret_jwt', 'private_key_jwt', 'none'];

/** The OpenID document lists the claims of ID tokens and user info, the OAuth document those of access tokens. */
const claims = {
  'openid-configuration': [
    ...['iss', 'ver', 'sub', 'aud', 'iat', 'exp', 'jti', 'auth_time', 'amr', 'idp', 'nonce', 'name', 'nickname'],
    ...['preferred_username', 'given_name', 'middle_name', 'family_name', 'email', 'email_verified', 'profile'],
    ...['zoneinfo', 'locale', 'address', 'phone_number', 'picture', 'website', 'gender', 'birthdate', 'updated_at'],
    ...['at_hash', 'c_hash'],
  ],
  'oauth-authorization-server': ['ver', 'jti', 'iss', 'aud', 'iat', 'exp', 'cid', 'uid', 'scp', 'sub'],
} as const;

/** The members of Okta's metadata, in Okta's order. */
const openidMembers = [
  'issuer',
  'authorization_endpoint',
  'token_endpoint',
  'userinfo_endpoint',
  'registration_endpoint',
  'jwks_uri',
  'response_types_supported',
  'response_modes_supported',
  'grant_types_supported',
  'subject_types_supported',
  'id_token_signing_alg_values_supported',
  'scopes_supported',
  'token_endpoint_auth_methods_supported',
  'claims_supported',
  'code_challenge_methods_supported',
  'introspection_endpoint',
  'introspection_endpoint_auth_methods_supported',
  'revocation_endpoint',
  'revocation_endpoint_auth_methods_supported',
  'end_session_endpoint',
  'request_parameter_supported',
  'request_object_signing_alg_values_supported',
  'device_authorization_endpoint',
  'pushed_authorization_request_endpoint',
  'dpop_signing_alg_values_supported',
] as const;

/** Members that are not in the OAuth document. */
const openidOnly: readonly string[] = ['userinfo_endpoint', 'id_token_signing_alg_values_supported'];

const membersOf: Readonly<Record<MetadataDocument, readonly string[]>> = {
  'openid-configuration': openidMembers,
  'oauth-authorization-server': openidMembers.filter((name) => !openidOnly.includes(name)),
};

export type MetadataDocument = keyof typeof claims;

/**
 * A server's metadata as Okta publishes it, built from the provider's metadata.
 *
 * Trap: it does not list everything that a server supports. Okta lists `client_credentials` only in the OAuth document
 * of custom servers, and does not list custom scopes.
 * https://developer.okta.com/docs/api/openapi/okta-oauth/oauth/tag/OrgAS/
 */
export function oktaMetadata(provider: Metadata, server: ServerAddress, document: MetadataDocument): Metadata {
  const listsClientCredentials = server.id !== 'org' && document === 'oauth-authorization-server';
  const grants = provider.grant_types_supported as readonly string[];
  const all: Metadata = {
    ...provider,
    registration_endpoint: `${server.origin}/oauth2/v1/clients`,
    response_modes_supported: ['query', 'fragment', 'form_post', 'okta_post_message'],
    grant_types_supported: grants.filter((grant) => grant !== 'client_credentials' || listsClientCredentials),
    id_token_signing_alg_values_supported: ['RS256'],
    scopes_supported: openidScopes,
    claims_supported: claims[document],
    token_endpoint_auth_methods_supported: clientAuthMethods,
    introspection_endpoint_auth_methods_supported: clientAuthMethods,
    revocation_endpoint_auth_methods_supported: clientAuthMethods,
    request_parameter_supported: provider.request_parameter_supported ?? false,
  };
  return Object.fromEntries(membersOf[document].map((name) => [name, all[name]]));
}
