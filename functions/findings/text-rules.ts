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
    'unauthorized_client unsupported_response_type unsupported_grant_type unsupported_grant_type_token_exchange ciba_request_grant_type_not_configured direct_auth_prompted_grant_type_disabled_for_client direct_auth_grant_types_supported_not_prompted',
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
  'consent-demanded': 'consent_required',
  'user-not-assigned':
    'user_not_assigned app_access_denied app_not_assigned invalid_subject_token_user_not_assigned ciba_request_unknown_user_id mfa_attestation_login_hint_invalid',
  'user-password-refused': 'invalid_password_credentials',
  'user-password-expired': 'password_expired expired_password_credentials',
  'user-locked': 'invalid_user_status_error user_inactive invalid_subject_token_user_inactive',
  'sign-in-denied':
    'mfa_attestation_policy_denied direct_auth_policy_denied password_auth_denied_policy saml_assertion_auth_denied_policy access_denied_by_aerial',
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

export const textRules: readonly Rule[] = Object.entries(findingsOfTexts).map(([code, reasons]) => ({
  code: code as FindingCode,
  reason: reasons.split(' '),
}));
