import { configurationResource } from './configuration.ts';
import { at, type Json, knownLater } from './json.ts';
import { idOf, linksTo, type OktaDefinition, oktaResource } from './okta-resource.ts';
import { OktaRefusal } from './refusals.ts';
import { CannotMake, type Context, type Found, type Resource } from './resource.ts';
import { publicHalf, secretResource } from './secret-resource.ts';
import {
  descriptionOf,
  grantId,
  markOf,
  nameOf,
  oktaScopes,
  type Settings,
  scopeName,
  secretName,
  userScopes,
} from './settings.ts';
import { findUser, userPassword } from './user-password.ts';

/** The read-only role that covers most of the monitor's reading. The set-up assigns no role that may write. */
export const adminRole = 'READ_ONLY_ADMIN';

/**
 * Everything that the set-up makes, in the order in which it is made. It is removed in the opposite order.
 *
 * Trap: a role on an application lets only super administrators change the application, so it comes after everything
 * else. A private key is stored before the application that has its public half.
 */
export function resourcesOf(settings: Settings): readonly Resource[] {
  return [
    ...serviceResources(settings),
    ...(settings.login === undefined ? [] : userResources(settings, settings.login)),
    ...webResources(settings),
    ...(settings.server ? serverResources(settings, settings.server.id) : []),
    ...(settings.noServers ? [noServerResource(settings.noServers)] : []),
    adminRoleResource(),
    configurationResource(settings),
  ];
}

const noService = 'Everything without a token works: discovery, keys, authorize, the status page.';

function serviceResources(settings: Settings): readonly Resource[] {
  return [
    secretResource({
      ...{ id: 'service-key', kind: 'key in a secret', name: secretName(settings, 'service') },
      ...{ purpose: 'the private key of the service application', without: noService, needs: [] },
      member: 'privateKey',
      make: async ({ makeKey }) => ({ privateKey: await makeKey() }),
    }),
    safeApplication({
      ...{ id: 'service-app', kind: 'service application', name: nameOf(settings, 'service') },
      ...{ purpose: 'requests tokens, and calls the management API', without: noService, needs: ['service-key'] },
      ...applicationOf(settings, 'service-key'),
      desired: (context, found) =>
        application(context, found, nameOf(settings, 'service'), 'service-key', {
          application_type: 'service',
          grant_types: ['client_credentials'],
          response_types: ['token'],
          dpop_bound_access_tokens: true,
        }),
    }),
    ...oktaScopes(settings).map(({ scope, purpose }) =>
      oktaResource({
        ...{ id: grantId(scope), kind: 'grant', name: scope, purpose, needs: ['service-app'] },
        ...{ without: 'Whatever does not need it works.', type: 'OAuth2ScopeConsentGrant' },
        ...{ area: 'grants', within: ['service-app'], change: 'none' },
        collection: (context) => `/api/v1/apps/${idOf(context, 'service-app')}/grants`,
        isIt: ({ scopeId }) => scopeId === scope,
        // Trap: Okta takes its own address of the org only, and no custom domain.
        desired: () => ({ issuer: settings.oktaUrl, scopeId: scope }),
      }),
    ),
  ];
}

/**
 * A service application that gets no more rights than it should.
 *
 * Trap: with this setting of the org, Okta makes each new service application a super administrator.
 */
function safeApplication(definition: OktaDefinition): Resource {
  const resource = oktaResource(definition);
  return {
    ...resource,
    async find(context) {
      const found = await resource.find(context);
      if (found) return found;
      const setting = await context.okta.get(privilegesPath, 'organization').catch((error: unknown) => {
        // Okta hides the setting from administrators who may not read it.
        if (error instanceof OktaRefusal && !error.refusal.isTotal) return undefined;
        throw error;
      });
      if (setting?.clientPrivilegesSetting !== true) return undefined;
      throw new CannotMake(
        'The org makes each new service application a Super Administrator, which the monitor must not be.',
        'Switch off "Public client app admins" in Settings > Account, and run it again.',
      );
    },
  };
}

