import type { AdapterPayload, ClientMetadata } from 'oidc-provider';
import type { AdminRole } from './admin-roles.ts';
import { type Applications, createApplications } from './applications.ts';
import { createDocuments, type Documents, objectAt } from './documents.ts';
import { createGroups, type Groups } from './groups.ts';
import {
  accessPolicyKind,
  createPolicies,
  defaultAccessPolicy,
  isForPlace,
  isForUser,
  type Policies,
} from './policies.ts';
import { createServerAccess, type ServerAccess } from './server-access.ts';
import { createSignInSettings, type SignInSettings } from './sign-in-settings.ts';
import { administratorId, createUsers, type User, type Users } from './users.ts';

/** What can change in an org while it runs, and what all its authorization servers share. */
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
  /** A user as an application sees it: whether it is assigned to it, and what its policy decides. */
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

  /** What the first rule for the user, of the application's policy, decides. */
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
