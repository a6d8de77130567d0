import { type OktaError, type OktaErrorCode, oktaError } from './okta-errors.ts';
import { OktaRefusal } from './okta-refusal.ts';

interface Translation {
  /** The provider's `error`. */
  readonly error: string;
  /** Found in its description or its detail, which it keeps from clients. Left out: any. */
  readonly says?: RegExp;
  readonly becomes: OktaErrorCode;
}

/** What the provider says, and what Okta says in the same case. The first that fits counts. */
const translations: readonly Translation[] = [
  { error: 'invalid_client', says: /client not found/, becomes: 'invalid_client_id' },
  { error: 'invalid_client', says: /invalid secret/, becomes: 'invalid_client_secret' },
  { error: 'invalid_client', says: /alg mismatch/, becomes: 'client_assertion_invalid_signature_algorithm' },
  { error: 'invalid_client', says: /expiration must be/, becomes: 'client_assertion_expiration_required' },
  { error: 'invalid_client', says: /jwt expired/, becomes: 'client_assertion_expired_token' },
  { error: 'invalid_client', says: /\biss\b/, becomes: 'client_assertion_invalid_issuer' },
  { error: 'invalid_client', says: /\bsub\b/, becomes: 'client_assertion_invalid_subject' },
  { error: 'invalid_client', says: /\baud\b/, becomes: 'client_assertion_invalid_audience' },
  { error: 'invalid_client', says: /only be used once/, becomes: 'client_assertion_already_used' },
  { error: 'invalid_client', says: /no applicable key/, becomes: 'client_assertion_invalid_kid' },
  { error: 'invalid_client', says: /signature verification/, becomes: 'client_assertion_invalid_signature' },
  { error: 'invalid_client', says: /jti|JWT/, becomes: 'client_assertion_invalid_jwt' },
  { error: 'invalid_client', becomes: 'invalid_client' },

  { error: 'invalid_request', says: /only be provided using one/, becomes: 'multiple_client_credentials' },
  { error: 'invalid_request', says: /authorization header/i, becomes: 'invalid_basic_auth_creds' },
  { error: 'invalid_request', says: /no client authentication/, becomes: 'missing_client_credentials' },
  { error: 'invalid_request', says: /client_id mismatch/, becomes: 'invalid_client' },
  { error: 'invalid_request', says: /client_assertion_type/, becomes: 'client_assertion_type_invalid' },
  { error: 'invalid_request', says: /client_assertion format/, becomes: 'client_assertion_invalid_jwt' },
  { error: 'invalid_request', says: /missing .*\bgrant_type/, becomes: 'token_request_missing_grant_type' },
  { error: 'invalid_request', says: /missing .*\btoken/, becomes: 'request_missing_token' },
  { error: 'invalid_request', says: /missing .*\bclient_id/, becomes: 'invalid_client_id' },
  { error: 'invalid_request', says: /missing .*\bredirect_uri/, becomes: 'illegal_redirect_uri' },
  { error: 'invalid_request', says: /missing .*\bnonce/, becomes: 'invalid_nonce' },
  { error: 'invalid_request', says: /grant type is not allowed/, becomes: 'unauthorized_client' },
  { error: 'invalid_request', says: /provided twice/, becomes: 'duplicate_oauth_params' },
  { error: 'invalid_request', says: /requires PKCE/, becomes: 'pkce_missing_challenge' },
  { error: 'invalid_request', says: /code_challenge must be provided/, becomes: 'pkce_missing_challenge' },
  { error: 'invalid_request', says: /code_challenge_method/, becomes: 'pkce_unsupported_code_challenge_method' },
  { error: 'invalid_request', says: /code_challenge/, becomes: 'pkce_invalid_challenge' },
  { error: 'invalid_request', says: /response_mode/, becomes: 'unsupported_response_mode_query_with_tokens' },
  { error: 'invalid_request', says: /response_type is not/, becomes: 'unsupported_response_type' },
  { error: 'invalid_request', says: /openid scope must/, becomes: 'openid_scope_required' },
  { error: 'invalid_request', says: /no access token/, becomes: 'access_token_missing' },
  { error: 'invalid_request', becomes: 'invalid_request' },

  { error: 'invalid_grant', says: /code_verifier|code_challenge/, becomes: 'pkce_verification_failed' },
  { error: 'invalid_grant', says: /redirect_uri mismatch/, becomes: 'mismatched_redirect_uri' },
  { error: 'invalid_grant', says: /client mismatch/, becomes: 'mismatched_client' },
  { error: 'invalid_grant', says: /authorization code/, becomes: 'invalid_authorization_code' },
  { error: 'invalid_grant', says: /refresh token/, becomes: 'invalid_refresh_token' },
  { error: 'invalid_grant', becomes: 'invalid_grant' },

  { error: 'invalid_token', says: /no access token/, becomes: 'access_token_missing' },
  { error: 'invalid_token', becomes: 'access_token_invalid' },
  { error: 'insufficient_scope', becomes: 'userinfo_insufficient_scopes' },
  { error: 'invalid_redirect_uri', becomes: 'illegal_redirect_uri' },
  { error: 'invalid_scope', becomes: 'invalid_scope' },
  { error: 'invalid_target', becomes: 'unsupported_resource' },
  { error: 'invalid_dpop_proof', becomes: 'invalid_dpop_proof' },
  { error: 'use_dpop_nonce', becomes: 'use_dpop_nonce' },
  { error: 'access_denied', becomes: 'access_denied' },
  { error: 'login_required', becomes: 'login_required' },
  { error: 'interaction_required', becomes: 'login_required' },
  { error: 'consent_required', becomes: 'consent_required' },
  { error: 'unsupported_grant_type', becomes: 'unsupported_grant_type' },
  { error: 'unsupported_response_mode', becomes: 'unsupported_response_mode' },
  { error: 'unsupported_response_type', becomes: 'unsupported_response_type' },
];

/** What Okta would have answered where the provider failed with `failure`; `detail` fills the text's gap, if any. */
export function translateError(failure: Error, detail?: string): OktaError {
  if (failure instanceof OktaRefusal) return failure.refusal;
  const { error, error_description, error_detail } = failure as Error &
    Partial<Record<'error' | 'error_description' | 'error_detail', string>>;
  const said = `${error_description} ${error_detail}`;
  const fitting = translations.find((row) => row.error === error && (!row.says || row.says.test(said)));
  return oktaError(fitting?.becomes ?? 'server_error', detail);
}
