import type { Application } from './applications.ts';
import { type Body, objectAt, type Stored } from './documents.ts';
import { customServerIds } from './org.ts';
import type { OrgState } from './org-state.ts';
import type { Policies } from './policies.ts';

/** What the management API can change in an org, by kind and then by id. Two orgs alike have equal ones. */
export type OrgSnapshot = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** It has no times and no secrets: of a key its `kid`, of a secret its status. */
export function snapshotOf(state: OrgState): OrgSnapshot {
  const { applications, groups, users, serverAccess, accessPolicies, zones, orgSettings } = state;
  const servers = customServerIds.flatMap((id) => {
    const server = serverAccess.of(id);
    return server ? [[id, server] as const] : [];
  });
  return {
    applications: byId(applications.list(), applicationSnapshot),
    groups: byId(groups.list(), ({ type, profile, members }) => ({ type, profile, members: [...members].sort() })),
    users: byId(
      users.list(),
      ({ id: _, password, factors, created: __, lastUpdated: ___, passwordChanged: ____, ...user }) => ({
        ...{ ...user, hasPassword: password !== undefined },
        factors: factors.map(({ provider, status }) => ({ provider, status })),
      }),
    ),
    scopes: Object.fromEntries(servers.map(([id, { scopes }]) => [id, scopes.list().map(withoutTimes)])),
    serverPolicies: Object.fromEntries(servers.map(([id, { policies }]) => [id, policiesSnapshot(policies)])),
    accessPolicies: { org: policiesSnapshot(accessPolicies) },
    zones: byId(zones.list(), withoutTimes),
    settings: { ...orgSettings },
  };
}

function applicationSnapshot({ document, keys, secrets, ...application }: Application): object {
  const credentials = objectAt(document, 'credentials');
  const { client_secret: _, ...client } = objectAt(credentials, 'oauthClient');
  return {
    ...{ status: application.status, accessPolicyId: application.accessPolicyId },
    document: { ...document, credentials: { ...credentials, oauthClient: client } },
    keys: keys.map(({ jwk, status }) => ({ kid: jwk.kid, status })),
    secrets: secrets.map(({ status }) => ({ status })),
    grants: application.grants.map(({ scopeId }) => scopeId).sort(),
    roles: application.roles.map(({ type, custom }) => ({ type, custom })),
    groups: application.groups.map(({ id }) => id).sort(),
    users: application.users.map(({ id }) => id).sort(),
  };
}

const policiesSnapshot = (policies: Policies): readonly Body[] =>
  policies.list().map((policy) => ({ ...withoutTimes(policy), rules: policies.rules(policy.id).map(withoutTimes) }));

function withoutTimes({ created: _, lastUpdated: __, ...rest }: Stored): Body {
  return rest;
}

function byId<Item extends { readonly id: string }>(items: readonly Item[], of: (item: Item) => unknown): Body {
  return Object.fromEntries(items.map((item) => [item.id, of(item)]));
}
