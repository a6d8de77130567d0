/**
 * Okta's error descriptions, by the reason code that its catalog gives them (the System Log's `outcome.reason`).
 *
 * They have two uses. If only the description distinguishes two causes, a rule can match the reason. And only texts
 * listed here are ever shown, because other texts could quote what was sent. A text with a variable part ends before it.
 * https://developer.okta.com/docs/reference/error-codes/
 */
const knownTexts: Readonly<Record<string, string>> = {
  login_required: 'The client specified not to prompt, but the user is not logged in.',
  app_sign_on_required: 'The client specified not to prompt, but the client app requires re-authentication or MFA.',
  no_existing_session: "A 'prompt' value of 'none' requires an existing session to successfully authorize.",
  illegal_redirect_uri: "The 'redirect_uri' parameter must be a Login redirect URI in the client app settings",
  invalid_client_id: "Invalid value for 'client_id' parameter.",
  invalid_client: 'Client authentication failed. Either the client or the client credentials are invalid.',
  missing_client_credentials: 'No client credentials found.',
  invalid_client_secret: 'The client secret supplied for a confidential client is invalid.',
  unsupported_auth_method_client_creds:
    'Client Credentials requests to the Org Authorization Server must use the private_key_jwt token_endpoint_auth_method.',
  unsupported_auth_method_client_creds_oauth_integration:
    'OAuth Integration Client Credentials requests to the Org Authorization Server must use either private_key_jwt or client_secret_basic',
  invalid_application_type_client_credentials:
    "Only clients with 'application_type' of 'service' may use the client_credentials 'grant_type' with the Org Authorization Server.",
  org_authorization_server_only_client: 'This client cannot use a custom authorization server.',
  client_assertion_invalid_issuer: 'The issuer claim for client_assertion is not a valid client_id.',
  client_assertion_invalid_subject: 'The subject claim for client_assertion is not a valid client_id.',
  client_assertion_invalid_no_secret:
    'The issuer and subject claim for client_assertion is invalid because the client does not have a client secret.',
  client_assertion_invalid_audience:
    'The audience claim for client_assertion must be the endpoint invoked for the request.',
  client_assertion_expiration_required: "The client_assertion must contain the 'exp' claim as seconds since epoch.",
  client_assertion_expired_token: 'The client_assertion token is expired.',
  client_assertion_expires_too_far_in_future: 'The client_assertion token has an expiration too far into the future.',
  client_assertion_issued_at_in_future: 'The client_assertion token must be issued before the current time.',
  client_assertion_already_used: 'The client_assertion token has already been used.',
  client_assertion_invalid_signature: 'The client_assertion signature is invalid.',
  client_assertion_invalid_jwt: 'The parsing of the client_assertion failed.',
  client_assertion_invalid_kid: 'The client_assertion JWT kid is invalid.',
  client_assertion_invalid_jwks: 'The client JWKSet is invalid.',
  client_assertion_invalid_signature_algorithm: 'The client_assertion JWT signature algorithm is invalid.',
  client_assertion_jwks_not_configured:
    'The client does not have a JWKSet configured, but the client_assertion requires one.',
  client_assertion_not_signed_with_signing_key: 'The client_assertion JWT needs to be signed using a signing key.',
  client_assertion_jwks_uri_error: 'Error retrieving the client JWKSet from jwks_uri.',
  illegal_custom_scope: 'Custom scopes are not allowed for this request.',
  no_matching_scope: 'One or more scopes are not configured for the authorization server resource.',
  no_default_scopes:
    "The authorization server resource does not have any configured default scopes, 'scope' must be provided.",
  openid_not_allowed_client_creds: "Cannot request 'openid' scopes using client credentials.",
  no_org_scopes_granted: 'You are not allowed any of the requested scopes.',
  no_matching_policy: 'Policy evaluation failed for this request, please check the policy configurations.',
  no_scope_allowed: 'Policy evaluation succeeded, but all the requested scopes were rejected.',
  scope_denied: 'Some of the requested scopes were denied by the policy.',
  disallowed_network_zone: "The request is made from outside the client's permitted network zones.",
  user_not_assigned: 'User is not assigned to the client application.',
  feature_not_enabled: 'The requested feature is not enabled in this environment.',
  invalid_authorization_server: 'The authorization server id is invalid.',
  callback_returned_error: 'The callback service returned an error.',
  invalid_callout_response: 'The callout service returned an invalid response.',
  too_many_groups_in_groups_claim:
    'The groups claim matched too many groups and must be configured to match fewer groups.',
  server_error:
    'The authorization server encountered an unexpected condition that prevented it from fulfilling the request.',
  temporarily_unavailable:
    'The authorization server is currently unable to handle the request due to a temporary overloading or maintenance of the server.',
  pkce_missing_challenge: 'PKCE code challenge is required by the application.',
  invalid_dpop_proof: 'The DPoP proof JWT is invalid.',
  invalid_dpop_proof_missing_header: 'The DPoP proof JWT header is missing.',
  invalid_dpop_proof_invalid_htu: "'htu' claim in the DPoP proof JWT is invalid.",
  invalid_dpop_proof_jwt_issued_in_future: 'The DPoP proof JWT is issued in the future.',
  invalid_dpop_proof_jwt_too_old: 'The DPoP proof JWT is issued more than five minutes in the past.',
  invalid_dpop_proof_jwt_expired: 'The DPoP proof JWT is expired.',
  invalid_dpop_proof_invalid_public_key_binding: 'Invalid DPoP Public Key binding in refresh token',
  dpop_proof_already_used: 'The DPoP proof JWT has already been used.',
  invalid_access_token_dpop_binding: 'The access_token is not bound to the provided DPoP proof.',
  dpop_authentication_scheme_required:
    'The resource request must use the DPoP authentication scheme when using a DPoP bound token.',
  dpop_proof_required_for_token: 'The resource request requires a DPoP proof.',
  use_dpop_nonce: 'Authorization server requires nonce in DPoP proof.',
  insufficient_scope: 'The access token provided does not contain the required scopes.',
  token_invalid: 'The access token is invalid.',
  token_expired: 'The token has expired.',
  token_revoked: 'The access token has been revoked.',
  rate_limited: 'API call exceeded rate limit due to too many requests.',
  too_many_requests: 'You exceeded the maximum number of requests. Try again in a while.',
  internal: 'Internal Server Error',
  not_found: 'Not found: Resource not found',
  invalid_api_token: 'Invalid token provided',
  invalid_session: 'Invalid session',
  no_permission: 'You do not have permission to perform the requested action',
  no_feature_permission: 'You do not have permission to access the feature you are requesting',
};

/** A description from Okta's catalog: its reason code and its text. */
export interface KnownText {
  readonly reason: string;
  readonly text: string;
}

/** The known text that a description equals or starts with. Ignores case and a final period. */
export function knownText(description: string): KnownText | undefined {
  const given = plain(description);
  return entries.find(({ plainText }) => given.startsWith(plainText));
}

/** The known text that a page contains. */
export function knownTextIn(page: string): KnownText | undefined {
  const given = plain(page);
  return entries.find(({ plainText }) => given.includes(plainText));
}

function plain(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll('’', "'").trim().toLowerCase().replace(/\.$/, '');
}

/** Longest first, so that a text which starts with a shorter one is not mistaken for it. */
const entries = Object.entries(knownTexts)
  .map(([reason, text]) => ({ reason, text, plainText: plain(text) }))
  .sort((a, b) => b.plainText.length - a.plainText.length);
