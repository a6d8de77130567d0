import { ApiError, found, invalid } from './api-error.ts';
import { hinted } from './application-items.ts';
import { type Body, objectAt, type Stored, textsAt } from './documents.ts';
import { emptyResponse, jsonResponse } from './http-message.ts';
import type { ApiCall, Endpoint } from './management-endpoint.ts';
import type { EndpointParts } from './management-endpoints.ts';

/** Network zones of IP addresses. */
export function zoneEndpoints({ origin, state, changed }: EndpointParts): readonly Endpoint[] {
  const { zones, accessPolicies } = state;
  const find = ({ zoneId = '' }: ApiCall['params']): Stored => found(zones.find(zoneId), zoneId, 'NetworkZone');
  const instance = ({ id, name }: Stored) => ({ id, name: String(name) });

  function item(zone: Stored) {
    const href = `${origin}/api/v1/zones/${zone.id}`;
    const change = zone.status === 'ACTIVE' ? 'deactivate' : 'activate';
    return {
      ...zone,
      _links: { self: hinted(href, 'GET', 'PUT', 'DELETE'), [change]: hinted(`${href}/lifecycle/${change}`, 'POST') },
    };
  }

  function checked(body: Body, own?: Stored): Body {
    const { type, name, gateways } = body;
    if (type !== 'IP') throw new Error('The emulator has network zones of the type IP only.');
    if (typeof name !== 'string' || name === '') throw invalid('name', 'name: The field cannot be left blank');
    if (zones.list().some((one) => one.name === name && one.id !== own?.id)) {
      throw invalid('name', `name: A network zone with the name '${name}' already exists.`);
    }
    const ranges = (gateways ?? []) as readonly Body[];
    const isRange = (range: Body) =>
      range.type === 'CIDR'
        ? /^[\da-f.:]+\/\d+$/i.test(String(range.value))
        : /^[\da-f.:]+(-[\da-f.:]+)?$/i.test(String(range.value));
    if (!Array.isArray(gateways ?? []) || !ranges.every(isRange)) {
      throw invalid('gateways', 'gateways: The field must have ranges of IP addresses.');
    }
    const { id: _, created: __, lastUpdated: ___, _links: ____, ...given } = body;
    const status = own?.status ?? (body.status === 'INACTIVE' ? 'INACTIVE' : 'ACTIVE');
    return { usage: 'POLICY', proxies: null, ...given, gateways: ranges, status, system: own?.system ?? false };
  }

  function create(call: ApiCall) {
    const zone = zones.add(checked(call.body));
    changed(call, 'zone', 'create', instance(zone));
    return jsonResponse(200, item(zone));
  }

  function replace(call: ApiCall) {
    const own = find(call.params);
    const zone = zones.replace(own.id, checked(call.body, own), zones.indexOf(own.id));
    changed(call, 'zone', 'update', instance(zone));
    return jsonResponse(200, item(zone));
  }

  const setStatus = (status: 'ACTIVE' | 'INACTIVE', change: 'activate' | 'deactivate') => (call: ApiCall) => {
    const own = find(call.params);
    if (status === 'INACTIVE') refuseIfUsed(own);
    const zone = zones.replace(own.id, { ...own, status }, zones.indexOf(own.id));
    changed(call, 'zone', change, instance(zone));
    return jsonResponse(200, item(zone));
  };

  function remove(call: ApiCall) {
    const zone = find(call.params);
    if (zone.system === true) throw new ApiError('E0000006');
    refuseIfUsed(zone);
    if (zone.status === 'ACTIVE') throw invalid('zone', 'A network zone must be deactivated before it is deleted.');
    zones.remove(zone.id);
    changed(call, 'zone', 'delete', instance(zone));
    return emptyResponse(204);
  }

  function refuseIfUsed({ id }: Stored): void {
    const isNamed = (rule: Stored) => {
      const network = objectAt(objectAt(rule, 'conditions'), 'network');
      return [...textsAt(network, 'include'), ...textsAt(network, 'exclude')].includes(id);
    };
    if (accessPolicies.list().some((policy) => accessPolicies.rules(policy.id).some(isNamed))) {
      throw invalid('zone', 'The network zone is used by a policy.');
    }
  }

  const [at, read, scope] = ['/api/v1/zones/{zoneId}', 'okta.networkZones.read', 'okta.networkZones.manage'];
  return [
    { method: 'GET', path: '/api/v1/zones', scope: read, respond: () => jsonResponse(200, zones.list().map(item)) },
    { method: 'GET', path: at, scope: read, respond: ({ params }) => jsonResponse(200, item(find(params))) },
    { method: 'POST', path: '/api/v1/zones', scope, respond: create },
    { method: 'PUT', path: at, scope, respond: replace },
    { method: 'DELETE', path: at, scope, respond: remove },
    { method: 'POST', path: `${at}/lifecycle/activate`, scope, respond: setStatus('ACTIVE', 'activate') },
    { method: 'POST', path: `${at}/lifecycle/deactivate`, scope, respond: setStatus('INACTIVE', 'deactivate') },
  ];
}