const privilegesPath = '/api/v1/org/settings/clientPrivilegesSetting';

/** What both applications have in common. Trap: labels are not unique, and `q` finds those that begin like this. */
function applicationOf(
  settings: Settings,
  key: string,
): Pick<OktaDefinition, 'type' | 'area' | 'collection' | 'query' | 'createQuery' | 'removal' | 'isIt' | 'isOwn'> {
  return {
    ...{ type: 'OpenIdConnectApplication', area: 'applications' },
    ...{ collection: () => '/api/v1/apps', query: `?limit=200&q=${encodeURIComponent(nameOf(settings))}` },
    ...{ createQuery: '?activate=true', removal: 'deactivate, then delete' },
    isIt: (item: Json) => item.label === nameOf(settings, key.replace(/-key$/, '')),
    isOwn: (item: Json) => at(item, 'profile', 'managedBy') === markOf(settings),
  };
}

/** The keys of an application that has ours already stay as they are: during a rotation there are two. */
function application(
  context: Context,
  found: Found | undefined,
  label: string,
  secret: string,
  { pkce_required, ...client }: Json,
): Json {
  const { settings } = context;
  const key = context.found.get(secret)?.secret?.reveal().privateKey as Json | undefined;
  const registered = at(found?.body, 'settings', 'oauthClient', 'jwks', 'keys');
  const isRegistered = key && Array.isArray(registered) && registered.some(({ kid }) => kid === key.kid);
  const keys = isRegistered ? registered : [key ? publicHalf(key) : knownLater];
  return {
    name: 'oidc_client',
    label,
    signOnMode: 'OPENID_CONNECT',
    credentials: {
      oauthClient: {
        ...{ token_endpoint_auth_method: 'private_key_jwt', autoKeyRotation: true },
        ...(pkce_required !== undefined && { pkce_required }),
      },
    },
    settings: {
      oauthClient: { ...client, jwks: { keys } },
      notes: { admin: `${descriptionOf(settings)}. Removed by npm run setup -- --remove.` },
    },
    profile: { managedBy: markOf(settings) },
    visibility: { hide: { iOS: true, web: true } },
  };
}

function webResources(settings: Settings): readonly Resource[] {
  const withoutWeb = 'Everything but the sign-in page and the test user works.';
  const hasUser = settings.login !== undefined;
  const assignments: readonly OktaDefinition[] = hasUser ? webAssignments(settings) : [];
  return [
    secretResource({
      ...{ id: 'web-key', kind: 'key in a secret', name: secretName(settings, 'web') },
      ...{ purpose: 'the private key of the web application', without: withoutWeb, needs: [] },
      member: 'privateKey',
      make: async ({ makeKey }) => ({ privateKey: await makeKey() }),
    }),
    oktaResource({
      ...{ id: 'web-app', kind: 'web application', name: nameOf(settings, 'web') },
      purpose: hasUser
        ? 'the test user signs in to it'
        : 'asks whether the sign-in page would answer; no user is assigned',
      ...{ without: withoutWeb, needs: ['web-key'] },
      ...applicationOf(settings, 'web-key'),
      desired: (context, found) =>
        application(context, found, nameOf(settings, 'web'), 'web-key', {
          application_type: 'web',
          grant_types: hasUser ? ['authorization_code', 'refresh_token'] : ['authorization_code'],
          response_types: ['code'],
          redirect_uris: [settings.redirectUri],
          consent_method: 'TRUSTED',
          pkce_required: true,
        }),
    }),
    ...assignments.map(oktaResource),
  ];
}

