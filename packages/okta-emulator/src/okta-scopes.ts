/** The purposes of the scopes of Okta's APIs. https://developer.okta.com/docs/api/oauth2/ */
const resources = [
  ...['agentPools', 'apiTokens', 'appGrants', 'apps', 'authenticators', 'authorizationServers', 'behaviors', 'brands'],
  ...['captchas', 'deviceAssurance', 'devices', 'domains', 'emailDomains', 'eventHooks', 'features', 'groups'],
  ...['identitySources', 'idps', 'inlineHooks', 'linkedObjects', 'logStreams', 'networkZones', 'oauthIntegrations'],
  ...['orgs', 'policies', 'principalRateLimits', 'profileMappings', 'pushProviders', 'rateLimits', 'realms', 'roles'],
  ...['schemas', 'sessions', 'templates', 'threatInsights', 'trustedOrigins', 'uischemas', 'userTypes', 'users'],
] as const;

/** The scopes of Okta's APIs, which an administrator can grant to an application. */
export const oktaScopes: readonly string[] = [
  ...resources.flatMap((resource) => [`okta.${resource}.manage`, `okta.${resource}.read`]),
  'okta.logs.read',
];

const reads = /\.read$/;

/** The standard admin roles, their labels, and the scopes whose APIs they have the right to. */
const roles = {
  SUPER_ADMIN: ['Super Administrator', /./],
  ORG_ADMIN: [
    'Organizational Administrator',
    /^okta\.(?!appGrants\.manage|roles\.manage|apps\.manage|authorizationServers\.manage)/,
  ],
  APP_ADMIN: ['Application Administrator', /^okta\.(apps\.(read|manage)|(users|groups|policies|appGrants)\.read)$/],
  USER_ADMIN: ['Group Administrator', /^okta\.((users|groups)\.(read|manage))$/],
  API_ACCESS_MANAGEMENT_ADMIN: [
    'API Access Management Administrator',
    /^okta\.(authorizationServers\.(read|manage)|(apps|users|groups)\.read)$/,
  ],
  HELP_DESK_ADMIN: ['Help Desk Administrator', /^okta\.(users|groups)\.read$/],
  GROUP_MEMBERSHIP_ADMIN: ['Group Membership Administrator', /^okta\.(users|groups)\.read$/],
  REPORT_ADMIN: ['Report Administrator', /^okta\.(logs|users|groups|apps)\.read$/],
  READ_ONLY_ADMIN: ['Read-Only Administrator', reads],
  /** Its permissions are not emulated: it may read with any resource set. */
  CUSTOM: ['Custom', reads],
} as const satisfies Record<string, readonly [label: string, scopes: RegExp]>;

/** https://developer.okta.com/docs/api/openapi/okta-management/guides/roles/ */
export type AdminRole = keyof typeof roles;

export function isAdminRole(type: unknown): type is AdminRole {
  return typeof type === 'string' && Object.hasOwn(roles, type);
}

export const labelOf = (role: AdminRole): string => roles[role][0];

/**
 * Returns whether these roles permit the operations of a scope.
 *
 * Trap: an access token must have the scope, and its client or user the right. Okta checks both.
 */
export function covers(held: readonly AdminRole[], scope: string): boolean {
  return held.some((role) => roles[role][1].test(scope));
}
