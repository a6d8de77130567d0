import { type Body, seededAt } from './documents.ts';
import { oktaId } from './org.ts';
import { passwordUser, type Users } from './users.ts';

export interface Group {
  readonly id: string;
  readonly type: 'BUILT_IN' | 'OKTA_GROUP';
  /** With `name` and `description`. */
  readonly profile: Body & { readonly name: string };
  /** Ids of users. Everybody is a member of the built-in group. */
  readonly members: ReadonlySet<string>;
  /** Times in ISO 8601. */
  readonly created: string;
  readonly lastUpdated: string;
  readonly lastMembershipUpdated: string;
}

/** The built-in group of all users. */
export const everyoneId = '00g1everyone2group3i';

const times = { created: seededAt, lastUpdated: seededAt, lastMembershipUpdated: seededAt };

const seeds: readonly Group[] = [
  {
    ...{ id: everyoneId, type: 'BUILT_IN', members: new Set(), ...times },
    profile: { name: 'Everyone', description: 'All users of the org' },
  },
  {
    ...{ id: '00g4monitors5group6i', type: 'OKTA_GROUP', members: new Set([passwordUser.id]), ...times },
    profile: { name: 'Monitors', description: 'Users that sign in for tests' },
  },
];

/** The groups of an org and who is in them. */
export function createGroups(users: Users, now: () => number) {
  const groups = new Map(seeds.map((group) => [group.id, group]));
  const time = () => new Date(now()).toISOString();
  const isMember = (userId: string, { type, members }: Group) => type === 'BUILT_IN' || members.has(userId);
  const change = (id: string, changes: Partial<Group>): Group | undefined => {
    const group = groups.get(id);
    if (!group) return undefined;
    const changed = { ...group, ...changes };
    groups.set(id, changed);
    return changed;
  };
  const withMembers = (id: string, edit: (members: Set<string>) => boolean): void => {
    const members = new Set(groups.get(id)?.members);
    if (edit(members)) change(id, { members, lastMembershipUpdated: time() });
  };

  return {
    list: (): readonly Group[] => [...groups.values()],
    find: (id: string): Group | undefined => groups.get(id),
    isMember: (userId: string, groupId: string): boolean => {
      const group = groups.get(groupId);
      return group !== undefined && isMember(userId, group);
    },
    /** The groups of a user. */
    of: (userId: string): readonly Group[] => [...groups.values()].filter((group) => isMember(userId, group)),
    /** The names of the groups of a user. */
    namesOf: (userId: string): string[] =>
      [...groups.values()].filter((group) => isMember(userId, group)).map(({ profile }) => profile.name),
    membersOf: (group: Group) => users.list().filter(({ id }) => isMember(id, group)),

    add(profile: Group['profile']): Group {
      const at = time();
      const id = oktaId('00g');
      const group: Group = {
        ...{ id, type: 'OKTA_GROUP', profile, members: new Set() },
        ...{ created: at, lastUpdated: at, lastMembershipUpdated: at },
      };
      groups.set(id, group);
      return group;
    },
    update: (id: string, profile: Group['profile']) => change(id, { profile, lastUpdated: time() }),
    remove: (id: string): void => void groups.delete(id),
    addMember: (id: string, userId: string): void =>
      withMembers(id, (members) => !members.has(userId) && Boolean(members.add(userId))),
    removeMember: (id: string, userId: string): void => withMembers(id, (members) => members.delete(userId)),
    /** Takes a user that is no more out of all groups. */
    forget(userId: string): void {
      for (const { id } of groups.values()) withMembers(id, (members) => members.delete(userId));
    },
  };
}

export type Groups = ReturnType<typeof createGroups>;

/** A group as the API shows it. https://developer.okta.com/docs/api/openapi/okta-management/management/tag/Group/ */
export function groupItem({ members: _, ...group }: Group, origin: string) {
  const href = `${origin}/api/v1/groups/${group.id}`;
  return {
    ...group,
    objectClass: ['okta:user_group'],
    _links: { self: { href }, users: { href: `${href}/users` }, apps: { href: `${href}/apps` } },
  };
}