function webAssignments({ engine }: Settings): readonly OktaDefinition[] {
  const app = (context: Context) => `/api/v1/apps/${idOf(context, 'web-app')}`;
  const common = { without: 'The test user cannot sign in.', area: 'applications', change: 'none' } as const;
  return [
    {
      ...{ id: 'assignment', kind: 'assignment', name: 'of the group to the web application', ...common },
      ...{ purpose: 'lets the test user sign in', needs: ['web-app', 'group'], within: ['web-app', 'group'] },
      ...{ type: 'ApplicationGroupAssignment' },
      collection: (context) => `${app(context)}/groups`,
      isIt: ({ id }, context) => id === idOf(context, 'group'),
      creation: (context) => ({ method: 'PUT', path: `${app(context)}/groups/${idOf(context, 'group')}` }),
      desired: () => ({}),
    },
    ...(engine === 'classic'
      ? []
      : [
          {
            ...{
              id: 'app-policy-assignment',
              kind: 'assignment',
              name: 'of the policy to the web application',
              ...common,
            },
            ...{
              purpose: 'lets only the test user in',
              needs: ['web-app', 'app-policy'],
              within: ['web-app', 'app-policy'],
            },
            without: "The org's default policy applies to the web application.",
            type: 'Application',
            collection: app,
            // The only item: the application, which names its policy.
            find: (context: Context) => context.okta.get(app(context), 'applications'),
            isIt: (item: Json, context: Context) => linksTo(item, 'accessPolicy', idOf(context, 'app-policy')),
            creation: (context: Context) => ({
              ...{ method: 'PUT' as const, path: `${app(context)}/policies/${idOf(context, 'app-policy')}` },
              hasNoBody: true,
            }),
            desired: () => ({}),
          },
        ]),
  ];
}

function userResources(settings: Settings, login: string): readonly Resource[] {
  const withoutUser = 'Everything but the sign-in of a test user works.';
  const password = userPassword(login, withoutUser);
  return [
    oktaResource({
      ...{ id: 'group', kind: 'group', name: nameOf(settings), purpose: 'has the test user as its only member' },
      ...{ without: withoutUser, needs: [], type: 'Group', area: 'groups', removal: 'delete' },
      collection: () => '/api/v1/groups',
      query: `?search=${encodeURIComponent(`profile.name eq "${nameOf(settings)}"`)}`,
      isIt: (item) => at(item, 'profile', 'name') === nameOf(settings),
      isOwn: (item) => at(item, 'profile', 'description') === descriptionOf(settings),
      desired: () => ({ profile: { name: nameOf(settings), description: descriptionOf(settings) } }),
    }),
    secretResource({
      ...{ id: 'user-secret', kind: 'password in a secret', name: secretName(settings, 'user') },
      ...{ purpose: 'the generated password of the test user', without: withoutUser, needs: [] },
      member: 'password',
      make: password.newSecret,
    }),
    oktaResource({
      ...{ id: 'user', kind: 'user', name: login, purpose: 'signs in; it has no right in anything' },
      ...{ without: withoutUser, needs: ['group', 'user-secret'], type: 'User', area: 'users' },
      ...{ change: 'merge', removal: 'delete twice', createQuery: '?activate=true' },
      collection: () => '/api/v1/users',
      find: ({ okta }) => findUser(okta, login),
      isIt: (item) => at(item, 'profile', 'login') === login,
      isOwn: (item) => at(item, 'profile', 'organization') === markOf(settings),
      desired: (context, found) => ({
        profile: {
          ...{ firstName: 'Okta', lastName: 'Synthetics', email: login, login, organization: markOf(settings) },
        },
        // The members of a group are no part of a user, so they are sent once.
        ...(!found && { groupIds: [idOf(context, 'group')] }),
      }),
      secretMembers: password.credentials,
    }),
    password.resource,
    ...(settings.engine === 'classic' ? [] : policyResources(settings)),
  ];
}

