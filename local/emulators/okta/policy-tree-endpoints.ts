import { ApiError, found, invalid } from './api-error.ts';
import type { Body, Stored } from './documents.ts';
import { emptyResponse, jsonResponse } from './http-message.ts';
import type { ApiCall, Endpoint } from './management-endpoint.ts';
import type { EndpointParts } from './management-endpoints.ts';
import type { Policies } from './policies.ts';
import { policyItem } from './policy-items.ts';

/** Policies and their rules below one path, of one kind. */
export interface PolicyTree {
  readonly path: string;
  readonly scope: { readonly read: string; readonly manage: string };
  /** The policies that a request is about. Throws `ApiError`. */
  readonly policies: (call: ApiCall) => Policies;
  /** Of a new policy or rule: 200 or 201. */
  readonly created: 200 | 201;
  readonly types: { readonly policy: string; readonly rule: string };
  /** The names of a policy's type and of its rules in the System Log. */
  readonly logged: { readonly rule: 'policy-rule' | 'server-policy-rule'; readonly policyType: string };
  /** Throws `ApiError` if a policy or a rule lacks something. */
  readonly check: (kind: 'policy' | 'rule', body: Body) => void;
  /** Throws `ApiError` if a policy is in use. */
  readonly checkRemoval?: (policy: Stored) => void;
}

