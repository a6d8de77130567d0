import { Expression, type HclBody, type HclValue, hclBlock, NestedBlock, quoted } from './hcl.ts';
import { at, isObject, type Json } from './json.ts';
import { publicHalf } from './keys.ts';
import type { Step } from './plan.ts';
import type { Context, Found } from './resource.ts';
import type { Settings } from './settings.ts';

/** The provider whose resources are written. Tests compare them with its published schema. */
export const terraformProvider = { source: 'okta/okta', version: '6.12.0' } as const;

/** What a resource is written with, besides the body that Okta's API would get. */
interface Writer {
  readonly settings: Settings;
  /** The id of another resource of the file: `okta_group.group.id`. */
  readonly ref: (id: string) => Expression;
  /** Whether the file has another resource. */
  readonly has: (id: string) => boolean;
}

interface ResourceType {
  /** The arguments, from the body for Okta's API. */
  arguments(body: Json, writer: Writer): HclBody;
  /** What `terraform import` calls one that exists, from the ids of what exists. */
  importId(
    id: string,
    idOf: (resource: string) => string | undefined,
    settings: Settings,
  ): readonly (string | undefined)[];
}

const client = (body: Json): Json => object(at(body, 'settings', 'oauthClient'));
const texts = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);
const object = (value: unknown): Json => (isObject(value) ? value : {});

const resourceTypes: Readonly<Record<string, ResourceType>> = {
  okta_app_oauth: {
    arguments: (body, { ref, has }) => ({
      ...present(body, { label: 'label' }),
      ...present(client(body), { application_type: 'type' }),
      ...present(object(at(body, 'credentials', 'oauthClient')), {
        token_endpoint_auth_method: 'token_endpoint_auth_method',
        autoKeyRotation: 'auto_key_rotation',
        pkce_required: 'pkce_required',
      }),
      ...present(client(body), {
        ...{ grant_types: 'grant_types', response_types: 'response_types', redirect_uris: 'redirect_uris' },
        consent_method: 'consent_method',
      }),
      ...present(object(at(body, 'settings', 'notes')), { admin: 'admin_note' }),
      ...present(object(at(body, 'visibility', 'hide')), { iOS: 'hide_ios', web: 'hide_web' }),
      profile: new Expression(`jsonencode(${jsonExpression(body.profile)})`),
      // Trap: without it the provider may assign the org's default policy, over a resource of its own for that too.
      ...(client(body).application_type === 'web' && has('app-policy') && { authentication_policy: ref('app-policy') }),
      ...keyBlock(body),
    }),
    importId: (id) => [id],
  },
  okta_app_oauth_role_assignment: {
    arguments: ({ type }, { ref }) => ({ client_id: ref('service-app'), type: String(type) }),
    importId: (id, idOf) => [idOf('service-app'), id],
  },
  okta_app_group_assignment: {
    arguments: (_, { ref }) => ({ app_id: ref('web-app'), group_id: ref('group') }),
    importId: (id, idOf) => [idOf('web-app'), id],
  },
  okta_app_signon_policy: {
    // The catch-all rule is Okta's own. Without this argument it lets everybody in.
    arguments: (body) => ({ ...present(body, { name: 'name', description: 'description' }), catch_all: false }),
    importId: (id) => [id],
  },
  okta_app_signon_policy_rule: {
    arguments(body, { ref }) {
      const method = object(at(body, 'actions', 'appSignOn', 'verificationMethod'));
      const constraints = Array.isArray(method.constraints) ? method.constraints : [];
      return {
        policy_id: ref('app-policy'),
        ...present(body, { name: 'name', priority: 'priority' }),
        groups_included: ids(at(body, 'conditions', 'people', 'groups', 'include')),
        ...present(object(at(body, 'actions', 'appSignOn')), { access: 'access' }),
        ...present(method, {
          ...{ type: 'type', factorMode: 'factor_mode', reauthenticateIn: 're_authentication_frequency' },
        }),
        constraints: constraints.map((each) => new Expression(`jsonencode(${jsonExpression(each)})`)),
      };
    },
    importId: (id, idOf) => [idOf('app-policy'), id],
  },
  okta_auth_server_scope: {
    arguments: (body, { settings }) => ({
      auth_server_id: settings.server?.id ?? '',
      ...present(body, {
        ...{ name: 'name', description: 'description', consent: 'consent', default: 'default' },
        metadataPublish: 'metadata_publish',
      }),
    }),
    importId: (id, _, { server }) => [server?.id, id],
  },
  okta_auth_server_policy: {
    arguments: (body, { settings }) => ({
      auth_server_id: settings.server?.id ?? '',
      ...present(body, { name: 'name', description: 'description', priority: 'priority' }),
      client_whitelist: ids(at(body, 'conditions', 'clients', 'include')),
    }),
    importId: (id, _, { server }) => [server?.id, id],
  },
  okta_auth_server_policy_rule: {
    arguments: (body, { settings, ref }) => ({
      auth_server_id: settings.server?.id ?? '',
      policy_id: ref('server-policy'),
      ...present(body, { name: 'name', priority: 'priority' }),
      grant_type_whitelist: texts(at(body, 'conditions', 'grantTypes', 'include')),
      group_whitelist: ids(at(body, 'conditions', 'people', 'groups', 'include')),
      scope_whitelist: texts(at(body, 'conditions', 'scopes', 'include')),
      ...present(object(at(body, 'actions', 'token')), {
        accessTokenLifetimeMinutes: 'access_token_lifetime_minutes',
        refreshTokenLifetimeMinutes: 'refresh_token_lifetime_minutes',
        refreshTokenWindowMinutes: 'refresh_token_window_minutes',
      }),
    }),
    importId: (id, idOf, { server }) => [server?.id, idOf('server-policy'), id],
  },
  okta_group: {
    arguments: (body) => present(object(body.profile), { name: 'name', description: 'description' }),
    importId: (id) => [id],
  },
  okta_user: {
    arguments: (body) => ({
      ...present(object(body.profile), {
        ...{ firstName: 'first_name', lastName: 'last_name', login: 'login', email: 'email' },
        organization: 'organization',
      }),
      password: new Expression(`var.${passwordVariable}`),
    }),
    importId: (id) => [id],
  },
};

