import { type Body, type Documents, objectAt, type Stored, textsAt } from './documents.ts';
import { ApiError, found, invalid } from './error-responses.ts';
import { jsonResponse } from './http-message.ts';
import {
  type ApiCall,
  type Endpoint,
  type EndpointParts,
  hinted,
  resourceEndpoints,
  switchLink,
} from './management-resource.ts';
import type { Policies } from './policies.ts';

/** Policies and their rules below one path, of one kind. */
interface PolicyTree {
  readonly path: string;
  readonly scope: string;
  /** Returns the policies that a request is about. Throws `ApiError`. */
  readonly policies: (call: ApiCall) => Policies;
  /** The status of the answer that has a new policy or rule. */
  readonly created: 200 | 201;
  readonly types: { readonly policy: string; readonly rule: string };
  /** The names of a policy's type and of its rules in the System Log. */
  readonly logged: { readonly rule: 'policy-rule' | 'server-policy-rule'; readonly policyType: string };
  /** Throws `ApiError` if a policy or a rule lacks something. */
  readonly check: (kind: 'policy' | 'rule', body: Body) => void;
  /** Throws `ApiError` if a policy is in use. */
  readonly checkRemoval?: (policy: Stored) => void;
}

/** The scopes and policies of custom servers, and the app sign-in policies of the org. */
export function policyEndpoints(parts: EndpointParts): readonly Endpoint[] {
  return [...serverEndpoints(parts), ...accessPolicyEndpoints(parts)];
}

/** The endpoints of policies and their rules. A custom server and the org have the same ones. */
function policyTreeEndpoints(tree: PolicyTree, { origin, changed }: EndpointParts): readonly Endpoint[] {
  const { path, scope, types, logged, policies: policiesOf } = tree;
  const hrefOf = ({ request }: ApiCall, ...below: readonly string[]) => {
    const base = request.path.slice(0, request.path.indexOf('/policies') + '/policies'.length);
    return origin + [base, ...below].join('/');
  };
  const policyOf = (call: ApiCall) => {
    const { policyId = '' } = call.params;
    return found(policiesOf(call).find(policyId), policyId, 'Policy');
  };
  const ruleOf = (call: ApiCall) => {
    const { id } = policyOf(call);
    const { ruleId = '' } = call.params;
    return found(policiesOf(call).findRule(id, ruleId), ruleId, 'PolicyRule');
  };

  function checked(kind: 'policy' | 'rule', body: Body, siblings: readonly Stored[], own?: Stored): Body {
    const type = types[kind];
    const { name } = body;
    if (body.type !== type) throw invalid('type', `type: The field 'type' must be '${type}'.`);
    if (typeof name !== 'string' || name === '') throw invalid('name', 'name: The field cannot be left blank');
    if (siblings.some((sibling) => sibling.id !== own?.id && sibling.name === name)) {
      throw invalid('name', `name: The name '${name}' is already in use.`);
    }
    tree.check(kind, body);
    const { id: _, created: __, lastUpdated: ___, _links: ____, priority: _____, ...given } = body;
    return {
      ...given,
      type,
      system: own?.system ?? false,
      conditions: body.conditions ?? null,
      status: body.status === 'INACTIVE' ? 'INACTIVE' : (own?.status ?? 'ACTIVE'),
    };
  }

  const priorityOf = ({ priority }: Body) => (typeof priority === 'number' ? priority : undefined);
  const withStatus = ({ priority: _, ...item }: Body, status: string): Body => ({ ...item, status });

  const policies = resourceEndpoints<Stored>(
    {
      path,
      id: 'policyId',
      scope,
      created: tree.created,
      switched: 'nothing',
      find: policyOf,
      show: (policy, call) => policyItem(policy, hrefOf(call, policy.id), 'policy'),
      what: 'policy',
      instance: ({ id, name }) => ({ id, name: String(name), policyType: logged.policyType }),
      list: (call) => policiesOf(call).list(),
      create(call) {
        const all = policiesOf(call);
        const id = all.add(checked('policy', call.body, all.list()), priorityOf(call.body));
        return found(all.find(id), id, 'Policy');
      },
      replace(call, policy) {
        const all = policiesOf(call);
        all.replace(policy.id, checked('policy', call.body, all.list(), policy), priorityOf(call.body));
        return policyOf(call);
      },
      remove(call, policy) {
        refuseIfSystem(policy);
        tree.checkRemoval?.(policy);
        policiesOf(call).remove(policy.id);
      },
      setStatus(call, policy, status) {
        refuseIfSystem(policy);
        policiesOf(call).replace(policy.id, withStatus(policy, status));
        return policy;
      },
    },
    changed,
  );
  const rules = resourceEndpoints<Stored>(
    {
      path: `${path}/{policyId}/rules`,
      id: 'ruleId',
      scope,
      created: tree.created,
      switched: 'nothing',
      find: ruleOf,
      show: (rule, call) => policyItem(rule, hrefOf(call, policyOf(call).id, 'rules', rule.id), 'rule'),
      what: logged.rule,
      instance(rule, call) {
        const { id, name } = policyOf(call);
        return { id: rule.id, name: String(rule.name), of: { id, name: String(name) } };
      },
      list: (call) => policiesOf(call).rules(policyOf(call).id),
      create(call) {
        const all = policiesOf(call);
        const { id } = policyOf(call);
        const ruleId = all.addRule(id, checked('rule', call.body, all.rules(id)), priorityOf(call.body));
        return found(all.findRule(id, ruleId), ruleId, 'PolicyRule');
      },
      replace(call, rule) {
        const all = policiesOf(call);
        const { id } = policyOf(call);
        const body = checked('rule', call.body, all.rules(id), rule);
        all.replaceRule(id, rule.id, body, rule.system === true ? undefined : priorityOf(call.body));
        return ruleOf(call);
      },
      remove(call, rule) {
        refuseIfSystem(rule);
        policiesOf(call).removeRule(policyOf(call).id, rule.id);
      },
      setStatus(call, rule, status) {
        refuseIfSystem(rule);
        policiesOf(call).replaceRule(policyOf(call).id, rule.id, withStatus(rule, status));
        return rule;
      },
    },
    changed,
  );
  return [...policies, ...rules];
}

