import { BlockList } from 'node:net';
import { type Body, createDocuments, objectAt, type Stored, seededAt, textsAt } from './documents.ts';
import { everyoneId, type Groups } from './groups.ts';
import { customServerIds } from './org.ts';
import { customScopes } from './org-identity.ts';
import { openidScopes } from './request-policies.ts';
import type { User } from './users.ts';

interface PolicyKind {
  readonly prefix: string;
  readonly rulePrefix: string;
  /** The priority of the first rule. Trap: that of an app sign-in policy is 0, that of a server's policy 1. */
  readonly firstRule: 0 | 1;
  /** The rule that every policy ends with, if Okta makes one. */
  readonly lastRule?: Body;
}

const serverPolicyKind = { prefix: '00p', rulePrefix: '0pr', firstRule: 1 } as const satisfies PolicyKind;

export const accessPolicyKind = {
  ...{ prefix: 'rst', rulePrefix: 'rul', firstRule: 0 },
  lastRule: {
    ...{ type: 'ACCESS_POLICY', name: 'Catch-all Rule', status: 'ACTIVE', system: true, conditions: null },
    actions: {
      appSignOn: {
        access: 'ALLOW',
        verificationMethod: { type: 'ASSURANCE', factorMode: '2FA', reauthenticateIn: 'PT12H' },
      },
    },
  },
} as const satisfies PolicyKind;

/** Where everything with a priority is: its rules are in their order. */
interface SeededPolicy {
  readonly policy: Stored;
  readonly rules: readonly Stored[];
}

/** Policies of one kind and their rules, by priority. App sign-in policies all have the same one: an application has one policy. */
export function createPolicies(kind: PolicyKind, now: () => number, seeds: readonly SeededPolicy[] = []) {
  const policies = createDocuments(
    kind.prefix,
    now,
    seeds.map(({ policy }) => policy),
  );
  const rules = new Map(
    seeds.map(({ policy, rules: seeded }) => [policy.id, createDocuments(kind.rulePrefix, now, seeded)]),
  );
  const numbered = (items: readonly Stored[], first: number): (Stored & { readonly priority: number })[] =>
    items.map((item, index) => ({
      ...item,
      priority: item.system === true ? (kind.lastRule ? 99 : first) : first + index,
    }));
  const policiesListed = (): (Stored & { readonly priority: number })[] =>
    policies.list().map((policy, index) => ({ ...policy, priority: kind.lastRule ? 1 : index + 1 }));

  return {
    list: policiesListed,
    find: (id: string) => policiesListed().find((policy) => policy.id === id),
    add(body: Body, priority?: number) {
      const { id } = policies.add(body, priority === undefined ? undefined : priority - 1);
      const own = createDocuments(kind.rulePrefix, now);
      if (kind.lastRule) own.add(kind.lastRule);
      rules.set(id, own);
      return id;
    },
    replace: (id: string, body: Body, priority?: number) =>
      void policies.replace(id, body, priority === undefined ? policies.indexOf(id) : priority - 1),
    remove(id: string): void {
      policies.remove(id);
      rules.delete(id);
    },
    rules: (id: string) => numbered(rules.get(id)?.list() ?? [], kind.firstRule),
    findRule: (id: string, ruleId: string) =>
      numbered(rules.get(id)?.list() ?? [], kind.firstRule).find((rule) => rule.id === ruleId),
    addRule: (id: string, body: Body, priority?: number): string =>
      rules.get(id)?.add(body, priority === undefined ? undefined : priority - kind.firstRule).id ?? '',
    replaceRule(id: string, ruleId: string, body: Body, priority?: number): void {
      const own = rules.get(id);
      own?.replace(ruleId, body, priority === undefined ? own.indexOf(ruleId) : priority - kind.firstRule);
    },
    removeRule: (id: string, ruleId: string): void => rules.get(id)?.remove(ruleId),
  };
}

export type Policies = ReturnType<typeof createPolicies>;

/** Whether a rule is for a user, or for a client without a user. */
export function isForUser(rule: Body, user: User | undefined, groups: Groups): boolean {
  const people = objectAt(objectAt(rule, 'conditions'), 'people');
  const [inGroups, outGroups] = includedAndExcluded(objectAt(people, 'groups'));
  const [inUsers, outUsers] = includedAndExcluded(objectAt(people, 'users'));
  if (!user) return true;
  const isIn = (ids: readonly string[]) =>
    ids.some((id) => id === 'EVERYONE' || id === everyoneId || groups.isMember(user.id, id));
  if (outUsers.includes(user.id) || isIn(outGroups)) return false;
  if (inGroups.length === 0 && inUsers.length === 0) return true;
  return isIn(inGroups) || inUsers.includes(user.id);
}

/** Whether a rule is for where the request came from: the loopback interface, as all requests do. */
export function isForPlace(rule: Body, zones: readonly Stored[]): boolean {
  const network = objectAt(objectAt(rule, 'conditions'), 'network');
  if (network.connection !== 'ZONE') return true;
  const [included, excluded] = includedAndExcluded(network);
  const isIn = (ids: readonly string[]) => zones.some((zone) => ids.includes(zone.id) && hasLoopback(zone));
  return !isIn(excluded) && (included.length === 0 || isIn(included));
}

function hasLoopback({ gateways, status }: Stored): boolean {
  const addresses = new BlockList();
  for (const { type, value } of (gateways ?? []) as readonly { readonly type: string; readonly value: string }[]) {
    const [first = '', last = ''] = value.split(type === 'CIDR' ? '/' : '-');
    const family = first.includes(':') ? 'ipv6' : 'ipv4';
    if (type === 'CIDR') addresses.addSubnet(first, Number(last || 32), family);
    else addresses.addRange(first, last || first, family);
  }
  return status === 'ACTIVE' && addresses.check('127.0.0.1');
}

/** Trap: the network condition has its lists beside `connection`, the others have them alone. */
function includedAndExcluded(condition: Body): readonly [included: readonly string[], excluded: readonly string[]] {
  return [textsAt(condition, 'include'), textsAt(condition, 'exclude')];
}

/** The app sign-in policy of applications without another one. Its demands on a user are in the user's own record. */
export const defaultAccessPolicy: SeededPolicy = {
  policy: {
    ...{ id: 'rst1default2access34', type: 'ACCESS_POLICY', name: 'Default Policy', status: 'ACTIVE', system: true },
    ...{ description: 'The default policy for all applications', conditions: null },
    ...{ created: seededAt, lastUpdated: seededAt },
  },
  rules: [
    {
      ...{ id: 'rul1default2access34', ...accessPolicyKind.lastRule, created: seededAt, lastUpdated: seededAt },
      actions: {
        appSignOn: {
          access: 'ALLOW',
          verificationMethod: { type: 'ASSURANCE', factorMode: '1FA', reauthenticateIn: 'PT12H' },
        },
      },
    },
  ],
};

/** A request for tokens, as the policies of a custom server see it. */
interface AccessRequest {
  readonly clientId: string;
  readonly grantType: string;
  readonly scopes: readonly string[];
  /** Undefined if a client requests a token for itself. */
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
