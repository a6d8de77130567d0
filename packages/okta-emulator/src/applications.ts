import { createHash } from 'node:crypto';
import type { ClientMetadata } from 'oidc-provider';
import { type Body, objectAt, seededAt, textsAt } from './documents.ts';
import type { Groups } from './groups.ts';
import type { OktaRequest } from './http-message.ts';
import type { AdminRole } from './okta-scopes.ts';
import { oktaId } from './org.ts';
import { generateSecret, orgScopes } from './org-identity.ts';
import { defaultAccessPolicy } from './policies.ts';
import type { User } from './users.ts';

interface Made {
  readonly id: string;
  /** Times in ISO 8601. */
  readonly created: string;
  lastUpdated: string;
}

/** A public key of a client. */
export interface ClientKey extends Made {
  readonly jwk: Body;
  status: 'ACTIVE' | 'INACTIVE';
}

export interface ClientSecret extends Made {
  readonly value: string;
  status: 'ACTIVE' | 'INACTIVE';
}

/** The consent to a scope of Okta's APIs. */
export interface ScopeGrant extends Made {
  readonly scopeId: string;
  readonly createdBy: string;
}

export interface RoleAssignment extends Made {
  readonly type: AdminRole;
  /** Of a custom role: the ids of the role and its resource set. */
  readonly custom?: { readonly role: string; readonly resourceSet: string };
}

/** A group or a user that an application is assigned to, by the id of that. */
export interface Assignment extends Made {
  readonly profile: Body;
  readonly priority: number;
}

/** An OpenID Connect application. Its id is its client id. */
export interface Application extends Made {
  /** The members that the API shows, without secrets and keys. */
  document: Body;
  status: 'ACTIVE' | 'INACTIVE';
  keys: ClientKey[];
  secrets: ClientSecret[];
  grants: ScopeGrant[];
  roles: RoleAssignment[];
  groups: Assignment[];
  users: Assignment[];
  accessPolicyId: string;
  /** Whether it is there from the start of the org. Then it is assigned to all its users. */
  readonly isSeed: boolean;
}

/** By which the API names a secret that it does not show. */
export const hashOfSecret = (secret: string): string => createHash('md5').update(secret).digest('base64url');

/** The OpenID Connect applications of an org. They are the clients of its servers. */
export function createApplications(seeds: readonly ClientMetadata[], groups: Groups, now: () => number) {
  const applications = new Map<string, Application>(seeds.map((client) => [client.client_id, seeded(client)]));
  /** As every server knows them. It is always current. */
  const clients: ClientMetadata[] = [];
  const time = () => new Date(now()).toISOString();

  /** After each change. */
  function publish(): void {
    const active = [...applications.values()].filter(({ status }) => status === 'ACTIVE');
    clients.splice(0, clients.length, ...active.map(clientMetadataOf));
  }
  publish();

  return {
    clients: clients as readonly ClientMetadata[],
    list: (): readonly Application[] => [...applications.values()],
    find: (id: string): Application | undefined => applications.get(id),

    add(id: string, given: Pick<Application, 'document' | 'status' | 'keys' | 'secrets'>): Application {
      const at = time();
      const application: Application = {
        ...{ ...given, id, created: at, lastUpdated: at, isSeed: false, accessPolicyId: defaultAccessPolicy.policy.id },
        ...{ grants: [], roles: [], groups: [], users: [] },
      };
      applications.set(id, application);
      publish();
      return application;
    },

    /** Changes an application by the function, and its client with it. */
    edit<Result>(application: Application, change: (application: Application) => Result): Result {
      const result = change(application);
      application.lastUpdated = time();
      publish();
      return result;
    },

    remove(id: string): void {
      applications.delete(id);
      publish();
    },

    /** A key, a secret, a grant, a role or an assignment, as it is when it is made. */
    make: (prefix: string): Made => ({ id: oktaId(prefix), created: time(), lastUpdated: time() }),

    /** The scopes of Okta's APIs that an application may ask for. */
    grantedScopes: (id: string): readonly string[] => applications.get(id)?.grants.map(({ scopeId }) => scopeId) ?? [],

    isAssigned: ({ isSeed, users, groups: assigned }: Application, { id }: User): boolean =>
      isSeed || users.some((one) => one.id === id) || assigned.some((group) => groups.isMember(id, group.id)),

    /** Forgets a deleted group or user. */
    forget(id: string): void {
      for (const application of applications.values()) {
        application.groups = application.groups.filter((one) => one.id !== id);
        application.users = application.users.filter((one) => one.id !== id);
      }
    },
  };
}

export type Applications = ReturnType<typeof createApplications>;

export const oauthClientOf = ({ document }: Pick<Application, 'document'>): Body =>
  objectAt(objectAt(document, 'settings'), 'oauthClient');
export const credentialsOf = ({ document }: Pick<Application, 'document'>): Body =>
  objectAt(objectAt(document, 'credentials'), 'oauthClient');

/** The grant types and response types that the provider has. It knows an interaction code as an authorization code. */
const providerGrants = [
  'client_credentials',
  'authorization_code',
  'refresh_token',
  'implicit',
  'urn:ietf:params:oauth:grant-type:device_code',
];
const providerResponses = ['code', 'id_token', 'code id_token'] as const;

