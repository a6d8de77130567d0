import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { resourcesOf } from '../../../../../local/commands/setup/definitions.ts';
import { at, type Json } from '../../../../../local/commands/setup/json.ts';
import type { Context, Found } from '../../../../../local/commands/setup/resource.ts';
import {
  defaultLogin,
  defaultRedirectUri,
  oktaScopes,
  type Settings,
} from '../../../../../local/commands/setup/settings.ts';

const names = { deployment: 'okta-synthetics', org: 'acme' };
const settings: Settings = {
  ...names,
  domain: 'acme.okta.com',
  server: { id: 'default', name: 'default' },
  oktaUrl: 'https://acme.okta.com',
  engine: 'identity',
  login: defaultLogin(names),
  redirectUri: defaultRedirectUri,
  systemLog: true,
  health: true,
  config: 'my.jsonc',
};

/** The example's resources by name. Each has its arguments as text, with the defaults in place of variables and locals. */
function exampleResources(): Readonly<Record<string, Readonly<Record<string, string>>>> {
  const text = readFileSync('docs/examples/okta.tf', 'utf8');
  const blocks = [...text.matchAll(/^(\w+)((?: "\w+")*) \{\n(.*?)^\}/gms)];
  const argumentsOf = (body = '') =>
    Object.fromEntries(
      [...body.matchAll(/^ {2}(\w+) += (\[\n.*?^ {2}\]|.+?)$/gms)].map(([, name = '', value = '']) => [name, value]),
    );
  const known: Record<string, string> = { 'okta_auth_server_scope.scope.name': 'local.scope' };
  for (const [, type, label = '', body] of blocks) {
    if (type === 'variable') known[`var.${label.trim().slice(1, -1)}`] = argumentsOf(body).default ?? '""';
    if (type === 'locals')
      for (const [name, value] of Object.entries(argumentsOf(body))) known[`local.${name}`] = value;
  }
  const resolved = (value: string): string => {
    const next = value
      .replaceAll(/\$\{([a-z_.]+)\}/g, (_, name) => resolved(known[name] ?? '').slice(1, -1))
      .replaceAll(/(?:local|var|okta_auth_server_scope)\.[a-z_.]+/g, (name) => known[name] ?? name);
    return next === value ? value : resolved(next);
  };
  const resources = blocks.filter(([, type]) => type === 'resource');
  return Object.fromEntries(
    resources.map(([, , labels = '', body]) => [
      labels.replaceAll('"', '').trim().replace(' ', '.'),
      Object.fromEntries(Object.entries(argumentsOf(body)).map(([name, value]) => [name, resolved(value)])),
    ]),
  );
}

const client = (...path: readonly string[]) => ['settings', 'oauthClient', ...path];
const application = {
  label: ['label'],
  type: client('application_type'),
  token_endpoint_auth_method: ['credentials', 'oauthClient', 'token_endpoint_auth_method'],
  auto_key_rotation: ['credentials', 'oauthClient', 'autoKeyRotation'],
  grant_types: client('grant_types'),
  response_types: client('response_types'),
  admin_note: ['settings', 'notes', 'admin'],
};
const described = { name: ['name'], description: ['description'] };
const serverRule = {
  name: ['name'],
  priority: ['priority'],
  grant_type_whitelist: ['conditions', 'grantTypes', 'include'],
  group_whitelist: ['conditions', 'people', 'groups', 'include'],
  scope_whitelist: ['conditions', 'scopes', 'include'],
  access_token_lifetime_minutes: ['actions', 'token', 'accessTokenLifetimeMinutes'],
  refresh_token_lifetime_minutes: ['actions', 'token', 'refreshTokenLifetimeMinutes'],
  refresh_token_window_minutes: ['actions', 'token', 'refreshTokenWindowMinutes'],
};
const method = (member: string) => ['actions', 'appSignOn', 'verificationMethod', member];

