import type { FindingCode } from './finding.ts';
import type { Rule } from './rules.ts';

/**
 * The findings for the texts of Okta's catalog, by their reasons. They come before the codes, because Okta puts several
 * causes under one code and tells them apart in the text. A text that says no more than its code is not here.
 */
const findingsOfTexts: Readonly<Partial<Record<FindingCode, string>>> = {
  'feature-missing': 'oie_not_enabled_for_interact invalid_grant_type_or_token_exchange_sku_not_enabled',
  'inline-hook-failed': 'callback_returned_error invalid_callout_response jit_denied link_denied_callout',
  'claim-failing': 'user_claim_evaluation_failure system_claim_evaluation_failure too_many_groups_in_groups_claim',
  'grant-not-allowed':
    'unauthorized_client unsupported_response_type unsupported_grant_type unsupported_grant_type_token_exchange ciba_request_grant_type_not_configured direct_auth_prompted_grant_type_disabled_for_client direct_auth_grant_types_supported_not_prompted lite_user_grant_type_not_allowed',
  'wrong-client-kind':
    'unsupported_auth_method_client_creds unsupported_auth_method_client_creds_oauth_integration invalid_application_type_client_credentials org_authorization_server_only_client invalid_client_aerial_authorization_server unsupported_grant_type_client_creds_org_as invalid_client_application_type confidential_client_required invalid_client_type_native_sso on_behalf_invalid_client_type invalid_application_type_for_interact ciba_feature_not_supported',
  'browser-request-refused':
    'unsupported_auth_method_browser_request unsupported_grant_type_browser_request illegal_origin_browser_request not_trusted_origin_browser_request unsupported_scope_browser_request',
  'client-unknown': 'invalid_client_id',
  'client-refused':
    'invalid_client missing_client_credentials invalid_basic_auth_creds invalid_client_secret multiple_client_credentials client_credentials_in_query',
  'assertion-refused':
    'client_assertion_type_invalid jwks_uri_no_key jwks_uri_ambiguous_keys jwks_uri_algorithm_required jwks_uri_error jwks_uri_jku_mismatch_error jwks_uri_invalid_key_use',
  'custom-scope-at-org-server': 'illegal_custom_scope',
  'okta-scope-not-granted': 'no_org_scopes_granted',
  'scope-unsuitable':
    'openid_not_allowed_client_creds openid_not_allowed_token_exchange consent_required_client_credentials client_credentials_self_scope_requested openid_scope_required_access_token illegal_scopes illegal_scope illegal_scope_combination required_scope_combination at_least_one_required_scope_combination exact_scope_required interclient_access_scope_not_permitted',
  'scope-unknown': 'no_matching_scope missing_scopes no_default_scopes',
  'policy-refused': 'no_matching_policy no_scope_allowed scope_denied refresh_scopes_denied',
  'network-zone-refused': 'disallowed_network_zone',
  'redirect-uri-refused':
    'illegal_redirect_uri illegal_redirect_uri_whitelist mismatched_redirect_uri missing_redirect_uri',
  'consent-demanded': 'consent_required admin_consent_insufficient_permission',
  'user-not-assigned':
    'user_not_assigned app_access_denied app_not_assigned invalid_subject_token_user_not_assigned ciba_request_unknown_user_id mfa_attestation_login_hint_invalid',
  'user-password-refused': 'invalid_password_credentials',
  'user-password-expired': 'password_expired expired_password_credentials',
  'user-locked': 'invalid_user_status_error user_inactive invalid_subject_token_user_inactive',
  'sign-in-denied':
    'mfa_attestation_policy_denied direct_auth_policy_denied password_auth_denied_policy saml_assertion_auth_denied_policy access_denied_by_aerial ssr_denied login_failed password_reset_not_allowed security_method_setup_not_allowed',
  'factor-missing':
    'mfa_prompt_required_but_not_configured mfa_attestation_cannot_enroll direct_auth_not_challenged_for_required_factor_type direct_auth_factor_enrollment_required direct_auth_requirements_no_supported_authenticators eam_amr_unsatisfiable unmet_authentication_requirements interaction_code_unsatisfiable missing_password_enrollment client_requires_mfa_native_sso web_sso_app_assurance_not_met',
  'factor-unexpected': 'password_auth_denied_mfa saml_assertion_auth_denied_mfa mfa_required',
  'enrollment-demanded': 'enroll_authenticator_limit_reached enroll_authenticator_not_allowed',
  'session-not-honored': 'online_access_authentication_required insufficient_user_authentication app_sign_on_required',
  'identity-provider-failing':
    'unknown_idp invalid_userinfo_response social_transaction_expired failed_username_transform failed_username_transform_invalid_expression failed_username_transform_missed_field failed_username_transform_whitespaces_found user_match_error user_link_error jit_disabled link_disabled link_failure link_denied_group link_denied_user user_canceled_request invalid_username invalid_social_token invalid_social_state get_social_profile_error jit_failure jit_failure_invalid_locale jit_failure_invalid_login_format jit_failure_missing_fields jit_failure_values_not_match_pattern jit_failure_values_too_long',
  'code-refused': 'invalid_authorization_code',
  'refresh-refused': 'invalid_refresh_token',
  'token-not-bound': 'access_token_not_dpop_bound',
};

