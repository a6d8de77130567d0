import { type AdminRole, isAdminRole, labelOf } from './admin-roles.ts';
import { ApiError, found, invalid } from './api-error.ts';
import type { Application, Assignment, RoleAssignment, ScopeGrant } from './applications.ts';
import { type Body, objectAt } from './documents.ts';
import { emptyResponse, jsonResponse } from './http-message.ts';
import type { ApiCall, Endpoint } from './management-endpoint.ts';
import type { EndpointParts } from './management-endpoints.ts';
import { oktaScopes } from './okta-scopes.ts';
import { userName } from './users.ts';

/** What an application may do, and who may use it: granted scopes, admin roles, groups and users. */
export function applicationAccessEndpoints({ origin, state, changed }: EndpointParts): readonly Endpoint[] {
  const { applications, groups, users } = state;
  const find = (appId = '', type = 'AppInstance'): Application => found(applications.find(appId), appId, type);
  const of = ({ id, document }: Application) => ({ id, name: String(document.label) });

  const grantItem = ({ id }: Application, { scopeId, createdBy, ...grant }: ScopeGrant): Body => ({
    ...{
      ...grant,
      status: 'ACTIVE',
      createdBy: { id: createdBy, type: 'User' },
      issuer: origin,
      clientId: id,
      scopeId,
    },
    ...{ source: 'ADMIN', _embedded: { scope: { id: scopeId } } },
    _links: {
      app: { href: `${origin}/api/v1/apps/${id}` },
      self: { href: `${origin}/api/v1/apps/${id}/grants/${grant.id}` },
      client: { href: `${origin}/oauth2/v1/clients/${id}` },
    },
  });

  function grant(call: ApiCall) {
    const application = find(call.params.appId);
    const { issuer, scopeId } = call.body;
    // Trap: at a custom domain too, the issuer is the Org server at the org's own domain.
    if (issuer !== origin) throw invalid('issuer', "issuer: 'issuer' must be the URL of the org.");
    if (typeof scopeId !== 'string' || !oktaScopes.includes(scopeId)) {
      throw invalid('scopeId', "scopeId: 'scopeId' is not a scope of the authorization server.");
    }
    if (application.grants.some((one) => one.scopeId === scopeId)) {
      throw invalid('scopeId', `scopeId: The scope '${scopeId}' is already assigned to the application.`);
    }
    const made = { ...applications.make('oag'), scopeId, createdBy: call.principal.caller.actor.id };
    application.grants.push(made);
    changed(call, 'grant', 'create', { id: scopeId, name: scopeId, of: of(application) });
    return jsonResponse(201, grantItem(application, made));
  }

  const grantOf = (application: Application, grantId = '') =>
    found(
      application.grants.find(({ id }) => id === grantId),
      grantId,
      'OAuth2ScopeConsentGrant',
    );

  function revoke(call: ApiCall) {
    const application = find(call.params.appId);
    const { id, scopeId } = grantOf(application, call.params.grantId);
    application.grants = application.grants.filter((one) => one.id !== id);
    changed(call, 'grant', 'delete', { id: scopeId, name: scopeId, of: of(application) });
    return emptyResponse(204);
  }

  const roleItem = ({ id }: Application, { custom, type, ...role }: RoleAssignment): Body => ({
    ...{ ...role, label: labelOf(type), type, status: 'ACTIVE', assignmentType: 'CLIENT' },
    ...(custom && { role: custom.role, 'resource-set': custom.resourceSet }),
    _links: { assignee: { href: `${origin}/oauth2/v1/clients/${id}` } },
  });

  function assignRole(call: ApiCall) {
    const application = find(call.params.clientId, 'OAuth2AppInstance');
    const { type, role, 'resource-set': resourceSet } = call.body;
    if (!isAdminRole(type)) throw invalid('type', "type: The field 'type' is not a role type.");
    if (type === 'CUSTOM' && (typeof role !== 'string' || typeof resourceSet !== 'string')) {
      throw invalid('role', "role: 'role' and 'resource-set' are required for a custom role.");
    }
    const custom = type === 'CUSTOM' ? { role: String(role), resourceSet: String(resourceSet) } : undefined;
    const isSame = (one: RoleAssignment) => one.type === type && one.custom?.role === custom?.role;
    if (application.roles.some(isSame)) throw new ApiError('E0000090');
    const made: RoleAssignment = { ...applications.make(custom ? 'irb' : 'JB'), type, ...(custom && { custom }) };
    application.roles.push(made);
    changed(call, 'client-role', 'create', { id: type, name: labelOf(type as AdminRole), of: of(application) });
    return jsonResponse(201, roleItem(application, made));
  }

  const roleOf = (application: Application, roleId = '') =>
    found(
      application.roles.find(({ id }) => id === roleId),
      roleId,
      'RoleAssignment',
    );

  function unassignRole(call: ApiCall) {
    const application = find(call.params.clientId, 'OAuth2AppInstance');
    const { id, type } = roleOf(application, call.params.roleId);
    application.roles = application.roles.filter((one) => one.id !== id);
    changed(call, 'client-role', 'delete', { id: type, name: labelOf(type), of: of(application) });
    return emptyResponse(204);
  }

  const groupItem = ({ id }: Application, { id: groupId, lastUpdated, priority, profile }: Assignment): Body => ({
    ...{ id: groupId, lastUpdated, priority, profile },
    _links: {
      app: { href: `${origin}/api/v1/apps/${id}` },
      self: { href: `${origin}/api/v1/apps/${id}/groups/${groupId}` },
      group: { href: `${origin}/api/v1/groups/${groupId}` },
    },
  });

  const userItem = (application: Application, { id, created, lastUpdated, profile }: Assignment): Body => ({
    ...{ id, created, lastUpdated, profile, scope: 'USER', status: 'ACTIVE', syncState: 'DISABLED' },
    credentials: { userName: users.find(id)?.login },
    _links: {
      app: { href: `${origin}/api/v1/apps/${application.id}` },
      user: { href: `${origin}/api/v1/users/${id}` },
    },
  });

  /** The assignment of a group or a user, which is made or changed. */
  function assign(assignments: readonly Assignment[], id: string, body: Body): readonly [Assignment, Assignment[]] {
    const at = applications.make('');
    const before = assignments.find((one) => one.id === id);
    const priority = Number(body.priority ?? before?.priority ?? 0);
    const made = { ...at, created: before?.created ?? at.created, id, profile: objectAt(body, 'profile'), priority };
    return [made, [...assignments.filter((one) => one.id !== id), made]];
  }

  function assignGroup(call: ApiCall) {
    const application = find(call.params.appId);
    const { groupId = '' } = call.params;
    const group = found(groups.find(groupId), groupId, 'UserGroup');
    const isNew = application.groups.every(({ id }) => id !== groupId);
    const [made, all] = assign(application.groups, groupId, call.body);
    application.groups = all;
    const instance = { id: groupId, name: group.profile.name, of: of(application) };
    changed(call, 'application-group', isNew ? 'create' : 'update', instance);
    return jsonResponse(200, groupItem(application, made));
  }

  const assignmentOf = (assignments: readonly Assignment[], id = '', type: string) =>
    found(
      assignments.find((one) => one.id === id),
      id,
      type,
    );

  function unassignGroup(call: ApiCall) {
    const application = find(call.params.appId);
    const { id } = assignmentOf(application.groups, call.params.groupId, 'ApplicationGroupAssignment');
    application.groups = application.groups.filter((one) => one.id !== id);
    const name = groups.find(id)?.profile.name ?? id;
    changed(call, 'application-group', 'delete', { id, name, of: of(application) });
    return emptyResponse(204);
  }

  function assignUser(call: ApiCall) {
    const application = find(call.params.appId);
    const userId = String(call.body.id ?? call.params.userId ?? '');
    const user = found(users.find(userId), userId, 'User');
    const isNew = application.users.every(({ id }) => id !== user.id);
    const [made, all] = assign(application.users, user.id, call.body);
    application.users = all;
    const instance = { id: user.id, name: userName(user), alternateId: user.login, of: of(application) };
    changed(call, 'application-user', isNew ? 'create' : 'update', instance);
    return jsonResponse(200, userItem(application, made));
  }

  function unassignUser(call: ApiCall) {
    const application = find(call.params.appId);
    const { id } = assignmentOf(application.users, call.params.userId, 'AppUser');
    application.users = application.users.filter((one) => one.id !== id);
    const user = users.find(id);
    changed(call, 'application-user', 'delete', { id, name: user ? userName(user) : id, of: of(application) });
    return emptyResponse(204);
  }

  const app = '/api/v1/apps/{appId}';
  const client = '/oauth2/v1/clients/{clientId}';
  const [readApps, manageApps] = ['okta.apps.read', 'okta.apps.manage'];
  const [readGrants, manageGrants] = ['okta.appGrants.read', 'okta.appGrants.manage'];
  const [readRoles, manageRoles] = ['okta.roles.read', 'okta.roles.manage'];
  /** The endpoints that list what an application has, and show one of it. */
  const readers = <Kept>(
    path: string,
    scope: string,
    list: (call: ApiCall) => readonly Body[],
    one: (call: ApiCall) => Kept & Body,
    idName: string,
  ): readonly Endpoint[] => [
    { method: 'GET', path, scope, respond: (call) => jsonResponse(200, list(call)) },
    { method: 'GET', path: `${path}/{${idName}}`, scope, respond: (call) => jsonResponse(200, one(call)) },
  ];

  return [
    ...readers(
      `${app}/grants`,
      readGrants,
      ({ params }) => find(params.appId).grants.map((one) => grantItem(find(params.appId), one)),
      ({ params }) => grantItem(find(params.appId), grantOf(find(params.appId), params.grantId)),
      'grantId',
    ),
    { method: 'POST', path: `${app}/grants`, scope: manageGrants, respond: grant },
    { method: 'DELETE', path: `${app}/grants/{grantId}`, scope: manageGrants, respond: revoke },
    ...readers(
      `${client}/roles`,
      readRoles,
      ({ params }) => {
        const application = find(params.clientId, 'OAuth2AppInstance');
        return application.roles.map((one) => roleItem(application, one));
      },
      ({ params }) => {
        const application = find(params.clientId, 'OAuth2AppInstance');
        return roleItem(application, roleOf(application, params.roleId));
      },
      'roleId',
    ),
    { method: 'POST', path: `${client}/roles`, scope: manageRoles, respond: assignRole },
    { method: 'DELETE', path: `${client}/roles/{roleId}`, scope: manageRoles, respond: unassignRole },
    ...readers(
      `${app}/groups`,
      readApps,
      ({ params }) => find(params.appId).groups.map((one) => groupItem(find(params.appId), one)),
      ({ params }) => {
        const application = find(params.appId);
        return groupItem(application, assignmentOf(application.groups, params.groupId, 'ApplicationGroupAssignment'));
      },
      'groupId',
    ),
    { method: 'PUT', path: `${app}/groups/{groupId}`, scope: manageApps, respond: assignGroup },
    { method: 'DELETE', path: `${app}/groups/{groupId}`, scope: manageApps, respond: unassignGroup },
    ...readers(
      `${app}/users`,
      readApps,
      ({ params }) => find(params.appId).users.map((one) => userItem(find(params.appId), one)),
      ({ params }) => {
        const application = find(params.appId);
        return userItem(application, assignmentOf(application.users, params.userId, 'AppUser'));
      },
      'userId',
    ),
    { method: 'POST', path: `${app}/users`, scope: manageApps, respond: assignUser },
    { method: 'DELETE', path: `${app}/users/{userId}`, scope: manageApps, respond: unassignUser },
  ];
}
