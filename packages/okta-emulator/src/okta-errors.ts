/**
 * Okta's OAuth errors by the status and `error` that clients see, then by Okta's internal code, which the System Log
 * shows as `outcome.reason`.
 *
 * The texts are exactly Okta's, including unusual punctuation, because clients and users see them.
 * Okta replaces `{0}` with a detail.
 * https://developer.okta.com/docs/reference/error-codes/
 */
const oktaErrors = {
  '400 access_denied': {
    feature_not_enabled_access_denied: 'The requested feature is not enabled in this environment.',
    no_scope_allowed: 'Policy evaluation succeeded, but all the requested scopes were rejected.',
    user_not_assigned: 'User is not assigned to the client application.',
    oie_not_enabled_for_interact:
      "The requested feature (Interaction Code flow) isn't enabled in this environment. Ensure that you have Okta Identity Engine enabled and the Interaction Code flow enabled for this application and authorization server.",
  },
  '401 access_denied': {
    no_matching_policy: 'Policy evaluation failed for this request, please check the policy configurations.',
  },
  '403 access_denied': {
    access_denied: 'The resource owner or authorization server denied the request.',
    disallowed_network_zone: "The request is made from outside the client's permitted network zones.",
  },
  '400 authorization_pending': {
    authorization_pending: 'The device authorization is pending. Please try again later.',
  },
  '400 consent_required': {
    consent_required: 'The following scopes require user consent: [{0}].',
    no_org_scopes_granted: 'You are not allowed any of the requested scopes.',
  },
  '400 expired_token': {
    expired_token: 'The device code has expired.',
  },
  '403 insufficient_scope': {
    access_token_insufficient_scopes: 'The access token provided does not contain the required scopes.',
    userinfo_insufficient_scopes:
      'The access token must provide access to at least one of these scopes - profile, email, address or phone',
  },
  '400 interaction_required': {
    interaction_required:
      'Your client is configured to use the interaction code flow and user interaction is required to complete the request.',
  },
  '401 invalid_client': {
    invalid_client: 'Client authentication failed. Either the client or the client credentials are invalid.',
    missing_client_credentials: 'No client credentials found.',
    invalid_basic_auth_creds: 'Found Authentication header but was not valid client credentials.',
    invalid_client_id: "Invalid value for 'client_id' parameter.",
    invalid_client_secret: 'The client secret supplied for a confidential client is invalid.',
    invalid_application_type_client_credentials:
      "Only clients with 'application_type' of 'service' may use the client_credentials 'grant_type' with the Org Authorization Server.",
    unsupported_auth_method_client_creds:
      'Client Credentials requests to the Org Authorization Server must use the private_key_jwt token_endpoint_auth_method.',
    client_assertion_invalid_issuer: 'The issuer claim for client_assertion is not a valid client_id.',
    client_assertion_invalid_subject: 'The subject claim for client_assertion is not a valid client_id.',
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
    client_assertion_invalid_signature_algorithm: 'The client_assertion JWT signature algorithm is invalid.',
  },
  '400 invalid_dpop_proof': {
    invalid_dpop_proof: 'The DPoP proof JWT is invalid.',
    invalid_dpop_proof_missing_header: 'The DPoP proof JWT header is missing.',
    invalid_dpop_proof_invalid_type: "'typ' must be 'dpop+jwt' in the DPoP proof JWT.",
    invalid_dpop_proof_invalid_signature_algorithm: 'The DPoP proof JWT signature algorithm is invalid.',
    invalid_dpop_proof_invalid_jwt: 'The DPoP proof JWT cannot be parsed.',
    invalid_dpop_proof_invalid_signature: 'The DPoP proof JWT signature is invalid.',
    invalid_dpop_proof_invalid_htm: "'htm' claim in the DPoP proof JWT is invalid.",
    invalid_dpop_proof_invalid_htu: "'htu' claim in the DPoP proof JWT is invalid.",
    invalid_dpop_proof_invalid_iat: "'iat' claim in the DPoP proof JWT is invalid.",
    invalid_dpop_proof_jwt_issued_in_future: 'The DPoP proof JWT is issued in the future.',
    invalid_dpop_proof_jwt_too_old: 'The DPoP proof JWT is issued more than five minutes in the past.',
    invalid_dpop_proof_jwt_expired: 'The DPoP proof JWT is expired.',
    invalid_dpop_proof_invalid_public_key_binding: 'Invalid DPoP Public Key binding in refresh token',
    invalid_dpop_proof_invalid_jti: "'jti' claim in the DPoP proof JWT is invalid.",
    dpop_proof_already_used: 'The DPoP proof JWT has already been used.',
    dpop_proof_invalid_ath: "'ath' claim in the DPoP proof does not match the presented access_token.",
    invalid_access_token_dpop_binding: 'The access_token is not bound to the provided DPoP proof.',
  },
  '400 invalid_grant': {
    invalid_grant: 'Invalid grant',
    invalid_device_code: 'The device code is invalid or has expired.',
    pkce_verification_failed: 'PKCE verification failed.',
    invalid_authorization_code: 'The authorization code is invalid or has expired.',
    mismatched_client:
      "The grant was issued to another client. Please make sure the 'client_id' matches the one used at the authorize request.",
    mismatched_redirect_uri: "The 'redirect_uri' does not match the redirection URI used in the authorization request.",
    invalid_interaction_code: 'The interaction code is invalid or has expired.',
    invalid_refresh_token: 'The refresh token is invalid or expired.',
  },
  '400 invalid_request': {
    invalid_request: 'Invalid request',
    client_assertion_type_invalid: 'The client_assertion_type is invalid.',
    duplicate_oauth_params: 'The request contained multiple parameters with the same name.',
    illegal_redirect_uri: "The 'redirect_uri' parameter must be a Login redirect URI in the client app settings.",
    illegal_post_logout_redirect_uri:
      "The 'post_logout_redirect_uri' parameter must be a Logout redirect URI in the client app settings.",
    invalid_authorization_server: 'The authorization server id is invalid.',
    dpop_proof_required_for_token: 'The resource request requires a DPoP proof.',
    dpop_authentication_scheme_required:
      'The resource request must use the DPoP authentication scheme when using a DPoP bound token.',
    invalid_state: "The authentication request has an invalid 'state' parameter.",
    invalid_nonce:
      "The 'nonce' parameter is required for authorize requests with either the 'id_token' or 'token' response types..",
    pkce_challenge_required: 'PKCE code challenge is required to use the interaction code flow.',
    pkce_invalid_challenge: 'PKCE code challenge contains illegal characters.',
    pkce_missing_challenge: 'PKCE code challenge is required by the application.',
    pkce_unsupported_code_challenge_method: 'PKCE code challenge method is not supported. Valid values: [S256]',
    token_request_missing_grant_type: "The token request must specify a 'grant_type'. Valid values: [{0}]",
    request_missing_token: "The 'token' parameter is required.",
  },
  '401 invalid_request': {
    multiple_client_credentials:
      'Cannot supply multiple client credentials. Use one of the following: credentials in the Authorization header, credentials in the post body, or a client_assertion in the post body.',
    access_token_missing: 'The access token is missing.',
  },
  '400 invalid_request_uri': {
    invalid_request_uri: 'The authorize request_uri is invalid.',
  },
  '400 invalid_scope': {
    invalid_scope:
      'The requested scope is invalid, unknown, malformed, or exceeds the scope granted by the resource owner.',
    openid_not_allowed_client_creds: "Cannot request 'openid' scopes using client credentials.",
    openid_scope_required: "Requests for ID tokens or access tokens with OpenID scopes require the 'openid' scope.",
    missing_scopes: 'No scopes were requested.',
    illegal_custom_scope: 'Custom scopes are not allowed for this request.',
    no_default_scopes:
      "The authorization server resource does not have any configured default scopes, 'scope' must be provided.",
    no_matching_scope: 'One or more scopes are not configured for the authorization server resource.',
  },
  '400 invalid_target': {
    unsupported_resource: "The authorization server has rejected the 'resource' parameter: {0}",
  },
  '401 invalid_token': {
    access_token_invalid: 'The access token is invalid.',
    access_token_invalid_audience: 'The access token provided is not intended for Okta.',
    access_token_invalid_issuer: 'The access token provided has an invalid issuer.',
    access_token_revoked: 'The access token has been revoked.',
    access_token_not_dpop_bound: 'The presented access_token is not DPoP bound.',
    id_token_invalid: 'The id token is invalid.',
    token_expired: 'The token has expired.',
  },
  '400 login_required': {
    login_required: 'The client specified not to prompt, but the user is not logged in.',
    request_expired: 'Request expired, please start over and try again.',
  },
  '400 server_error': {
    callback_returned_error_without_description: 'The callback service returned an error.',
  },
  '403 server_error': {
    feature_not_enabled: 'The requested feature is not enabled in this environment.',
  },
  '500 server_error': {
    server_error:
      'The authorization server encountered an unexpected condition that prevented it from fulfilling the request.',
  },
  '400 slow_down': {
    slow_down: 'Slow down the polling frequency. Please try again later.',
  },
  '400 temporarily_unavailable': {
    temporarily_unavailable:
      'The authorization server is currently unable to handle the request due to a temporary overloading or maintenance of the server.',
  },
  '400 unauthorized_client': {
    unauthorized_client: 'The client is not authorized to use the provided grant type. Configured grant types: [{0}].',
    org_authorization_server_only_client: 'This client cannot use a custom authorization server.',
  },
  '400 unsupported_grant_type': {
    unsupported_grant_type:
      'The authorization grant type is not supported by the authorization server. Configured grant types: [{0}].',
  },
  '400 unsupported_response_mode': {
    unsupported_response_mode:
      'The response mode is not supported by the authorization server. Valid response modes: [query, fragment, form_post, okta_post_message].',
    unsupported_response_mode_query_with_tokens:
      "'query' response mode cannot be used with either the 'id_token' or 'token' response types.",
  },
  '400 unsupported_response_type': {
    unsupported_response_type:
      'The response type is not supported by the authorization server. Configured response types: [{0}].',
  },
  '400 use_dpop_nonce': {
    use_dpop_nonce: 'Authorization server requires nonce in DPoP proof.',
  },
} as const;

type ErrorKind = keyof typeof oktaErrors;

export type OktaErrorCode = { [Kind in ErrorKind]: keyof (typeof oktaErrors)[Kind] }[ErrorKind];

/** One OAuth error. Each endpoint sends it in its own format. */
export interface OktaError {
  readonly code: OktaErrorCode;
  readonly status: number;
  readonly error: string;
  readonly description: string;
}

const byCode = Object.fromEntries(
  Object.entries(oktaErrors).flatMap(([kind, texts]) =>
    Object.entries(texts).map(([code, description]) => [
      code,
      { code, status: Number(kind.slice(0, 3)), error: kind.slice(4), description },
    ]),
  ),
) as Readonly<Record<OktaErrorCode, OktaError>>;

/** Returns the error with a code. `detail` replaces the placeholder in its text. */
export function oktaError(code: OktaErrorCode, detail = ''): OktaError {
  const error = byCode[code];
  return { ...error, description: error.description.replace('{0}', detail) };
}