/** For each resource of the set-up: its address in the example, and where each argument is in the body for Okta's API. */
const counterparts: Readonly<Record<string, readonly [string, Readonly<Record<string, readonly string[]>>]>> = {
  'service-app': ['okta_app_oauth.service_app', application],
  'web-app': [
    'okta_app_oauth.web_app',
    {
      ...application,
      pkce_required: ['credentials', 'oauthClient', 'pkce_required'],
      redirect_uris: client('redirect_uris'),
      consent_method: client('consent_method'),
    },
  ],
  group: ['okta_group.group', { name: ['profile', 'name'], description: ['profile', 'description'] }],
  user: [
    'okta_user.user',
    {
      first_name: ['profile', 'firstName'],
      last_name: ['profile', 'lastName'],
      login: ['profile', 'login'],
      email: ['profile', 'email'],
      organization: ['profile', 'organization'],
    },
  ],
  assignment: ['okta_app_group_assignment.assignment', {}],
  'app-policy': ['okta_app_signon_policy.app_policy', described],
  'app-policy-rule': [
    'okta_app_signon_policy_rule.app_policy_rule',
    {
      name: ['name'],
      priority: ['priority'],
      groups_included: ['conditions', 'people', 'groups', 'include'],
      access: ['actions', 'appSignOn', 'access'],
      type: method('type'),
      factor_mode: method('factorMode'),
      re_authentication_frequency: method('reauthenticateIn'),
    },
  ],
  scope: [
    'okta_auth_server_scope.scope',
    { ...described, consent: ['consent'], default: ['default'], metadata_publish: ['metadataPublish'] },
  ],
  'server-policy': [
    'okta_auth_server_policy.server_policy',
    { ...described, priority: ['priority'], client_whitelist: ['conditions', 'clients', 'include'] },
  ],
  'service-rule': ['okta_auth_server_policy_rule.service_rule', serverRule],
  'web-rule': ['okta_auth_server_policy_rule.web_rule', serverRule],
  'admin-role': ['okta_app_oauth_role_assignment.admin_role', { type: ['type'] }],
};

/** Arguments of the web application, and objects of Okta's API that are arguments of others in the provider. */
const writtenElsewhere = ['app-policy-assignment', 'app-policy-catch-all'];

it('the Terraform example has the objects of npm run setup, with the same names, marks, scopes and rights', () => {
  const example = exampleResources();
  const made = resourcesOf(settings).filter(({ okta }) => okta);
  const idOf = (id: string): Found => ({ id: `${counterparts[id]?.[0]}.id`, isOwn: true, body: {} });
  const context = {
    settings,
    found: new Map(made.map(({ id }) => [id, idOf(id)])),
    available: new Set(made.map(({ id }) => id)),
  } as unknown as Context;
  const others = made.filter(({ id }) => !id.startsWith('grant:') && !writtenElsewhere.includes(id));
  expect(others.map(({ id }) => id).sort()).toEqual(Object.keys(counterparts).sort());
  for (const { id, desired } of others) {
    const [address = '', paths = {}] = counterparts[id] ?? [];
    // A resource that does not exist yet has the members that are sent once.
    const body: Json = desired(context);
    const expected = Object.entries(paths).map(([name, path]) => [name, at(body, ...path)]);
    const written = Object.keys(paths).map((name) => [name, parsed(example[address]?.[name])]);
    expect(written, address).toEqual(expected);
  }
  const { scopes, issuer } = example['okta_app_oauth_api_scope.service_app'] ?? {};
  expect(parsed(scopes)).toEqual(oktaScopes({ systemLog: true, health: true }).map(({ scope }) => scope));
  expect(parsed(issuer)).toBe(settings.oktaUrl);
});

it('the Terraform example lets only the test user sign in, and has a mark on each application', () => {
  const example = exampleResources();
  expect(example['okta_app_signon_policy.app_policy']?.catch_all).toBe('false');
  for (const name of ['service_app', 'web_app'])
    expect(example[`okta_app_oauth.${name}`]?.profile).toBe(
      'jsonencode({ managedBy = "okta-synthetics: okta-synthetics/acme" })',
    );
  expect(example['okta_app_oauth.web_app']?.authentication_policy).toBe('okta_app_signon_policy.app_policy.id');
  expect(example['okta_group_memberships.group']?.users).toBe('[okta_user.user.id]');
});

/** The value of an argument: references as text. */
function parsed(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  return JSON.parse(text.replaceAll(/okta_[\w.]+\.id/g, '"$&"').replace(/,\s*\]$/, ']'));
}
