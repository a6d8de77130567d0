import { applicationItem } from './application-document.ts';
import type { AuthorizationServer } from './authorization-server.ts';
import { seededAt as created } from './documents.ts';
import { groupItem } from './groups.ts';
import type { ServerSigningState } from './health-state.ts';
import type { OktaRequest, OktaResponse } from './http-message.ts';
import { certificateItem, clientCredentials, type HealthParts, kidOf, managementHealth } from './management-health.ts';
import type { OrgState } from './org-state.ts';
import { keysOf, listedKey, type SamlApplication, type SamlKey } from './saml-applications.ts';
import { userItem } from './user-resources.ts';

export type Item = Readonly<Record<string, unknown>> & { readonly id?: string };

export interface Collection {
  /** Okta's name of the type of an item, which errors contain. */
  readonly type: string;
  /** The scope that an OAuth access token needs. */
  readonly scope: string;
  /** The page size if the request does not ask for one. */
  readonly pageSize: number;
  list(): readonly Item[] | Promise<readonly Item[]>;
  /** The answer with all items, of a collection without pages. */
  readonly whole?: (items: readonly Item[]) => unknown;
  /** The attributes that `q` searches. It compares with their beginnings. */
  readonly searched: readonly string[];
  /** How the collection itself answers, if not like the others. Throws `ApiError`. */
  readonly respond?: (request: OktaRequest) => OktaResponse;
  /** Attributes that identify an item as well as its id. */
  readonly names?: readonly string[];
  /** The collections of one item by the path below it: `credentials/keys`. */
  readonly members?: Readonly<Record<string, (id: string) => unknown>>;
}

const dayMs = 86_400_000;

interface DataParts extends HealthParts {
  readonly customServers: readonly AuthorizationServer[];
  readonly log: (request: OktaRequest) => OktaResponse;
  readonly nextRotation: number;
  readonly state: OrgState;
  readonly samlApplications: readonly SamlApplication[];
  readonly samlKey: SamlKey;
}

/** The org's collections by path. */
export function managementData(parts: DataParts): Readonly<Record<string, Collection>> {
  const { origin, state, customServers, log, nextRotation, samlApplications, samlKey, health, now } = parts;
  const { users, groups, applications } = state;
  const credentials = clientCredentials(parts);
  // The time of a rotation stays the same as time passes.
  const startedAt = now();
  const self = (path: string) => ({ self: { href: `${origin}/api/v1/${path}` } });

  const allUsers = () => users.list().map((user) => userItem(user, origin));
  const allGroups = () => groups.list().map((group) => groupItem(group, origin));
  const oidcItems = () => applications.list().map((application) => applicationItem(application, origin));

  const samlItems = (): readonly Item[] =>
    samlApplications.map((application) => ({
      id: application.id,
      name: application.name,
      label: application.label,
      status: 'ACTIVE',
      created,
      lastUpdated: created,
      signOnMode: 'SAML_2_0',
      credentials: { signing: { kid: samlKid(application) } },
      settings: { signOn: { ssoAcsUrl: application.settings().acsUrl, audience: application.settings().audience } },
      _links: {
        ...self(`apps/${application.id}`),
        metadata: { href: `${origin}/api/v1/apps/${application.id}/sso/saml/metadata`, type: 'application/xml' },
      },
    }));

  /** The certificate that signs, and one that is not active any more. Okta lists both. */
  async function samlKeys(application: SamlApplication | undefined): Promise<readonly Item[]> {
    if (!application) return [];
    const { published } = await keysOf(application, samlKey, now());
    const replaced = await listedKey(-400, now());
    return [
      certificateItem(replaced, kidOf(application.id, 'replaced')),
      certificateItem(published, samlKid(application)),
    ];
  }

  const signingOf = (id: string): ServerSigningState | undefined =>
    Object.entries(health.list('servers')).find(([server]) => server === id)?.[1];

  const servers = (): readonly Item[] =>
    customServers.map(({ address, keys }) => ({
      id: address.id,
      name: address.id === 'default' ? 'default' : 'Orders',
      description: 'An authorization server of the emulated org',
      audiences: [address.audience],
      issuer: address.issuer,
      issuerMode: 'ORG_URL',
      status: signingOf(address.id)?.status,
      created,
      lastUpdated: created,
      credentials: { signing: { kid: keys.published[0].kid, ...rotationOf(signingOf(address.id)) } },
      _links: self(`authorizationServers/${address.id}`),
    }));

  /** When the keys of a server are rotated. Okta has a date only if it does so itself. */
  function rotationOf(signing: ServerSigningState | undefined): object {
    const { rotationMode, rotatedDaysAgo = 0, rotatesInDays } = signing ?? {};
    const next = rotatesInDays === undefined ? nextRotation : now() + rotatesInDays * dayMs;
    return {
      ...{ rotationMode, lastRotated: new Date(startedAt - rotatedDaysAgo * dayMs).toISOString() },
      ...(rotationMode === 'AUTO' && { nextRotation: new Date(next).toISOString() }),
    };
  }

  return {
    ...managementHealth(parts),
    '/api/v1/users': {
      type: 'User',
      scope: 'okta.users.read',
      pageSize: 200,
      list: allUsers,
      searched: ['profile.firstName', 'profile.lastName', 'profile.email'],
      names: ['profile.login'],
      members: { groups: (id) => groups.of(id).map((group) => groupItem(group, origin)) },
    },
    '/api/v1/groups': {
      type: 'UserGroup',
      scope: 'okta.groups.read',
      pageSize: 10_000,
      list: allGroups,
      searched: ['profile.name'],
      members: { users: (id) => allUsers().filter((user) => groups.isMember(user.id, id)) },
    },
    '/api/v1/apps': {
      type: 'AppInstance',
      scope: 'okta.apps.read',
      pageSize: 20,
      list: () => [...oidcItems(), ...samlItems()],
      searched: ['name', 'label'],
      members: {
        'credentials/keys': (id) => samlKeys(samlApplications.find((application) => application.id === id)),
        'credentials/secrets': credentials.secrets,
        'credentials/jwks': credentials.jwks,
      },
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
      list: servers,
      searched: ['name', 'audiences'],
      members: {
        'credentials/keys': (id) => {
          const { published } = customServers.find(({ address }) => address.id === id)?.keys ?? { published: [] };
          const listed = signingOf(id)?.hasNextKey === false ? published.slice(0, 1) : published;
          return listed.map(({ publicJwk }, index) => ({ status: index === 0 ? 'ACTIVE' : 'NEXT', ...publicJwk }));
        },
      },
    },
  };
}

/** The kid of the certificate with which an application signs. Another certificate has another one. */
function samlKid({ id, settings }: SamlApplication): string {
  return kidOf(id, settings().certificateDays ?? 'ten years');
}