/** Okta's own policies, rules and scopes can be neither deactivated nor deleted. */
function refuseIfSystem({ system }: Stored): void {
  if (system === true) throw new ApiError('E0000006');
}

/** A policy or a rule as the API shows it. */
function policyItem(item: Stored, href: string, kind: 'policy' | 'rule') {
  const isSystem = item.system === true;
  return {
    ...item,
    _links: {
      self: hinted(href, 'GET', 'PUT', ...(isSystem ? [] : ['DELETE'])),
      ...(kind === 'policy' && { rules: hinted(`${href}/rules`, 'GET', 'POST') }),
      ...(!isSystem && switchLink(href, item.status)),
    },
  };
}

/** The app sign-in policies of Identity Engine. The Classic engine has none. */
function accessPolicyEndpoints(parts: EndpointParts): readonly Endpoint[] {
  const { accessPolicies, applications, settings } = parts.state;

  function policies({ request, params }: ApiCall): Policies {
    const isList = params.policyId === undefined && request.method === 'GET';
    const type = isList ? request.query.get('type') : 'ACCESS_POLICY';
    if (type === null) throw invalid('type', 'type: The field is required.');
    if (type !== 'ACCESS_POLICY') {
      throw new Error(`The emulator has policies of the type ACCESS_POLICY only, not ${type}.`);
    }
    if (settings().engine === 'classic') {
      throw invalid('type', "type: The policy type 'ACCESS_POLICY' is not supported.");
    }
    return accessPolicies;
  }

  const usersOf = (policyId: string | undefined) =>
    applications.list().filter(({ accessPolicyId }) => accessPolicyId === policyId);
  const tree: PolicyTree = {
    path: '/api/v1/policies',
    scope: 'okta.policies',
    policies,
    created: 200,
    types: { policy: 'ACCESS_POLICY', rule: 'ACCESS_POLICY' },
    logged: { rule: 'policy-rule', policyType: 'ACCESS_POLICY' },
    check(kind, body) {
      if (kind === 'policy') return;
      const { access } = objectAt(objectAt(body, 'actions'), 'appSignOn');
      if (access === 'ALLOW' || access === 'DENY') return;
      throw invalid('actions', "actions.appSignOn.access: The field must be 'ALLOW' or 'DENY'.");
    },
    checkRemoval({ id }) {
      if (usersOf(id).length === 0) return;
      throw invalid('policy', 'The policy is assigned to an application and cannot be deleted.');
    },
  };
  const appsOf: Endpoint = {
    method: 'GET',
    path: '/api/v1/policies/{policyId}/app',
    scope: 'okta.policies.read',
    respond: ({ params }) =>
      jsonResponse(
        200,
        usersOf(params.policyId).map(({ id, document }) => ({ id, label: document.label })),
      ),
  };
  return [...policyTreeEndpoints(tree, parts), appsOf];
}

const [minMinutes, maxMinutes] = [5, 1440];

