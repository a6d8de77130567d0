import { type Body, objectAt, type Stored, textsAt } from './documents.ts';
import { ApiError, found, invalid } from './error-responses.ts';
import { jsonResponse } from './http-message.ts';
import { type Endpoint, type EndpointParts, hinted, resourceEndpoints, switchLink } from './management-resource.ts';

/** Network zones of IP addresses, and the setting that makes each new service application a super administrator. */
export function orgEndpoints(parts: EndpointParts): readonly Endpoint[] {
  return [...zoneEndpoints(parts), ...settingEndpoints(parts)];
}

function zoneEndpoints({ origin, state, changed }: EndpointParts): readonly Endpoint[] {
  const { zones, accessPolicies } = state;

  function checked(body: Body, own?: Stored): Body {
    const { type, name, gateways } = body;
    if (type !== 'IP') throw new Error('The emulator has network zones of the type IP only.');
    if (typeof name !== 'string' || name === '') throw invalid('name', 'name: The field cannot be left blank');
    if (zones.list().some((zone) => zone.name === name && zone.id !== own?.id)) {
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

  function refuseIfUsed({ id }: Stored): void {
    const isNamed = (rule: Stored) => {
      const network = objectAt(objectAt(rule, 'conditions'), 'network');
      return [...textsAt(network, 'include'), ...textsAt(network, 'exclude')].includes(id);
    };
    if (accessPolicies.list().some((policy) => accessPolicies.rules(policy.id).some(isNamed))) {
      throw invalid('zone', 'The network zone is used by a policy.');
    }
  }

  const replace = (own: Stored, body: Body) => zones.replace(own.id, body, zones.indexOf(own.id));
  return resourceEndpoints<Stored>(
    {
      path: '/api/v1/zones',
      id: 'zoneId',
      scope: 'okta.networkZones',
      find: ({ params: { zoneId = '' } }) => found(zones.find(zoneId), zoneId, 'NetworkZone'),
      show(zone) {
        const href = `${origin}/api/v1/zones/${zone.id}`;
        return { ...zone, _links: { self: hinted(href, 'GET', 'PUT', 'DELETE'), ...switchLink(href, zone.status) } };
      },
      what: 'zone',
      instance: ({ id, name }) => ({ id, name: String(name) }),
      list: () => zones.list(),
      create: ({ body }) => zones.add(checked(body)),
      replace: ({ body }, own) => replace(own, checked(body, own)),
      remove(_, zone) {
        if (zone.system === true) throw new ApiError('E0000006');
        refuseIfUsed(zone);
        if (zone.status === 'ACTIVE') throw invalid('zone', 'A network zone must be deactivated before it is deleted.');
        zones.remove(zone.id);
      },
      setStatus(_, own, status) {
        if (status === 'INACTIVE') refuseIfUsed(own);
        return replace(own, { ...own, status });
      },
    },
    changed,
  );
}

function settingEndpoints({ state: { orgSettings } }: EndpointParts): readonly Endpoint[] {
  const path = '/api/v1/org/settings/clientPrivilegesSetting';
  const show = () => jsonResponse(200, { clientPrivilegesSetting: orgSettings.newServiceAppsAreSuperAdmins });
  return [
    { method: 'GET', path, scope: 'okta.orgs.read', respond: show },
    {
      method: 'PUT',
      path,
      scope: 'okta.orgs.manage',
      respond({ body: { clientPrivilegesSetting: isOn } }) {
        if (typeof isOn !== 'boolean') throw invalid('clientPrivilegesSetting', 'The field must be true or false.');
        orgSettings.newServiceAppsAreSuperAdmins = isOn;
        return show();
      },
    },
  ];
}
