import type { AdapterPayload, ClientMetadata } from 'oidc-provider';
import { type Application, type Applications, createApplications } from './applications.ts';
import { type Body, createDocuments, type Documents, objectAt, type Stored } from './documents.ts';
import { createGroups, type Groups } from './groups.ts';
import type { AdminRole } from './okta-scopes.ts';
import { customServerIds } from './org.ts';
import {
  accessPolicyKind,
  createPolicies,
  createServerAccess,
  defaultAccessPolicy,
  isForPlace,
  isForUser,
  type Policies,
  type ServerAccess,
} from './policies.ts';
import { createSignInSettings, type SignInSettings } from './sign-in-settings.ts';
import { administratorId, createUsers, type User, type Users } from './users.ts';

/** The state of an org that can change while it runs, shared by all its authorization servers. */
export interface OrgState {
  readonly users: Users;
  readonly groups: Groups;
  readonly applications: Applications;
  /** The scopes and policies of the custom servers. */
  readonly serverAccess: ServerAccess;
  /** The app sign-in policies of Identity Engine. */
  readonly accessPolicies: Policies;
  readonly zones: Documents;
  /** Settings of the org that the API can change. */
  readonly orgSettings: { newServiceAppsAreSuperAdmins: boolean };
  readonly settings: () => SignInSettings;
  readonly alterSettings: (changes: Partial<SignInSettings>) => () => void;
  /** The sessions of users. One session is good for all servers, as at Okta. */
  readonly sessions: SessionStore;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** A user as an application sees it: the assignment, and the policy's decision. */
  userAt(userId: string, clientId: string): User | undefined;
  /** The admin roles of a user. */
  rolesOf(userId: string): readonly AdminRole[];
}

/** As the provider stores sessions, by key. */
export type SessionStore = Map<string, { readonly payload: AdapterPayload; readonly expiresAtMs: number }>;

export function createOrgState(
  now: () => number,
  clients: readonly ClientMetadata[],
  settings?: Partial<SignInSettings>,
): OrgState {
  const { current, alter } = createSignInSettings(settings);
  const users = createUsers();
  const groups = createGroups(users, now);
  const applications = createApplications(clients, groups, now);
  const accessPolicies = createPolicies(accessPolicyKind, now, [defaultAccessPolicy]);
  const zones = createDocuments('nzo', now);

  /** The decision of the first rule for the user in the application's policy. */
  function decision(policyId: string, user: User): Pick<User, 'access' | 'factorMode'> {
    const policy = accessPolicies.find(policyId);
    const rules = policy?.status === 'ACTIVE' ? accessPolicies.rules(policyId) : [];
    const rule = rules.find(
      (one) => one.status === 'ACTIVE' && isForUser(one, user, groups) && isForPlace(one, zones.list()),
    );
    const { access, ...appSignOn } = objectAt(objectAt(rule ?? {}, 'actions'), 'appSignOn');
    const { factorMode } = objectAt(appSignOn, 'verificationMethod');
    return {
      access: access === 'DENY' || user.access === 'DENY' ? 'DENY' : 'ALLOW',
      factorMode: factorMode === '2FA' || user.factorMode === '2FA' ? '2FA' : '1FA',
    };
  }

  return {
    ...{ users, groups, applications, accessPolicies, zones, settings: current, alterSettings: alter },
    serverAccess: createServerAccess(
      clients.map(({ client_id }) => client_id),
      groups,
      now,
    ),
    orgSettings: { newServiceAppsAreSuperAdmins: false },
    sessions: new Map(),
    now,
    userAt(userId, clientId) {
      const user = users.find(userId);
      const application = applications.find(clientId);
      if (!user || !application) return user;
      const assigned = user.assigned && applications.isAssigned(application, user);
      // The Classic engine has no app sign-in policies.
      if (current().engine === 'classic') return { ...user, assigned };
      return { ...user, assigned, ...decision(application.accessPolicyId, user) };
    },
    rolesOf: (userId) => (userId === administratorId ? ['SUPER_ADMIN'] : []),
  };
}

/** The objects that the management API can change in an org, by kind and then by id. Equal orgs have equal ones. */
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