/** The scopes and the policies of custom servers. They need API Access Management. */
function serverEndpoints(parts: EndpointParts): readonly Endpoint[] {
  const { origin, state, changed } = parts;
  const { serverAccess, groups, applications } = state;
  const path = '/api/v1/authorizationServers/{serverId}';
  const scope = 'okta.authorizationServers';
  const serverOf = ({ params: { serverId = '' } }: ApiCall) =>
    found(serverAccess.of(serverId), serverId, 'AuthorizationServer');
  const scopesOf = (call: ApiCall): Documents => serverOf(call).scopes;

  function scopeBody(call: ApiCall, own?: Stored): Body {
    const { name } = call.body;
    if (typeof name !== 'string' || !/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(name)) {
      const rule = 'The scope name must be of printable ASCII characters without spaces, quotes and backslashes.';
      throw invalid('name', `name: ${rule}`);
    }
    if (/^okta\b/i.test(name)) throw invalid('name', "name: The scope name must not start with 'okta'.");
    const others = scopesOf(call)
      .list()
      .filter(({ id }) => id !== own?.id);
    if (others.some((other) => other.name === name)) {
      throw invalid('name', `name: A scope with the name '${name}' already exists.`);
    }
    const { id: _, _links: __, ...given } = call.body;
    return {
      displayName: name,
      description: '',
      metadataPublish: 'NO_CLIENTS',
      consent: 'IMPLICIT',
      optional: false,
      apiResourceId: null,
      default: false,
      ...given,
      system: own?.system ?? false,
    };
  }

  /** Throws `ApiError` if a rule lacks something, or refers to what does not exist. */
  function checkRule(body: Body): void {
    const conditions = objectAt(body, 'conditions');
    const listed = (name: string) => textsAt(objectAt(conditions, name), 'include');
    const groupIds = textsAt(objectAt(objectAt(conditions, 'people'), 'groups'), 'include');
    const unknown = groupIds.filter((id) => id !== 'EVERYONE' && !groups.find(id));
    const { accessTokenLifetimeMinutes: minutes } = objectAt(objectAt(body, 'actions'), 'token');
    const isLifetime = minutes === undefined || (Number(minutes) >= minMinutes && Number(minutes) <= maxMinutes);
    const problems = [
      ...(listed('grantTypes').length > 0 ? [] : ['conditions.grantTypes: The field cannot be left blank']),
      ...(listed('scopes').length > 0 ? [] : ['conditions.scopes: The field cannot be left blank']),
      ...unknown.map((id) => `conditions.people.groups: The group '${id}' does not exist.`),
      ...(isLifetime
        ? []
        : [`actions.token.accessTokenLifetimeMinutes: The field must be from ${minMinutes} to ${maxMinutes}.`]),
    ];
    if (problems.length > 0) throw invalid('policyRule', ...problems);
  }

  function checkPolicy(body: Body): void {
    const clients = textsAt(objectAt(objectAt(body, 'conditions'), 'clients'), 'include');
    const unknown = clients.filter((id) => id !== 'ALL_CLIENTS' && !applications.find(id));
    if (clients.length === 0) throw invalid('conditions', 'conditions.clients: The field cannot be left blank');
    if (unknown.length > 0) throw invalid('conditions', ...unknown.map((id) => `The client '${id}' does not exist.`));
    if (typeof body.description === 'string') return;
    throw invalid('description', 'description: The field cannot be left blank');
  }

  const scopes = resourceEndpoints<Stored>(
    {
      path: `${path}/scopes`,
      id: 'scopeId',
      scope,
      created: 201,
      find(call) {
        const { scopeId = '' } = call.params;
        return found(scopesOf(call).find(scopeId), scopeId, 'Scope');
      },
      show({ created: _, lastUpdated: __, ...shown }, { params: { serverId } }) {
        const href = `${origin}/api/v1/authorizationServers/${serverId}/scopes/${shown.id}`;
        return { ...shown, _links: { self: hinted(href, 'GET', 'PUT', 'DELETE') } };
      },
      what: 'scope',
      instance: ({ id, name }, { params: { serverId = '' } }) => ({
        id,
        name: String(name),
        of: { id: serverId, name: serverId },
      }),
      list(call) {
        const start = call.request.query.get('q') ?? '';
        return scopesOf(call)
          .list()
          .filter(({ name }) => String(name).startsWith(start));
      },
      create: (call) => scopesOf(call).add(scopeBody(call)),
      replace(call, own) {
        const all = scopesOf(call);
        return all.replace(own.id, scopeBody(call, own), all.indexOf(own.id));
      },
      remove(call, own) {
        refuseIfSystem(own);
        scopesOf(call).remove(own.id);
      },
    },
    changed,
  );
  const policies = policyTreeEndpoints(
    {
      path: `${path}/policies`,
      scope,
      policies: (call) => serverOf(call).policies,
      created: 201,
      types: { policy: 'OAUTH_AUTHORIZATION_POLICY', rule: 'RESOURCE_ACCESS' },
      logged: { rule: 'server-policy-rule', policyType: 'OAuthAuthzPolicy' },
      check: (kind, body) => (kind === 'policy' ? checkPolicy(body) : checkRule(body)),
    },
    parts,
  );
  return [...scopes, ...policies];
}
