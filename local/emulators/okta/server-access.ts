import { type Body, createDocuments, objectAt, type Stored, seededAt, textsAt } from './documents.ts';
import type { Groups } from './groups.ts';
import { customServerIds } from './org.ts';
import { createPolicies, isForUser, type Policies, serverPolicyKind } from './policies.ts';
import { customScopes } from './registered-clients.ts';
import { openidScopes } from './request-policies.ts';
import type { User } from './users.ts';

/** A request for tokens, as the policies of a custom server see it. */
export interface AccessRequest {
  readonly clientId: string;
  readonly grantType: string;
  readonly scopes: readonly string[];
  /** Nobody if a client asks for itself. */
  readonly user?: User | undefined;
}

/** What decided about a request. */
export interface GrantingRule {
  readonly policy: Stored;
  readonly rule: Stored;
}

const at = { created: seededAt, lastUpdated: seededAt };
const grantTypes = ['client_credentials', 'authorization_code', 'interaction_code', 'refresh_token'];

/** The scopes and the policies of the custom servers. At the start, each has a policy for the clients of the org. */
export function createServerAccess(clientIds: readonly string[], groups: Groups, now: () => number) {
  const seededPolicy = {
    policy: {
      ...{ id: '00p4server5policy6id', type: 'OAUTH_AUTHORIZATION_POLICY', status: 'ACTIVE', name: 'Clients' },
      ...{ description: 'The clients of the emulated org', system: false, ...at },
      conditions: { clients: { include: clientIds } },
    },
    rules: [
      {
        ...{ id: '0pr4server5policy6ru', type: 'RESOURCE_ACCESS', status: 'ACTIVE', name: 'Monitors', system: false },
        conditions: {
          people: { groups: { include: ['EVERYONE'] } },
          ...{ grantTypes: { include: grantTypes }, scopes: { include: ['*'] } },
        },
        actions: { token: { accessTokenLifetimeMinutes: 60, refreshTokenLifetimeMinutes: 0 } },
        ...at,
      },
    ],
  };
  const seededScopes = [
    ...openidScopes.map((name) => ({ name, system: true })),
    ...customScopes.map((name) => ({ name, system: false })),
  ].map(({ name, system }, index) => ({
    ...{ id: `scp${index}${name.replaceAll(/[^a-z]/g, '')}`.padEnd(20, '0'), name, displayName: name, description: '' },
    ...{ system, default: false, consent: 'IMPLICIT', metadataPublish: system ? 'ALL_CLIENTS' : 'NO_CLIENTS' },
    ...{ optional: false, ...at },
  }));
  const servers = new Map(
    customServerIds.map((id) => [
      id as string,
      {
        scopes: createDocuments('scp', now, seededScopes),
        policies: createPolicies(serverPolicyKind, now, [seededPolicy]),
      },
    ]),
  );

  const includes = (values: readonly string[], wanted: string) => values.includes(wanted);
  function isForRequest(rule: Body, { grantType, scopes, user }: AccessRequest): boolean {
    const conditions = objectAt(rule, 'conditions');
    const allowed = textsAt(objectAt(conditions, 'scopes'), 'include');
    return (
      rule.status === 'ACTIVE' &&
      includes(textsAt(objectAt(conditions, 'grantTypes'), 'include'), grantType) &&
      (includes(allowed, '*') || scopes.every((scope) => includes(allowed, scope))) &&
      isForUser(rule, user, groups)
    );
  }

  return {
    /** A custom server's scopes and policies, by its id. */
    of: (serverId: string) => servers.get(serverId),
    scopeNames: (serverId: string): readonly string[] =>
      servers
        .get(serverId)
        ?.scopes.list()
        .map(({ name }) => String(name)) ?? [],

    /**
     * The first rule that allows a request, of the policies for its client by priority. There is none for a client that no
     * policy names: then the server refuses it.
     * https://developer.okta.com/docs/concepts/policies/
     */
    ruleFor(serverId: string, request: AccessRequest): GrantingRule | undefined {
      const policies: Policies | undefined = servers.get(serverId)?.policies;
      for (const policy of policies?.list() ?? []) {
        const clients = textsAt(objectAt(objectAt(policy, 'conditions'), 'clients'), 'include');
        const isForClient = includes(clients, 'ALL_CLIENTS') || includes(clients, request.clientId);
        if (policy.status !== 'ACTIVE' || !isForClient) continue;
        const rule = policies?.rules(policy.id).find((one) => isForRequest(one, request));
        if (rule) return { policy, rule };
      }
      return undefined;
    },
  };
}

export type ServerAccess = ReturnType<typeof createServerAccess>;
