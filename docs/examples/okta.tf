# The Okta part of npm run setup, for an org whose objects Terraform manages. docs/setup.md has the steps.
# The file contains no secret. A test compares it with what npm run setup makes.
# Without a custom authorization server or without a test user, delete that part and the references to it.

terraform {
  required_providers {
    okta = { source = "okta/okta", version = "~> 6.12.0" }
  }
}

variable "org" {
  description = "The name of the org in the configuration: npm run setup -- --org."
  type        = string
  default     = "acme"
}

variable "okta_url" {
  description = "The org's own Okta address. Grants don't take a custom domain."
  type        = string
  default     = "https://acme.okta.com"
}

variable "server" {
  description = "The id of the custom authorization server: default or aus…"
  type        = string
  default     = "default"
}

variable "first_keys" {
  description = "The RSA public keys (RS256) with which the applications start. npm run setup replaces them."
  type        = object({ service = map(string), web = map(string) })
}

variable "first_password" {
  description = "The password with which the test user starts. npm run setup replaces it."
  type        = string
  sensitive   = true
}

locals {
  name        = "okta-synthetics ${var.org}"
  mark        = "okta-synthetics: okta-synthetics/${var.org}"
  description = "Managed by okta-synthetics: okta-synthetics/${var.org}"
  admin_note  = "Managed by okta-synthetics: okta-synthetics/${var.org}. Removed by npm run setup -- --remove."
  login       = "okta-synthetics.${var.org}@example.com"
  scope       = "monitor.okta-synthetics.${var.org}"
}

# The applications. npm run setup makes the service application demand DPoP, for which the provider has no argument.

resource "okta_app_oauth" "service_app" {
  label                      = "${local.name} service"
  type                       = "service"
  token_endpoint_auth_method = "private_key_jwt"
  auto_key_rotation          = true
  grant_types                = ["client_credentials"]
  response_types             = ["token"]
  admin_note                 = local.admin_note
  hide_ios                   = true
  hide_web                   = true
  profile                    = jsonencode({ managedBy = local.mark })

  jwks {
    kty = "RSA"
    kid = var.first_keys.service.kid
    e   = var.first_keys.service.e
    n   = var.first_keys.service.n
  }

  lifecycle {
    ignore_changes = [jwks]
  }
}

# Delete okta.logs.read without systemLog, and the others but okta.users.read without health.
resource "okta_app_oauth_api_scope" "service_app" {
  app_id = okta_app_oauth.service_app.id
  issuer = var.okta_url
  scopes = [
    "okta.users.read",
    "okta.logs.read",
    "okta.apps.read",
    "okta.idps.read",
    "okta.domains.read",
    "okta.apiTokens.read",
    "okta.agentPools.read",
    "okta.eventHooks.read",
    "okta.inlineHooks.read",
    "okta.logStreams.read",
    "okta.authorizationServers.read",
  ]
}

# A role lets only super administrators change the application, so it comes last.
resource "okta_app_oauth_role_assignment" "admin_role" {
  client_id  = okta_app_oauth.service_app.id
  type       = "READ_ONLY_ADMIN"
  depends_on = [okta_app_oauth_api_scope.service_app]
}

# Without a test user: delete refresh_token and authentication_policy.
resource "okta_app_oauth" "web_app" {
  label                      = "${local.name} web"
  type                       = "web"
  token_endpoint_auth_method = "private_key_jwt"
  auto_key_rotation          = true
  pkce_required              = true
  grant_types                = ["authorization_code", "refresh_token"]
  response_types             = ["code"]
  redirect_uris              = ["https://okta-synthetics.invalid/callback"]
  consent_method             = "TRUSTED"
  admin_note                 = local.admin_note
  hide_ios                   = true
  hide_web                   = true
  profile                    = jsonencode({ managedBy = local.mark })
  authentication_policy      = okta_app_signon_policy.app_policy.id

  jwks {
    kty = "RSA"
    kid = var.first_keys.web.kid
    e   = var.first_keys.web.e
    n   = var.first_keys.web.n
  }

  lifecycle {
    ignore_changes = [jwks]
  }
}

# The custom authorization server: a scope, and an access policy for the two applications alone.

resource "okta_auth_server_scope" "scope" {
  auth_server_id   = var.server
  name             = local.scope
  description      = local.description
  consent          = "IMPLICIT"
  default          = false
  metadata_publish = "NO_CLIENTS"
}

resource "okta_auth_server_policy" "server_policy" {
  auth_server_id   = var.server
  name             = local.name
  description      = local.description
  priority         = 1
  client_whitelist = [okta_app_oauth.service_app.id, okta_app_oauth.web_app.id]
}

resource "okta_auth_server_policy_rule" "service_rule" {
  auth_server_id                 = var.server
  policy_id                      = okta_auth_server_policy.server_policy.id
  name                           = "service"
  priority                       = 1
  grant_type_whitelist           = ["client_credentials"]
  group_whitelist                = ["EVERYONE"]
  scope_whitelist                = [okta_auth_server_scope.scope.name]
  access_token_lifetime_minutes  = 60
  refresh_token_lifetime_minutes = 0
  refresh_token_window_minutes   = 10080
}

# Without a test user: name = "sign-in page", group_whitelist = ["EVERYONE"]. The application then has no users.
resource "okta_auth_server_policy_rule" "web_rule" {
  auth_server_id                 = var.server
  policy_id                      = okta_auth_server_policy.server_policy.id
  name                           = "test user"
  priority                       = 2
  grant_type_whitelist           = ["authorization_code"]
  group_whitelist                = [okta_group.group.id]
  scope_whitelist                = ["openid", "profile", "email", "offline_access"]
  access_token_lifetime_minutes  = 60
  refresh_token_lifetime_minutes = 0
  refresh_token_window_minutes   = 10080
}

# The test user, whose group may sign in to the web application with a password. Classic Engine has no app sign-in policy.

resource "okta_group" "group" {
  name        = local.name
  description = local.description
}

resource "okta_user" "user" {
  first_name   = "Okta"
  last_name    = "Synthetics"
  login        = local.login
  email        = local.login
  organization = local.mark
  password     = var.first_password

  lifecycle {
    ignore_changes = [password]
  }
}

resource "okta_group_memberships" "group" {
  group_id = okta_group.group.id
  users    = [okta_user.user.id]
}

resource "okta_app_group_assignment" "assignment" {
  app_id   = okta_app_oauth.web_app.id
  group_id = okta_group.group.id
}

resource "okta_app_signon_policy" "app_policy" {
  name        = local.name
  description = local.description
  catch_all   = false
}

resource "okta_app_signon_policy_rule" "app_policy_rule" {
  policy_id                   = okta_app_signon_policy.app_policy.id
  name                        = "test user"
  priority                    = 0
  groups_included             = [okta_group.group.id]
  access                      = "ALLOW"
  type                        = "ASSURANCE"
  factor_mode                 = "1FA"
  re_authentication_frequency = "PT2H"
  constraints                 = [jsonencode({ knowledge = { types = ["password"], reauthenticateIn = "PT2H" } })]
}