/**
 * The findings for whole groups of reasons, by what a person would do. They come after the single texts. Okta names the flow of
 * a text at the beginning of its reason.
 *
 * The monitor asks for codes, tokens of a service and refreshed tokens, and for nothing else. A text about another flow is a
 * setting where it says that something is not set up. Otherwise only a request could cause it, and the request is the monitor's.
 */
const findingsOfGroups: readonly (readonly [FindingCode, RegExp])[] = [
  ['token-encryption-failing', /^(token_encryption_|jwks_uri_error_auth_server$)/],
  ['sign-out-uri-refused', /^illegal_post_logout_redirect_uri/],
  [
    'flow-not-set-up',
    anyOf(
      'interclient_(relationship|token_target)_ associated_server_ web_sso_client_not_permitted id_jag_untrusted_issuer',
      'invalid_client_configuration_native_to_web_sso id_jag_resource_not_allowed_for_as jwt_bearer_grant_invalid_issuer',
      'invalid_subject_token_(authorization_server|no_delegation|issuer_not|client_) token_exchange_incomplete_ cimd_document_',
      'resource_app_assurance_not_met unsupported_(token_exchange_flow|mfa_attestation|saml_assertion) direct_auth_recovery_',
      'direct_auth_requirements_not ciba_(request_signed_algo_not|mfa_challenge) mfa_attestation_(requires|cannot_use)_ cimd_client_id_not',
      'aerial_ workload_principal_ idp_initated_flow_disabled (missing|invalid)_initiate_login_uri mfa_not_required',
      'request(_uri)?_not_supported request_object_(no_client_secret|jwks_not_configured)',
    ),
  ],
  [
    'flow-unexpected',
    anyOf(
      'authorization_pending expired_token slow_down too_many_user_codes platformsso_ device_bound_sso_ invalid_(device|user)_',
      'ciba_ cimd_ eam_ direct_auth_(?!oob_failure) id_jag_(?!not_generated) interclient_ jwt_bearer_grant_ mfa_attestation_',
      'oauth_sts_ one_time_sso_ web_sso_ token_exchange_ request_object_ invalid_request_object scope_present',
      'invalid_(subject_|actor_|requested_token_|authorization_details|saml_assertion|interaction_code|activation_|recovery_)',
      'invalid_target unsupported_(api_)?resource too_many_resources mismatched_resource invalid_response_type',
      'token_request_missing_device_id pkce_challenge_required \\w+_for_(none_response_type|enroll_authenticator_prompt)$',
    ),
  ],
  [
    'request-invalid',
    anyOf(
      'pkce_ duplicate_oauth_params illegal_duplicated_parameters missing_token_request_parameter token_request_missing_',
      'request_missing_token access_token_(missing|in_query|duplicate) invalid_(state|nonce|prompt|max_age|user_type)',
      'invalid_request(ed_expiry|_uri) (required|unsupported)_response_(type_with|mode) mismatched_(client|authorization_server)$',
      'pushed_authorization_request_ authorize_request_ id_token_does_not_match_session refresh_token_validation_failure',
    ),
  ],
];

/** The reasons that begin with one of these patterns, which spaces separate. */
function anyOf(...patterns: readonly string[]): RegExp {
  return new RegExp(`^(${patterns.join(' ').replaceAll(' ', '|')})`);
}

export const textRules: readonly Rule[] = [
  ...Object.entries(findingsOfTexts).map(([code, reasons]) => ({
    code: code as FindingCode,
    reason: reasons.split(' '),
  })),
  ...findingsOfGroups.map(([code, reason]) => ({ code, reason })),
];
