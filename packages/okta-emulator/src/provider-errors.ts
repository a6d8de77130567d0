import { errors } from 'oidc-provider';
import { proofError } from './dpop-proof.ts';
import { type OktaError, type OktaErrorCode, oktaError } from './okta-errors.ts';

/** Thrown by our own policies inside the provider, which handles it like one of its own errors. */
export class PolicyError extends errors.CustomOIDCProviderError {
  readonly oktaError: OktaError;

  constructor(code: OktaErrorCode, detail?: string) {
    const reason = oktaError(code, detail);
    super(reason.error, reason.description);
    this.oktaError = reason;
  }
}

interface Translation {
  /** The provider's `error`. */
  readonly error: string;
  /** Matches the provider's description or its detail, which is not sent to clients. Matches any if absent. */
  readonly text?: RegExp;
  /** Okta's code for the same error. */
  readonly code: OktaErrorCode;
}

/** The first match applies. */
const translations: readonly Translation[] = [
  { error: 'invalid_client', text: /client not found/, code: 'invalid_client_id' },
  { error: 'invalid_client', text: /invalid secret/, code: 'invalid_client_secret' },
  { error: 'invalid_client', text: /alg mismatch/, code: 'client_assertion_invalid_signature_algorithm' },
  { error: 'invalid_client', text: /expiration must be/, code: 'client_assertion_expiration_required' },
  { error: 'invalid_client', text: /jwt expired/, code: 'client_assertion_expired_token' },
  { error: 'invalid_client', text: /\biss\b/, code: 'client_assertion_invalid_issuer' },
  { error: 'invalid_client', text: /\bsub\b/, code: 'client_assertion_invalid_subject' },
  { error: 'invalid_client', text: /\baud\b/, code: 'client_assertion_invalid_audience' },
  { error: 'invalid_client', text: /only be used once/, code: 'client_assertion_already_used' },
  { error: 'invalid_client', text: /no applicable key/, code: 'client_assertion_invalid_kid' },
  { error: 'invalid_client', text: /signature verification/, code: 'client_assertion_invalid_signature' },
  { error: 'invalid_client', text: /jti|JWT/, code: 'client_assertion_invalid_jwt' },
  { error: 'invalid_client', code: 'invalid_client' },

  { error: 'invalid_request', text: /only be provided using one/, code: 'multiple_client_credentials' },
  { error: 'invalid_request', text: /authorization header/i, code: 'invalid_basic_auth_creds' },
  { error: 'invalid_request', text: /no client authentication/, code: 'missing_client_credentials' },
  { error: 'invalid_request', text: /client_id mismatch/, code: 'invalid_client' },
  { error: 'invalid_request', text: /client_assertion_type/, code: 'client_assertion_type_invalid' },
  { error: 'invalid_request', text: /client_assertion format/, code: 'client_assertion_invalid_jwt' },
  { error: 'invalid_request', text: /missing .*\bgrant_type/, code: 'token_request_missing_grant_type' },
  { error: 'invalid_request', text: /missing .*\btoken/, code: 'request_missing_token' },
  { error: 'invalid_request', text: /missing .*\bclient_id/, code: 'invalid_client_id' },
  { error: 'invalid_request', text: /missing .*\bredirect_uri/, code: 'illegal_redirect_uri' },
  { error: 'invalid_request', text: /redirect_uri did not match/, code: 'illegal_redirect_uri' },
  { error: 'invalid_request', text: /missing .*\bnonce/, code: 'invalid_nonce' },
  { error: 'invalid_request', text: /grant type is not allowed/, code: 'unauthorized_client' },
  { error: 'invalid_request', text: /grant-type:\S+ is not allowed/, code: 'unauthorized_client' },
  { error: 'invalid_request', text: /provided twice/, code: 'duplicate_oauth_params' },
  { error: 'invalid_request', text: /requires PKCE/, code: 'pkce_missing_challenge' },
  { error: 'invalid_request', text: /code_challenge must be provided/, code: 'pkce_missing_challenge' },
  { error: 'invalid_request', text: /code_challenge_method/, code: 'pkce_unsupported_code_challenge_method' },
  { error: 'invalid_request', text: /code_challenge/, code: 'pkce_invalid_challenge' },
  { error: 'invalid_request', text: /response_mode/, code: 'unsupported_response_mode_query_with_tokens' },
  { error: 'invalid_request', text: /response_type is not/, code: 'unsupported_response_type' },
  { error: 'invalid_request', text: /openid scope must/, code: 'openid_scope_required' },
  { error: 'invalid_request', text: /no access token/, code: 'access_token_missing' },
  { error: 'invalid_request', code: 'invalid_request' },

  { error: 'invalid_grant', text: /DPoP proof JWT not provided/, code: 'invalid_dpop_proof_missing_header' },
  { error: 'invalid_grant', text: /Replay/, code: 'dpop_proof_already_used' },
  { error: 'invalid_grant', text: /jkt/, code: 'invalid_dpop_proof_invalid_public_key_binding' },
  { error: 'invalid_grant', text: /code_verifier|code_challenge/, code: 'pkce_verification_failed' },
  { error: 'invalid_grant', text: /redirect_uri mismatch/, code: 'mismatched_redirect_uri' },
  { error: 'invalid_grant', text: /client mismatch/, code: 'mismatched_client' },
  { error: 'invalid_grant', text: /authorization code/, code: 'invalid_authorization_code' },
  { error: 'invalid_grant', text: /device code/, code: 'invalid_device_code' },
  { error: 'invalid_grant', text: /refresh token/, code: 'invalid_refresh_token' },
  { error: 'invalid_grant', code: 'invalid_grant' },

  { error: 'invalid_token', text: /no access token/, code: 'access_token_missing' },
  { error: 'invalid_token', code: 'access_token_invalid' },
  { error: 'insufficient_scope', code: 'userinfo_insufficient_scopes' },
  { error: 'invalid_request_uri', code: 'invalid_request_uri' },
  { error: 'invalid_redirect_uri', code: 'illegal_redirect_uri' },
  { error: 'invalid_scope', code: 'invalid_scope' },
  { error: 'invalid_target', code: 'unsupported_resource' },
  { error: 'invalid_dpop_proof', text: /\bhtm\b/, code: 'invalid_dpop_proof_invalid_htm' },
  { error: 'invalid_dpop_proof', text: /\bhtu\b/, code: 'invalid_dpop_proof_invalid_htu' },
  { error: 'invalid_dpop_proof', text: /\biat\b/, code: 'invalid_dpop_proof_invalid_iat' },
  { error: 'invalid_dpop_proof', text: /\bjti\b/, code: 'invalid_dpop_proof_invalid_jti' },
  { error: 'invalid_dpop_proof', code: 'invalid_dpop_proof' },
  { error: 'use_dpop_nonce', code: 'use_dpop_nonce' },
  { error: 'access_denied', text: /not assigned/, code: 'user_not_assigned' },
  { error: 'access_denied', text: /Policy evaluation/, code: 'no_matching_policy' },
  { error: 'access_denied', code: 'access_denied' },
  { error: 'authorization_pending', code: 'authorization_pending' },
  { error: 'expired_token', code: 'expired_token' },
  { error: 'login_required', code: 'login_required' },
  { error: 'interaction_required', code: 'login_required' },
  { error: 'consent_required', code: 'consent_required' },
  { error: 'unsupported_grant_type', code: 'unsupported_grant_type' },
  { error: 'unsupported_response_mode', code: 'unsupported_response_mode' },
  { error: 'unsupported_response_type', code: 'unsupported_response_type' },
];

/** Translates an error of the provider to Okta's error. `detail` replaces the placeholder in Okta's text. */
export function translateError(failure: Error, detail?: string): OktaError {
  if (failure instanceof PolicyError) return failure.oktaError;
  if (failure instanceof errors.InvalidDpopProof && failure.cause) return oktaError(proofError(failure.cause));
  const { error, error_description, error_detail } = failure as Error &
    Partial<Record<'error' | 'error_description' | 'error_detail', string>>;
  const text = `${error_description} ${error_detail}`;
  const translation = translations.find((row) => row.error === error && (!row.text || row.text.test(text)));
  return oktaError(translation?.code ?? 'server_error', detail);
}
