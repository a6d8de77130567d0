import type { ClientMetadata } from 'oidc-provider';
import type { AuthorizationServer } from './authorization-server.ts';
import type { OktaRequest, OktaResponse } from './http-message.ts';
import type { SamlApplication } from './saml-applications.ts';
import { groups, type User, type Users } from './users.ts';

export type Item = Readonly<Record<string, unknown>> & { readonly id?: string };

export interface Collection {
  /** Okta's name of the type of an item, which errors contain. */
  readonly type: string;
  /** The scope that an OAuth access token needs. */
  readonly scope: string;
  /** The page size if the request does not ask for one. */
  readonly pageSize: number;
  list(): readonly Item[];
  /** The attributes that `q` searches. It compares with their beginnings. */
  readonly searched: readonly string[];
  /** How the collection itself answers, if not like the others. Throws `InvalidQuery`. */
  readonly respond?: (request: OktaRequest) => OktaResponse;
  /** Attributes that identify an item as well as its id. */
  readonly names?: readonly string[];
  /** The collections of one item by the path below it: `credentials/keys`. */
  readonly members?: Readonly<Record<string, (id: string) => readonly Item[]>>;
}

const created = '2024-01-15T09:30:00.000Z';

/** The org's collections by path. */
export function managementData(
  origin: string,
  clients: readonly ClientMetadata[],
  customServers: readonly AuthorizationServer[],
  log: (request: OktaRequest) => OktaResponse,
  nextRotation: number,
  users: Users,
  samlApplications: readonly SamlApplication[],
): Readonly<Record<string, Collection>> {
  const self = (path: string) => ({ self: { href: `${origin}/api/v1/${path}` } });

  const userItem = ({ id, login, email, firstName, lastName, status, ...attributes }: User): Item => ({
    id,
    status,
    created,
    activated: created,
    statusChanged: created,
    lastLogin: created,
    lastUpdated: created,
    passwordChanged: created,
    type: { id: 'oty1default2user3typ' },
    profile: {
      ...{ firstName, lastName, mobilePhone: null, secondEmail: null, login, email },
      ...(attributes.department !== undefined && { department: attributes.department }),
      ...(attributes.costCenter !== undefined && { costCenter: attributes.costCenter }),
    },
    credentials: { password: {}, provider: { type: 'OKTA', name: 'OKTA' } },
    _links: self(`users/${id}`),
  });
  const allUsers = () => users.list().map(userItem);

  const allGroups: readonly Item[] = groups.map(({ id, type, name, description }) => ({
    id,
    created,
    lastUpdated: created,
    lastMembershipUpdated: created,
    objectClass: ['okta:user_group'],
    type,
    profile: { name, description },
    _links: { ...self(`groups/${id}`), users: { href: `${origin}/api/v1/groups/${id}/users` } },
  }));

  const applications: readonly Item[] = clients.map((client) => ({
    id: client.client_id,
    name: 'oidc_client',
    label: client.client_name,
    status: 'ACTIVE',
    created,
    lastUpdated: created,
    signOnMode: 'OPENID_CONNECT',
    credentials: {
      oauthClient: { client_id: client.client_id, token_endpoint_auth_method: client.token_endpoint_auth_method },
    },
    settings: {
      oauthClient: {
        application_type: applicationType(client),
        grant_types: client.grant_types,
        redirect_uris: client.redirect_uris,
        dpop_bound_access_tokens: client.dpop_bound_access_tokens ?? false,
      },
    },
    _links: self(`apps/${client.client_id}`),
  }));

  const samlItems: readonly Item[] = samlApplications.map((application) => ({
    id: application.id,
    name: application.name,
    label: application.label,
    status: 'ACTIVE',
    created,
    lastUpdated: created,
    signOnMode: 'SAML_2_0',
    settings: { signOn: { ssoAcsUrl: application.settings().acsUrl, audience: application.settings().audience } },
    _links: {
      ...self(`apps/${application.id}`),
      metadata: { href: `${origin}/api/v1/apps/${application.id}/sso/saml/metadata`, type: 'application/xml' },
    },
  }));

  const servers: readonly Item[] = customServers.map(({ address, keys }) => ({
    id: address.id,
    name: address.id === 'default' ? 'default' : 'Orders',
    description: 'An authorization server of the emulated org',
    audiences: [address.audience],
    issuer: address.issuer,
    issuerMode: 'ORG_URL',
    status: 'ACTIVE',
    created,
    lastUpdated: created,
    credentials: {
      signing: {
        kid: keys.published[0].kid,
        rotationMode: 'AUTO',
        lastRotated: created,
        nextRotation: new Date(nextRotation).toISOString(),
      },
    },
    _links: self(`authorizationServers/${address.id}`),
  }));

  return {
    '/api/v1/users': {
      type: 'User',
      scope: 'okta.users.read',
      pageSize: 200,
      list: allUsers,
      searched: ['profile.firstName', 'profile.lastName', 'profile.email'],
      names: ['profile.login'],
      members: { groups: (id) => membersOf(allGroups, (group) => isMember(id, group)) },
    },
    '/api/v1/groups': {
      type: 'UserGroup',
      scope: 'okta.groups.read',
      pageSize: 10_000,
      list: () => allGroups,
      searched: ['profile.name'],
      members: { users: (id) => membersOf(allUsers(), (user) => isMember(user, id)) },
    },
    '/api/v1/apps': {
      type: 'AppInstance',
      scope: 'okta.apps.read',
      pageSize: 20,
      list: () => [...applications, ...samlItems],
      searched: ['name', 'label'],
    },
    '/api/v1/logs': {
      type: 'LogEvent',
      scope: 'okta.logs.read',
      pageSize: 100,
      list: () => [],
      searched: [],
      respond: log,
    },
    '/api/v1/authorizationServers': {
      type: 'AuthorizationServer',
      scope: 'okta.authorizationServers.read',
      pageSize: 200,
      list: () => servers,
      searched: ['name', 'audiences'],
      members: {
        'credentials/keys': (id) => {
          const { published } = customServers.find(({ address }) => address.id === id)?.keys ?? { published: [] };
          return published.map(({ publicJwk }, index) => ({ status: index === 0 ? 'ACTIVE' : 'NEXT', ...publicJwk }));
        },
      },
    },
  };
}

function membersOf(items: readonly Item[], isOne: (id: string) => boolean): readonly Item[] {
  return items.filter(({ id }) => isOne(id ?? ''));
}

function isMember(user: string, group: string): boolean {
  return groups.find(({ id }) => id === group)?.members.includes(user) ?? false;
}

function applicationType({ grant_types = [], token_endpoint_auth_method }: ClientMetadata): string {
  if (grant_types.includes('client_credentials')) return 'service';
  return token_endpoint_auth_method === 'none' ? 'browser' : 'web';
}