/** A policy of the web application's own, as docs/test-user.md asks for. Only Identity Engine has it. */
function policyResources(settings: Settings): readonly Resource[] {
  const without = "The org's default policy applies to the web application.";
  const common = { without, area: 'policies', within: ['app-policy'] } as const;
  const rules = (context: Context) => `/api/v1/policies/${idOf(context, 'app-policy')}/rules`;
  const type = 'ACCESS_POLICY';
  return [
    oktaResource({
      ...{ id: 'app-policy', kind: 'app sign-in policy', name: nameOf(settings), without, area: 'policies', needs: [] },
      ...{ purpose: 'who may sign in to the web application', type: 'AccessPolicy' },
      ...{ removal: 'deactivate, then delete' },
      collection: () => '/api/v1/policies',
      query: `?type=${type}`,
      isIt: ({ name }) => name === nameOf(settings),
      isOwn: ({ description }) => description === descriptionOf(settings),
      desired: () => ({ type, name: nameOf(settings), description: descriptionOf(settings) }),
    }),
    oktaResource({
      ...{
        id: 'app-policy-rule',
        kind: 'rule of the app sign-in policy',
        name: 'test user',
        ...common,
        needs: ['app-policy', 'group'],
      },
      ...{ purpose: 'the group signs in with a password', type: 'AccessPolicyRule' },
      collection: rules,
      isIt: ({ name }) => name === 'test user',
      desired: (context) => ({
        ...{ type, name: 'test user', priority: 0 },
        conditions: { people: { groups: { include: [idOf(context, 'group')] } } },
        actions: { appSignOn: { access: 'ALLOW', verificationMethod: passwordOnly } },
      }),
    }),
    catchAllRule({
      ...{
        id: 'app-policy-catch-all',
        kind: 'rule of the app sign-in policy',
        name: 'catch-all',
        ...common,
        needs: ['app-policy'],
      },
      ...{ purpose: 'denies everyone else', type: 'AccessPolicyRule' },
      collection: rules,
      isIt: ({ system }) => system === true,
      desired: () => ({ actions: { appSignOn: { access: 'DENY' } } }),
    }),
  ];
}

/** A password, and not each time: then there would be no single sign-on to check. */
const passwordOnly: Json = {
  type: 'ASSURANCE',
  factorMode: '1FA',
  reauthenticateIn: 'PT2H',
  constraints: [{ knowledge: { types: ['password'], reauthenticateIn: 'PT2H' } }],
};

/** Okta makes this rule itself, with its policy. So it is found, and changed. */
function catchAllRule(definition: OktaDefinition): Resource {
  const resource = oktaResource(definition);
  return {
    ...resource,
    async create(context) {
      const made = await resource.find(context);
      if (!made) throw new Error('unreachable: an app sign-in policy without a catch-all rule');
      return resource.update(context, made);
    },
  };
}

