import { ApiError, found, invalid } from './api-error.ts';
import { hinted } from './application-items.ts';
import { type Body, type Documents, objectAt, type Stored, textsAt } from './documents.ts';
import { emptyResponse, jsonResponse } from './http-message.ts';
import type { ApiCall, Endpoint } from './management-endpoint.ts';
import type { EndpointParts } from './management-endpoints.ts';
import { policyTreeEndpoints } from './policy-tree-endpoints.ts';

const [minMinutes, maxMinutes] = [5, 1440];

/** The scopes and the policies of custom servers. They need API Access Management. */
export function serverEndpoints(parts: EndpointParts): readonly Endpoint[] {
  const { origin, state, changed } = parts;
  const { serverAccess, groups, applications } = state;
  const serverOf = ({ params: { serverId = '' } }: ApiCall) =>
    found(serverAccess.of(serverId), serverId, 'AuthorizationServer');
  const scopesOf = (call: ApiCall): Documents => serverOf(call).scopes;
  const scopeOf = (call: ApiCall): Stored => {
    const { scopeId = '' } = call.params;
    return found(scopesOf(call).find(scopeId), scopeId, 'Scope');
  };
  const instance = ({ params: { serverId = '' } }: ApiCall, { id, name }: Stored) => ({
    ...{ id, name: String(name), of: { id: serverId, name: serverId } },
  });

  function scopeItem({ params: { serverId } }: ApiCall, { created: _, lastUpdated: __, ...scope }: Stored) {
    const href = `${origin}/api/v1/authorizationServers/${serverId}/scopes/${scope.id}`;
    return { ...scope, _links: { self: hinted(href, 'GET', 'PUT', 'DELETE') } };
  }

  function scopeBody(call: ApiCall, own?: Stored): Body {
    const { name } = call.body;
    if (typeof name !== 'string' || !/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(name)) {
      throw invalid(
        'name',
        'name: The scope name must be of printable ASCII characters without spaces, quotes and backslashes.',
      );
    }
    if (/^okta\b/i.test(name)) throw invalid('name', "name: The scope name must not start with 'okta'.");
    if (
      scopesOf(call)
        .list()
        .some((one) => one.name === name && one.id !== own?.id)
    ) {
      throw invalid('name', `name: A scope with the name '${name}' already exists.`);
    }
    const { id: _, _links: __, ...given } = call.body;
    return {
      ...{ displayName: name, description: '', metadataPublish: 'NO_CLIENTS', consent: 'IMPLICIT' },
      ...{ optional: false, apiResourceId: null, default: false, ...given, system: own?.system ?? false },
    };
  }

  function createScope(call: ApiCall) {
    const scope = scopesOf(call).add(scopeBody(call));
    changed(call, 'scope', 'create', instance(call, scope));
    return jsonResponse(201, scopeItem(call, scope));
  }

  function replaceScope(call: ApiCall) {
    const own = scopeOf(call);
    const scopes = scopesOf(call);
    const scope = scopes.replace(own.id, scopeBody(call, own), scopes.indexOf(own.id));
    changed(call, 'scope', 'update', instance(call, scope));
    return jsonResponse(200, scopeItem(call, scope));
  }

  function removeScope(call: ApiCall) {
    const scope = scopeOf(call);
    if (scope.system === true) throw new ApiError('E0000006');
    scopesOf(call).remove(scope.id);
    changed(call, 'scope', 'delete', instance(call, scope));
    return emptyResponse(204);
  }

  /** What a rule must say, and what it refers to. */
  function checkRule(body: Body): void {
    const conditions = objectAt(body, 'conditions');
    const people = objectAt(conditions, 'people');
    const listed = (name: string) => textsAt(objectAt(conditions, name), 'include');
    const groupIds = textsAt(objectAt(people, 'groups'), 'include');
    const unknown = groupIds.filter((id) => id !== 'EVERYONE' && !groups.find(id));
    const { accessTokenLifetimeMinutes: minutes } = objectAt(objectAt(body, 'actions'), 'token');
    const problems = [
      ...(listed('grantTypes').length > 0 ? [] : ['conditions.grantTypes: The field cannot be left blank']),
      ...(listed('scopes').length > 0 ? [] : ['conditions.scopes: The field cannot be left blank']),
      ...unknown.map((id) => `conditions.people.groups: The group '${id}' does not exist.`),
      ...(minutes === undefined || (Number(minutes) >= minMinutes && Number(minutes) <= maxMinutes)
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
    if (typeof body.description !== 'string')
      throw invalid('description', 'description: The field cannot be left blank');
  }

  const at = '/api/v1/authorizationServers/{serverId}';
  const [read, scope] = ['okta.authorizationServers.read', 'okta.authorizationServers.manage'];
  return [
    {
      ...{ method: 'GET', path: `${at}/scopes`, scope: read },
      respond: (call) => {
        const wanted = call.request.query.get('q');
        const scopes = scopesOf(call)
          .list()
          .filter(({ name }) => wanted === null || String(name).startsWith(wanted));
        return jsonResponse(
          200,
          scopes.map((one) => scopeItem(call, one)),
        );
      },
    },
    {
      ...{ method: 'GET', path: `${at}/scopes/{scopeId}`, scope: read },
      respond: (call) => jsonResponse(200, scopeItem(call, scopeOf(call))),
    },
    { method: 'POST', path: `${at}/scopes`, scope, respond: createScope },
    { method: 'PUT', path: `${at}/scopes/{scopeId}`, scope, respond: replaceScope },
    { method: 'DELETE', path: `${at}/scopes/{scopeId}`, scope, respond: removeScope },
    ...policyTreeEndpoints(
      {
        path: `${at}/policies`,
        scope: { read, manage: scope },
        policies: (call) => serverOf(call).policies,
        created: 201,
        types: { policy: 'OAUTH_AUTHORIZATION_POLICY', rule: 'RESOURCE_ACCESS' },
        logged: { rule: 'server-policy-rule', policyType: 'OAuthAuthzPolicy' },
        check: (kind, body) => (kind === 'policy' ? checkPolicy(body) : checkRule(body)),
      },
      parts,
    ),
  ];
}