const passwordVariable = 'test_user_password';

/** The members that a body has, by the names that Terraform has for them. */
function present(body: Json, names: Readonly<Record<string, string>>): HclBody {
  return Object.fromEntries(
    Object.entries(names).flatMap(([member, name]) => {
      const value = body[member];
      return value === undefined || value === null ? [] : [[name, value as HclValue]];
    }),
  );
}

/** Ids, some of which are references to other resources of the file. */
function ids(value: unknown): readonly HclValue[] {
  return texts(value).map((id) => (id.startsWith(mark) ? new Expression(id.slice(mark.length)) : id));
}

/** Marks a reference in a body, where Okta's API would have an id. No id contains it. */
const mark = 'terraform:';

/** JSON as an HCL expression. */
function jsonExpression(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(jsonExpression).join(', ')}]`;
  if (!isObject(value)) return typeof value === 'string' ? quoted(value) : JSON.stringify(value);
  return `{ ${Object.entries(value)
    .map(([name, each]) => `${name} = ${jsonExpression(each)}`)
    .join(', ')} }`;
}

/** The public keys, by the arguments that the provider has for them. */
function keyBlock(body: Json): HclBody {
  const [key] = (at(body, 'settings', 'oauthClient', 'jwks', 'keys') as readonly Json[] | undefined) ?? [];
  const { kty, kid, e, n } = publicHalf(object(key));
  return { jwks: new NestedBlock(present({ kty, kid, e, n }, { kty: 'kty', kid: 'kid', e: 'e', n: 'n' })) };
}

/**
 * The part of a plan that is in Okta, as a Terraform configuration. It has public keys, and no secret.
 *
 * `context` must have the keys. What exists with our mark is imported. What the plan says cannot be made is left out.
 */
export function terraformOf(plan: readonly Step[], context: Context): string {
  const { settings, found } = context;
  const written = plan.filter(({ resource, action }) => resource.okta?.terraform && action !== 'cannot');
  const [grants, others] = [written.filter(isGrant), written.filter((step) => !isGrant(step))];
  const address = ({ resource: { id, okta } }: Step) => `${okta?.terraform}.${id.replaceAll(/\W/g, '_')}`;
  const addresses = new Map(others.map((step) => [step.resource.id, address(step)]));
  const ref = (id: string) => new Expression(`${addresses.get(id)}.id`);
  const has = (id: string) => addresses.has(id);
  const idOf = (id: string) => found.get(id)?.id;

  // To the definitions, every resource exists and has a reference as its id.
  const referring: Context = {
    ...context,
    found: new Map([...addresses.keys()].map((id) => [id, { ...nothing, id: mark + ref(id).text }])),
    available: new Set(plan.filter(({ action }) => action !== 'cannot').map(({ resource }) => resource.id)),
  };
  for (const id of keyResources) {
    const key = found.get(id);
    if (key) referring.found.set(id, key);
  }

  const block = (to: string, body: HclBody, importId: readonly (string | undefined)[] | undefined) => {
    const [type = '', name = ''] = to.split('.');
    const resource = hclBlock(`resource ${quoted(type)} ${quoted(name)}`, body);
    if (!importId || importId.includes(undefined)) return [resource];
    return [hclBlock('import', { to: new Expression(to), id: importId.join('/') }), resource];
  };
  const blocks = others.flatMap((step) => {
    const { resource } = step;
    const type = resourceTypes[resource.okta?.terraform ?? ''];
    if (!type) throw new Error(`There is no Terraform for ${resource.okta?.terraform}.`);
    const body = type.arguments(resource.desired(referring), { settings, ref, has });
    const existing = found.get(resource.id);
    return block(address(step), body, existing && type.importId(existing.id, idOf, settings));
  });
  const service = idOf('service-app');
  const scopes = grants.map(({ resource }) => resource.name).sort();
  const hasUser = has('user');
  return `${[
    heading(settings, plan, hasUser),
    hclBlock('terraform', {
      required_providers: new NestedBlock({
        okta: new Expression(
          `{ source = ${quoted(terraformProvider.source)}, version = ${quoted(`~> ${terraformProvider.version}`)} }`,
        ),
      }),
    }),
    ...(hasUser ? [passwordBlock(settings)] : []),
    ...blocks,
    ...(scopes.length > 0
      ? block(
          'okta_app_oauth_api_scope.service_app',
          { app_id: ref('service-app'), issuer: settings.oktaUrl, scopes },
          grants.some(({ resource }) => found.has(resource.id)) ? [service] : undefined,
        )
      : []),
    ...(hasUser
      ? block(
          'okta_group_memberships.group',
          { group_id: ref('group'), users: [ref('user')] },
          found.has('user') ? [idOf('group')] : undefined,
        )
      : []),
  ].join('\n\n')}\n`;
}

const keyResources = ['service-key', 'web-key'];
const nothing: Omit<Found, 'id'> = { isOwn: true, body: {} };
const isGrant = ({ resource }: Step) => resource.okta?.terraform === 'okta_app_oauth_api_scope';

/** How a file begins that was written by this tool, and that it may replace. */
export const terraformHeading = '# What the monitor needs in the Okta org ';

function heading({ domain, org }: Settings, plan: readonly Step[], hasUser: boolean): string {
  const left = plan.filter(({ resource, action }) => resource.okta && action === 'cannot');
  return [
    `${terraformHeading.slice(2)}${domain}, as npm run setup -- --terraform wrote it. It contains no secret.`,
    'After terraform apply, run npm run setup with the same options, but without --terraform. It finds what is here by its mark,',
    'makes the service application demand DPoP, for which the provider has no argument, and writes the configuration.',
    `Its name there is "${org}". Do so again if a later apply changes an application.`,
    ...(hasUser
      ? ["Terraform keeps the test user's password in its state. Leave --test-user out if nobody may read it there."]
      : []),
    ...left.map(({ resource, reason }) => `Left out: ${resource.kind} ${resource.name}. ${reason}`),
  ]
    .map((line) => `# ${line}`)
    .join('\n');
}

function passwordBlock({ org }: Settings): string {
  return hclBlock(`variable ${quoted(passwordVariable)}`, {
    description: `The password in the secret of the test user of ${org}.`,
    type: new Expression('string'),
    sensitive: true,
  });
}