/** An application as the provider registers a client. */
function clientMetadataOf(application: Application): ClientMetadata {
  const settings = oauthClientOf(application);
  const grants = textsAt(settings, 'grant_types');
  const redirects = grants.some((grant) => grant === 'authorization_code' || grant === 'implicit');
  const responses = providerResponses.filter((type) => redirects && textsAt(settings, 'response_types').includes(type));
  const [secret] = application.secrets.filter(({ status }) => status === 'ACTIVE');
  const keys = application.keys.filter(({ status }) => status === 'ACTIVE').map(({ jwk }) => jwk);
  const method = String(credentialsOf(application).token_endpoint_auth_method);
  const needsSecret = method.startsWith('client_secret');
  const signOuts = textsAt(settings, 'post_logout_redirect_uris');
  return {
    client_id: application.id,
    client_name: String(application.document.label),
    grant_types: grants.filter((grant) => providerGrants.includes(grant)),
    redirect_uris: [...textsAt(settings, 'redirect_uris')],
    response_types: [...responses],
    token_endpoint_auth_method: method as 'private_key_jwt',
    ...(settings.application_type === 'native' && { application_type: 'native' as const }),
    ...(needsSecret && { client_secret: secret?.value ?? generateSecret() }),
    ...((keys.length > 0 || method === 'private_key_jwt') && { jwks: { keys: keys as never } }),
    ...(signOuts.length > 0 && { post_logout_redirect_uris: [...signOuts] }),
    ...(settings.dpop_bound_access_tokens === true && { dpop_bound_access_tokens: true }),
  };
}

/** A client that the org has from its start, as an application. */
function seeded(client: ClientMetadata): Application {
  const { client_id: id, grant_types = [], client_secret, jwks, token_endpoint_auth_method: method } = client;
  const made = (itemId: string) => ({ id: itemId, created: seededAt, lastUpdated: seededAt });
  const isService = grant_types.includes('client_credentials');
  const isAdministrator = isService && method === 'private_key_jwt';
  const type = isService ? 'service' : method === 'none' ? 'browser' : 'web';
  return {
    ...{ ...made(id), status: 'ACTIVE', isSeed: true, accessPolicyId: defaultAccessPolicy.policy.id },
    document: {
      ...{ name: 'oidc_client', label: client.client_name, signOnMode: 'OPENID_CONNECT' },
      credentials: {
        oauthClient: { client_id: id, token_endpoint_auth_method: method, pkce_required: method === 'none' },
      },
      settings: {
        oauthClient: {
          ...{ application_type: type, grant_types, redirect_uris: client.redirect_uris },
          ...(client.response_types?.length && { response_types: client.response_types }),
          ...(client.post_logout_redirect_uris && { post_logout_redirect_uris: client.post_logout_redirect_uris }),
          dpop_bound_access_tokens: client.dpop_bound_access_tokens ?? false,
        },
      },
    },
    keys: (jwks?.keys ?? []).map((jwk) => ({ ...made(`pks${id.slice(3)}`), jwk: jwk as Body, status: 'ACTIVE' })),
    secrets: client_secret ? [{ ...made(`ocs${id.slice(3)}`), value: client_secret, status: 'ACTIVE' }] : [],
    grants: isAdministrator
      ? orgScopes.map((scopeId, index) => ({
          ...made(`oag${index}${id.slice(3)}`.slice(0, 20)),
          scopeId,
          createdBy: id,
        }))
      : [],
    roles: isAdministrator ? [{ ...made(`JBCUYUC7${id.slice(3, 15).toUpperCase()}`), type: 'READ_ONLY_ADMIN' }] : [],
    ...{ groups: [], users: [] },
  };
}

/**
 * The request as if its client had sent the first of its active secrets.
 *
 * Trap: a client may have two, so that its secret can be rotated, but the provider knows one.
 */
export function withFirstSecret(request: OktaRequest, applications: Applications): OktaRequest {
  const [scheme = '', credentials = ''] = request.raw.headers.authorization?.split(' ') ?? [];
  if (scheme.toLowerCase() === 'basic') {
    const [id = '', secret = ''] = Buffer.from(credentials, 'base64').toString().split(':').map(decoded);
    const first = firstInsteadOf(applications, id, secret);
    const header = [id, first].map((part) => encodeURIComponent(part ?? '')).join(':');
    if (first !== undefined) request.raw.headers.authorization = `Basic ${Buffer.from(header).toString('base64')}`;
    return request;
  }
  const form = new URLSearchParams(request.body);
  const first = firstInsteadOf(applications, form.get('client_id') ?? '', form.get('client_secret') ?? '');
  if (first === undefined) return request;
  form.set('client_secret', first);
  return { ...request, body: form.toString() };
}

/** The first active secret of a client, if another active one was sent. */
function firstInsteadOf(applications: Applications, id: string, sent: string): string | undefined {
  const active = applications.find(id)?.secrets.filter(({ status }) => status === 'ACTIVE') ?? [];
  const [first, ...others] = active.map(({ value }) => value);
  return others.includes(sent) ? first : undefined;
}

/** RFC 6749, 2.3.1: both are encoded as in a form. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
