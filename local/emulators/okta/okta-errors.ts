/**
 * Okta's OAuth errors by Okta's internal code, which the System Log shows as `outcome.reason`.
 *
 * The texts are exactly Okta's, including unusual punctuation, because clients and users see them.
 * Okta replaces `{0}` with a detail.
 * https://developer.okta.com/docs/reference/error-codes/
 */
export const oktaErrors = {
  access_denied: [403, 'access_denied', 'The resource owner or authorization server denied the request.'],
  feature_not_enabled_access_denied: [
    400,
    'access_denied',
    'The requested feature is not enabled in this environment.',
  ],
  no_matching_policy: [
    401,
    'access_denied',
    'Policy evaluation failed for this request, please check the policy configurations.',
  ],
  no_scope_allowed: [400, 'access_denied', 'Policy evaluation succeeded, but all the requested scopes were rejected.'],
  disallowed_network_zone: [
    403,
    'access_denied',
    "The request is made from outside the client's permitted network zones.",
  ],
  user_not_assigned: [400, 'access_denied', 'User is not assigned to the client application.'],
  oie_not_enabled_for_interact: [
    400,
    'access_denied',
    "The requested feature (Interaction Code flow) isn't enabled in this environment. Ensure that you have Okta Identity Engine enabled and the Interaction Code flow enabled for this application and authorization server.",
  ],
  interaction_required: [
    400,
    'interaction_required',
    'Your client is configured to use the interaction code flow and user interaction is required to complete the request.',
  ],
  consent_required: [400, 'consent_required', 'The following scopes require user consent: [{0}].'],
  no_org_scopes_granted: [400, 'consent_required', 'You are not allowed any of the requested scopes.'],
  access_token_insufficient_scopes: [
    403,
    'insufficient_scope',
    'The access token provided does not contain the required scopes.',
  ],
  userinfo_insufficient_scopes: [
    403,
    'insufficient_scope',
    'The access token must provide access to at least one of these scopes - profile, email, address or phone',
  ],

  invalid_client: [
    401,
    'invalid_client',
    'Client authentication failed. Either the client or the client credentials are invalid.',
  ],
  missing_client_credentials: [401, 'invalid_client', 'No client credentials found.'],
  invalid_basic_auth_creds: [
    401,
    'invalid_client',
    'Found Authentication header but was not valid client credentials.',
  ],
  invalid_client_id: [401, 'invalid_client', "Invalid value for 'client_id' parameter."],
  invalid_client_secret: [401, 'invalid_client', 'The client secret supplied for a confidential client is invalid.'],
  invalid_application_type_client_credentials: [
    401,
    'invalid_client',
    "Only clients with 'application_type' of 'service' may use the client_credentials 'grant_type' with the Org Authorization Server.",
  ],
  unsupported_auth_method_client_creds: [
    401,
    'invalid_client',
    'Client Credentials requests to the Org Authorization Server must use the private_key_jwt token_endpoint_auth_method.',
  ],
  client_assertion_invalid_issuer: [
    401,
    'invalid_client',
    'The issuer claim for client_assertion is not a valid client_id.',
  ],
  client_assertion_invalid_subject: [
    401,
    'invalid_client',
    'The subject claim for client_assertion is not a valid client_id.',
  ],
  client_assertion_invalid_audience: [
    401,
    'invalid_client',
    'The audience claim for client_assertion must be the endpoint invoked for the request.',
  ],
  client_assertion_expiration_required: [
    401,
    'invalid_client',
    "The client_assertion must contain the 'exp' claim as seconds since epoch.",
  ],
  client_assertion_expired_token: [401, 'invalid_client', 'The client_assertion token is expired.'],
  client_assertion_expires_too_far_in_future: [
    401,
    'invalid_client',
    'The client_assertion token has an expiration too far into the future.',
  ],
  client_assertion_issued_at_in_future: [
    401,
    'invalid_client',
    'The client_assertion token must be issued before the current time.',
  ],
  client_assertion_already_used: [401, 'invalid_client', 'The client_assertion token has already been used.'],
  client_assertion_invalid_signature: [401, 'invalid_client', 'The client_assertion signature is invalid.'],
  client_assertion_invalid_jwt: [401, 'invalid_client', 'The parsing of the client_assertion failed.'],
  client_assertion_invalid_kid: [401, 'invalid_client', 'The client_assertion JWT kid is invalid.'],
  client_assertion_invalid_signature_algorithm: [
    401,
    'invalid_client',
    'The client_assertion JWT signature algorithm is invalid.',
  ],

  invalid_dpop_proof: [400, 'invalid_dpop_proof', 'The DPoP proof JWT is invalid.'],
  invalid_dpop_proof_missing_header: [400, 'invalid_dpop_proof', 'The DPoP proof JWT header is missing.'],
  invalid_dpop_proof_invalid_type: [400, 'invalid_dpop_proof', "'typ' must be 'dpop+jwt' in the DPoP proof JWT."],
  invalid_dpop_proof_invalid_signature_algorithm: [
    400,
    'invalid_dpop_proof',
    'The DPoP proof JWT signature algorithm is invalid.',
  ],
  invalid_dpop_proof_invalid_jwt: [400, 'invalid_dpop_proof', 'The DPoP proof JWT cannot be parsed.'],
  invalid_dpop_proof_invalid_signature: [400, 'invalid_dpop_proof', 'The DPoP proof JWT signature is invalid.'],
  invalid_dpop_proof_invalid_htm: [400, 'invalid_dpop_proof', "'htm' claim in the DPoP proof JWT is invalid."],
  invalid_dpop_proof_invalid_htu: [400, 'invalid_dpop_proof', "'htu' claim in the DPoP proof JWT is invalid."],
  invalid_dpop_proof_invalid_iat: [400, 'invalid_dpop_proof', "'iat' claim in the DPoP proof JWT is invalid."],
  invalid_dpop_proof_jwt_issued_in_future: [400, 'invalid_dpop_proof', 'The DPoP proof JWT is issued in the future.'],
  invalid_dpop_proof_jwt_too_old: [
    400,
    'invalid_dpop_proof',
    'The DPoP proof JWT is issued more than five minutes in the past.',
  ],
  invalid_dpop_proof_jwt_expired: [400, 'invalid_dpop_proof', 'The DPoP proof JWT is expired.'],
  invalid_dpop_proof_invalid_public_key_binding: [
    400,
    'invalid_dpop_proof',
    'Invalid DPoP Public Key binding in refresh token',
  ],
  invalid_dpop_proof_invalid_jti: [400, 'invalid_dpop_proof', "'jti' claim in the DPoP proof JWT is invalid."],
  dpop_proof_already_used: [400, 'invalid_dpop_proof', 'The DPoP proof JWT has already been used.'],
  dpop_proof_invalid_ath: [
    400,
    'invalid_dpop_proof',
    "'ath' claim in the DPoP proof does not match the presented access_token.",
  ],
  invalid_access_token_dpop_binding: [
    400,
    'invalid_dpop_proof',
    'The access_token is not bound to the provided DPoP proof.',
  ],
  use_dpop_nonce: [400, 'use_dpop_nonce', 'Authorization server requires nonce in DPoP proof.'],

  authorization_pending: [400, 'authorization_pending', 'The device authorization is pending. Please try again later.'],
  slow_down: [400, 'slow_down', 'Slow down the polling frequency. Please try again later.'],
  expired_token: [400, 'expired_token', 'The device code has expired.'],

  invalid_grant: [400, 'invalid_grant', 'Invalid grant'],
  invalid_device_code: [400, 'invalid_grant', 'The device code is invalid or has expired.'],
  pkce_verification_failed: [400, 'invalid_grant', 'PKCE verification failed.'],
  invalid_authorization_code: [400, 'invalid_grant', 'The authorization code is invalid or has expired.'],
  mismatched_client: [
    400,
    'invalid_grant',
    "The grant was issued to another client. Please make sure the 'client_id' matches the one used at the authorize request.",
  ],
  mismatched_redirect_uri: [
    400,
    'invalid_grant',
    "The 'redirect_uri' does not match the redirection URI used in the authorization request.",
  ],
  invalid_interaction_code: [400, 'invalid_grant', 'The interaction code is invalid or has expired.'],
  invalid_refresh_token: [400, 'invalid_grant', 'The refresh token is invalid or expired.'],

  invalid_request: [400, 'invalid_request', 'Invalid request'],
  multiple_client_credentials: [
    401,
    'invalid_request',
    'Cannot supply multiple client credentials. Use one of the following: credentials in the Authorization header, credentials in the post body, or a client_assertion in the post body.',
  ],
  client_assertion_type_invalid: [400, 'invalid_request', 'The client_assertion_type is invalid.'],
  duplicate_oauth_params: [400, 'invalid_request', 'The request contained multiple parameters with the same name.'],
  illegal_redirect_uri: [
    400,
    'invalid_request',
    "The 'redirect_uri' parameter must be a Login redirect URI in the client app settings.",
  ],
  illegal_post_logout_redirect_uri: [
    400,
    'invalid_request',
    "The 'post_logout_redirect_uri' parameter must be a Logout redirect URI in the client app settings.",
  ],
  invalid_authorization_server: [400, 'invalid_request', 'The authorization server id is invalid.'],
  dpop_proof_required_for_token: [400, 'invalid_request', 'The resource request requires a DPoP proof.'],
  dpop_authentication_scheme_required: [
    400,
    'invalid_request',
    'The resource request must use the DPoP authentication scheme when using a DPoP bound token.',
  ],
  invalid_state: [400, 'invalid_request', "The authentication request has an invalid 'state' parameter."],
  invalid_nonce: [
    400,
    'invalid_request',
    "The 'nonce' parameter is required for authorize requests with either the 'id_token' or 'token' response types..",
  ],
  pkce_challenge_required: [
    400,
    'invalid_request',
    'PKCE code challenge is required to use the interaction code flow.',
  ],
  pkce_invalid_challenge: [400, 'invalid_request', 'PKCE code challenge contains illegal characters.'],
  pkce_missing_challenge: [400, 'invalid_request', 'PKCE code challenge is required by the application.'],
  pkce_unsupported_code_challenge_method: [
    400,
    'invalid_request',
    'PKCE code challenge method is not supported. Valid values: [S256]',
  ],
  token_request_missing_grant_type: [
    400,
    'invalid_request',
    "The token request must specify a 'grant_type'. Valid values: [{0}]",
  ],
  request_missing_token: [400, 'invalid_request', "The 'token' parameter is required."],

  invalid_request_uri: [400, 'invalid_request_uri', 'The authorize request_uri is invalid.'],

  invalid_scope: [
    400,
    'invalid_scope',
    'The requested scope is invalid, unknown, malformed, or exceeds the scope granted by the resource owner.',
  ],
  openid_not_allowed_client_creds: [400, 'invalid_scope', "Cannot request 'openid' scopes using client credentials."],
  openid_scope_required: [
    400,
    'invalid_scope',
    "Requests for ID tokens or access tokens with OpenID scopes require the 'openid' scope.",
  ],
  missing_scopes: [400, 'invalid_scope', 'No scopes were requested.'],
  illegal_custom_scope: [400, 'invalid_scope', 'Custom scopes are not allowed for this request.'],
  no_default_scopes: [
    400,
    'invalid_scope',
    "The authorization server resource does not have any configured default scopes, 'scope' must be provided.",
  ],
  no_matching_scope: [
    400,
    'invalid_scope',
    'One or more scopes are not configured for the authorization server resource.',
  ],
  unsupported_resource: [400, 'invalid_target', "The authorization server has rejected the 'resource' parameter: {0}"],

  access_token_missing: [401, 'invalid_request', 'The access token is missing.'],
  access_token_invalid: [401, 'invalid_token', 'The access token is invalid.'],
  access_token_invalid_audience: [401, 'invalid_token', 'The access token provided is not intended for Okta.'],
  access_token_invalid_issuer: [401, 'invalid_token', 'The access token provided has an invalid issuer.'],
  access_token_revoked: [401, 'invalid_token', 'The access token has been revoked.'],
  access_token_not_dpop_bound: [401, 'invalid_token', 'The presented access_token is not DPoP bound.'],
  id_token_invalid: [401, 'invalid_token', 'The id token is invalid.'],
  token_expired: [401, 'invalid_token', 'The token has expired.'],

  login_required: [400, 'login_required', 'The client specified not to prompt, but the user is not logged in.'],
  request_expired: [400, 'login_required', 'Request expired, please start over and try again.'],
  feature_not_enabled: [403, 'server_error', 'The requested feature is not enabled in this environment.'],
  temporarily_unavailable: [
    400,
    'temporarily_unavailable',
    'The authorization server is currently unable to handle the request due to a temporary overloading or maintenance of the server.',
  ],
  callback_returned_error_without_description: [400, 'server_error', 'The callback service returned an error.'],
  server_error: [
    500,
    'server_error',
    'The authorization server encountered an unexpected condition that prevented it from fulfilling the request.',
  ],
  unauthorized_client: [
    400,
    'unauthorized_client',
    'The client is not authorized to use the provided grant type. Configured grant types: [{0}].',
  ],
  org_authorization_server_only_client: [
    400,
    'unauthorized_client',
    'This client cannot use a custom authorization server.',
  ],
  unsupported_grant_type: [
    400,
    'unsupported_grant_type',
    'The authorization grant type is not supported by the authorization server. Configured grant types: [{0}].',
  ],
  unsupported_response_mode: [
    400,
    'unsupported_response_mode',
    'The response mode is not supported by the authorization server. Valid response modes: [query, fragment, form_post, okta_post_message].',
  ],
  unsupported_response_mode_query_with_tokens: [
    400,
    'unsupported_response_mode',
    "'query' response mode cannot be used with either the 'id_token' or 'token' response types.",
  ],
  unsupported_response_type: [
    400,
    'unsupported_response_type',
    'The response type is not supported by the authorization server. Configured response types: [{0}].',
  ],
} as const satisfies Record<string, readonly [status: number, error: string, description: string]>;

export type OktaErrorCode = keyof typeof oktaErrors;

/** One OAuth error. Each endpoint sends it in its own format. */
export interface OktaError {
  readonly code: OktaErrorCode;
  readonly status: number;
  readonly error: string;
  readonly description: string;
}

export function oktaError(code: OktaErrorCode, detail = ''): OktaError {
  const [status, error, description] = oktaErrors[code];
  return { code, status, error, description: description.replace('{0}', detail) };
}
