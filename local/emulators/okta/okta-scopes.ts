/** What the scopes of Okta's APIs are for. https://developer.okta.com/docs/api/oauth2/ */
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