function serverResources(settings: Settings, server: string): readonly Resource[] {
  const without = withoutServer;
  const path = `/api/v1/authorizationServers/${server}`;
  const hasUser = settings.login !== undefined;
  const clients = ['service-app', 'web-app'];
  const webRule = hasUser ? 'test user' : 'sign-in page';
  const common = { without, area: 'servers', type: '' } as const;
  const rule = { ...common, within: ['server-policy'], type: 'AuthorizationServerPolicyRule' } as const;
  const policies = (context: Context) => `${path}/policies/${idOf(context, 'server-policy')}/rules`;
  const lifetimes = {
    accessTokenLifetimeMinutes: 60,
    refreshTokenLifetimeMinutes: 0,
    refreshTokenWindowMinutes: 10_080,
  };
  const ruleBody = (name: string, priority: number, conditions: Json): Json => ({
    ...{ type: 'RESOURCE_ACCESS', name, priority, conditions, actions: { token: lifetimes } },
  });
  return [
    oktaResource({
      ...{
        id: 'scope',
        kind: 'scope',
        name: scopeName(settings),
        ...common,
        type: 'OAuth2Scope',
        needs: ['service-app'],
      },
      ...{ purpose: 'what the service application asks for; it means nothing' },
      removal: 'delete',
      collection: () => `${path}/scopes`,
      isIt: ({ name }) => name === scopeName(settings),
      isOwn: ({ description }) => description === descriptionOf(settings),
      desired: () => ({
        ...{ name: scopeName(settings), description: descriptionOf(settings), consent: 'IMPLICIT' },
        ...{ metadataPublish: 'NO_CLIENTS', default: false },
      }),
    }),
    oktaResource({
      ...{ id: 'server-policy', kind: 'access policy', name: nameOf(settings), ...common, needs: ['service-app'] },
      ...{ purpose: 'for these applications only; no other policy changes', type: 'AuthorizationServerPolicy' },
      ...{ removal: 'deactivate, then delete' },
      collection: () => `${path}/policies`,
      isIt: ({ name }) => name === nameOf(settings),
      isOwn: ({ description }) => description === descriptionOf(settings),
      desired: (context, found) => ({
        ...{ type: 'OAUTH_AUTHORIZATION_POLICY', name: nameOf(settings), description: descriptionOf(settings) },
        // Wherever others have moved it to, it is for these applications only.
        ...(!found && { priority: 1 }),
        conditions: {
          clients: { include: clients.filter((id) => context.available.has(id)).map((id) => idOf(context, id)) },
        },
      }),
    }),
    oktaResource({
      ...{
        id: 'service-rule',
        kind: 'rule of the access policy',
        name: 'service',
        ...rule,
        needs: ['server-policy', 'scope'],
      },
      ...{ purpose: 'client credentials get that scope' },
      collection: policies,
      isIt: ({ name }) => name === 'service',
      desired: () =>
        ruleBody('service', 1, {
          grantTypes: { include: ['client_credentials'] },
          people: { groups: { include: ['EVERYONE'] } },
          scopes: { include: [scopeName(settings)] },
        }),
    }),
    // Without a rule for it, Okta refuses the web application before it shows the sign-in page.
    oktaResource({
      ...{ id: 'web-rule', kind: 'rule of the access policy', name: webRule, ...rule },
      ...{ needs: ['server-policy', 'web-app', ...(hasUser ? ['group'] : [])] },
      purpose: hasUser
        ? 'the test user signs in at the custom server too'
        : 'the sign-in page answers; the application has no users',
      collection: policies,
      // One rule, which changes its name once there is a test user.
      isIt: ({ name }) => name === 'test user' || name === 'sign-in page',
      desired: (context) =>
        ruleBody(webRule, 2, {
          grantTypes: { include: ['authorization_code'] },
          people: { groups: { include: [hasUser ? idOf(context, 'group') : 'EVERYONE'] } },
          scopes: { include: userScopes },
        }),
    }),
  ];
}

/** What stands in the plan where Okta shows no custom servers. */
function noServerResource({ reason, remedy }: NonNullable<Settings['noServers']>): Resource {
  const refuse = () => {
    throw new CannotMake(reason, remedy);
  };
  return {
    ...{ id: 'server', kind: 'scope and policy', name: 'of a custom server', needs: [] },
    ...{ purpose: 'tokens of a custom server', without: withoutServer },
    ...{ find: async () => refuse(), create: async () => refuse(), update: async () => refuse() },
    ...{ desired: () => ({}), differences: () => [] },
  };
}

const withoutServer =
  'Everything but tokens of a custom server works: the Org server, rate limits, sign-in, the System Log.';

function adminRoleResource(): Resource {
  const collection = (context: Context) => {
    const app = context.found.get('service-app')?.body;
    return `/oauth2/v1/clients/${at(app, 'credentials', 'oauthClient', 'client_id') ?? knownLater}/roles`;
  };
  return oktaResource({
    ...{ id: 'admin-role', kind: 'admin role', name: adminRole, purpose: 'which objects the granted scopes may read' },
    without: 'Tokens work; the rate limit of the management API, the System Log and the health checks do not.',
    ...{ needs: ['service-app'], within: ['service-app'], type: 'StandardRoleAssignmentSchema', area: 'roles' },
    ...{ change: 'none' },
    collection,
    isIt: ({ type }) => type === adminRole,
    desired: () => ({ type: adminRole }),
  });
}