/** The endpoints of policies and their rules. A custom server and the org have the same ones. */
export function policyTreeEndpoints(tree: PolicyTree, { origin, changed }: EndpointParts): readonly Endpoint[] {
  const { path, types, logged } = tree;
  const hrefOf = ({ request }: ApiCall, ...ids: readonly string[]) => {
    const base = request.path.slice(0, request.path.indexOf('/policies') + '/policies'.length);
    return origin + [base, ids[0], ...(ids[1] === undefined ? [] : ['rules', ids[1]])].join('/');
  };
  const policyOf = (call: ApiCall) => {
    const { policyId = '' } = call.params;
    return found(tree.policies(call).find(policyId), policyId, 'Policy');
  };
  const ruleOf = (call: ApiCall) => {
    const { id } = policyOf(call);
    const { ruleId = '' } = call.params;
    return found(tree.policies(call).findRule(id, ruleId), ruleId, 'PolicyRule');
  };
  const showPolicy = (call: ApiCall, policy: Stored) => policyItem(policy, hrefOf(call, policy.id), 'policy');
  const showRule = (call: ApiCall, rule: Stored) => policyItem(rule, hrefOf(call, policyOf(call).id, rule.id), 'rule');

  function checked(kind: 'policy' | 'rule', body: Body, siblings: readonly Stored[], own?: Stored): Body {
    const type = types[kind];
    const { name } = body;
    if (body.type !== type) throw invalid('type', `type: The field 'type' must be '${type}'.`);
    if (typeof name !== 'string' || name === '') throw invalid('name', 'name: The field cannot be left blank');
    if (siblings.some((one) => one.id !== own?.id && one.name === name)) {
      throw invalid('name', `name: The name '${name}' is already in use.`);
    }
    tree.check(kind, body);
    const { id: _, created: __, lastUpdated: ___, _links: ____, priority: _____, ...kept } = body;
    return {
      ...{ ...kept, type, system: own?.system ?? false, conditions: body.conditions ?? null },
      status: body.status === 'INACTIVE' ? 'INACTIVE' : (own?.status ?? 'ACTIVE'),
    };
  }

  const priorityOf = ({ priority }: Body) => (typeof priority === 'number' ? priority : undefined);
  const policyEvent = (
    call: ApiCall,
    change: 'create' | 'update' | 'delete' | 'activate' | 'deactivate',
    policy: Stored,
  ) => changed(call, 'policy', change, { id: policy.id, name: String(policy.name), policyType: logged.policyType });
  const ruleEvent = (
    call: ApiCall,
    change: 'create' | 'update' | 'delete' | 'activate' | 'deactivate',
    rule: Stored,
  ) => {
    const { id, name } = policyOf(call);
    changed(call, logged.rule, change, { id: rule.id, name: String(rule.name), of: { id, name: String(name) } });
  };

  function createPolicy(call: ApiCall) {
    const policies = tree.policies(call);
    const id = policies.add(checked('policy', call.body, policies.list()), priorityOf(call.body));
    const policy = found(policies.find(id), id, 'Policy');
    policyEvent(call, 'create', policy);
    return jsonResponse(tree.created, showPolicy(call, policy));
  }

  function replacePolicy(call: ApiCall) {
    const policies = tree.policies(call);
    const policy = policyOf(call);
    policies.replace(policy.id, checked('policy', call.body, policies.list(), policy), priorityOf(call.body));
    policyEvent(call, 'update', policyOf(call));
    return jsonResponse(200, showPolicy(call, policyOf(call)));
  }

  function removePolicy(call: ApiCall) {
    const policy = policyOf(call);
    if (policy.system === true) throw new ApiError('E0000006');
    tree.checkRemoval?.(policy);
    tree.policies(call).remove(policy.id);
    policyEvent(call, 'delete', policy);
    return emptyResponse(204);
  }

  function createRule(call: ApiCall) {
    const policies = tree.policies(call);
    const { id } = policyOf(call);
    const body = checked('rule', call.body, policies.rules(id));
    const ruleId = policies.addRule(id, body, priorityOf(call.body));
    const rule = found(policies.findRule(id, ruleId), ruleId, 'PolicyRule');
    ruleEvent(call, 'create', rule);
    return jsonResponse(tree.created, showRule(call, rule));
  }

  function replaceRule(call: ApiCall) {
    const policies = tree.policies(call);
    const { id } = policyOf(call);
    const rule = ruleOf(call);
    const body = checked('rule', call.body, policies.rules(id), rule);
    policies.replaceRule(id, rule.id, body, rule.system === true ? undefined : priorityOf(call.body));
    ruleEvent(call, 'update', ruleOf(call));
    return jsonResponse(200, showRule(call, ruleOf(call)));
  }

  function removeRule(call: ApiCall) {
    const rule = ruleOf(call);
    if (rule.system === true) throw new ApiError('E0000006');
    tree.policies(call).removeRule(policyOf(call).id, rule.id);
    ruleEvent(call, 'delete', rule);
    return emptyResponse(204);
  }

  const setStatus =
    (kind: 'policy' | 'rule', status: 'ACTIVE' | 'INACTIVE', change: 'activate' | 'deactivate') => (call: ApiCall) => {
      const policy = policyOf(call);
      const item = kind === 'policy' ? policy : ruleOf(call);
      if (item.system === true) throw new ApiError('E0000006');
      const { priority: _, ...kept } = item as Body;
      if (kind === 'policy') tree.policies(call).replace(policy.id, { ...kept, status });
      else tree.policies(call).replaceRule(policy.id, item.id, { ...kept, status });
      if (kind === 'policy') policyEvent(call, change, policy);
      else ruleEvent(call, change, item);
      return emptyResponse(204);
    };

  const at = `${path}/{policyId}`;
  const { read, manage: scope } = tree.scope;
  const show = (items: readonly object[] | object) => jsonResponse(200, items);
  return [
    {
      ...{ method: 'GET', path, scope: read },
      respond: (call) =>
        show(
          tree
            .policies(call)
            .list()
            .map((policy) => showPolicy(call, policy)),
        ),
    },
    { method: 'GET', path: at, scope: read, respond: (call) => show(showPolicy(call, policyOf(call))) },
    {
      ...{ method: 'GET', path: `${at}/rules`, scope: read },
      respond: (call) =>
        show(
          tree
            .policies(call)
            .rules(policyOf(call).id)
            .map((rule) => showRule(call, rule)),
        ),
    },
    { method: 'GET', path: `${at}/rules/{ruleId}`, scope: read, respond: (call) => show(showRule(call, ruleOf(call))) },
    { method: 'POST', path, scope, respond: createPolicy },
    { method: 'PUT', path: at, scope, respond: replacePolicy },
    { method: 'DELETE', path: at, scope, respond: removePolicy },
    { method: 'POST', path: `${at}/lifecycle/activate`, scope, respond: setStatus('policy', 'ACTIVE', 'activate') },
    {
      method: 'POST',
      path: `${at}/lifecycle/deactivate`,
      scope,
      respond: setStatus('policy', 'INACTIVE', 'deactivate'),
    },
    { method: 'POST', path: `${at}/rules`, scope, respond: createRule },
    { method: 'PUT', path: `${at}/rules/{ruleId}`, scope, respond: replaceRule },
    { method: 'DELETE', path: `${at}/rules/{ruleId}`, scope, respond: removeRule },
    {
      ...{ method: 'POST', path: `${at}/rules/{ruleId}/lifecycle/activate`, scope },
      respond: setStatus('rule', 'ACTIVE', 'activate'),
    },
    {
      ...{ method: 'POST', path: `${at}/rules/{ruleId}/lifecycle/deactivate`, scope },
      respond: setStatus('rule', 'INACTIVE', 'deactivate'),
    },
  ];
}
