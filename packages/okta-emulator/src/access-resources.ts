import { applicationInstance } from './application-resources.ts';
import type { Application, Assignment, RoleAssignment, ScopeGrant } from './applications.ts';
import { type Body, objectAt } from './documents.ts';
import { ApiError, found, invalid } from './error-responses.ts';
import { jsonResponse } from './http-message.ts';
import { type ApiCall, type Endpoint, type EndpointParts, resourceEndpoints } from './management-resource.ts';
import { isAdminRole, labelOf, oktaScopes } from './okta-scopes.ts';
import { userName } from './users.ts';

/** The rights of applications and who may use them: granted scopes, admin roles, groups and users. */
export function accessEndpoints(parts: EndpointParts): readonly Endpoint[] {
  return [...grantEndpoints(parts), ...roleEndpoints(parts), ...groupEndpoints(parts), ...userEndpoints(parts)];
}

const path = '/api/v1/apps/{appId}';

const applicationFinder =
  ({ state: { applications } }: EndpointParts) =>
  ({ params: { appId = '' } }: ApiCall): Application =>
    found(applications.find(appId), appId, 'AppInstance');

function itemOf<Item extends { readonly id: string }>(items: readonly Item[], id = '', type: string): Item {
  return found(
    items.find((item) => item.id === id),
    id,
    type,
  );
}

const without = <Item extends { readonly id: string }>(items: readonly Item[], { id }: Item): Item[] =>
  items.filter((item) => item.id !== id);

function grantEndpoints(parts: EndpointParts): readonly Endpoint[] {
  const { origin, changed } = parts;
  const applicationOf = applicationFinder(parts);
  return resourceEndpoints<ScopeGrant>(
    {
      path: `${path}/grants`,
      id: 'grantId',
      scope: 'okta.appGrants',
      created: 201,
      find: (call) => itemOf(applicationOf(call).grants, call.params.grantId, 'OAuth2ScopeConsentGrant'),
      show({ scopeId, createdBy, ...grant }, call) {
        const { id } = applicationOf(call);
        return {
          ...grant,
          status: 'ACTIVE',
          createdBy: { id: createdBy, type: 'User' },
          issuer: origin,
          clientId: id,
          scopeId,
          source: 'ADMIN',
          _embedded: { scope: { id: scopeId } },
          _links: {
            app: { href: `${origin}/api/v1/apps/${id}` },
            self: { href: `${origin}/api/v1/apps/${id}/grants/${grant.id}` },
            client: { href: `${origin}/oauth2/v1/clients/${id}` },
          },
        };
      },
      what: 'grant',
      instance: ({ scopeId }, call) => ({ id: scopeId, name: scopeId, of: applicationInstance(applicationOf(call)) }),
      list: (call) => applicationOf(call).grants,
      create(call) {
        const { grants } = applicationOf(call);
        const { issuer, scopeId } = call.body;
        // Trap: at a custom domain too, the issuer is the Org server at the org's own domain.
        if (issuer !== origin) throw invalid('issuer', "issuer: 'issuer' must be the URL of the org.");
        if (typeof scopeId !== 'string' || !oktaScopes.includes(scopeId)) {
          throw invalid('scopeId', "scopeId: 'scopeId' is not a scope of the authorization server.");
        }
        if (grants.some((grant) => grant.scopeId === scopeId)) {
          throw invalid('scopeId', `scopeId: The scope '${scopeId}' is already assigned to the application.`);
        }
        const made = parts.state.applications.make('oag');
        const grant = { ...made, scopeId, createdBy: call.principal.caller.actor.id };
        grants.push(grant);
        return grant;
      },
      remove(call, grant) {
        const application = applicationOf(call);
        application.grants = without(application.grants, grant);
      },
    },
    changed,
  );
}

function roleEndpoints({ origin, state: { applications }, changed }: EndpointParts): readonly Endpoint[] {
  const applicationOf = ({ params: { clientId = '' } }: ApiCall): Application =>
    found(applications.find(clientId), clientId, 'OAuth2AppInstance');
  return resourceEndpoints<RoleAssignment>(
    {
      path: '/oauth2/v1/clients/{clientId}/roles',
      id: 'roleId',
      scope: 'okta.roles',
      created: 201,
      find: (call) => itemOf(applicationOf(call).roles, call.params.roleId, 'RoleAssignment'),
      show: ({ custom, type, ...role }, call) => ({
        ...role,
        label: labelOf(type),
        type,
        status: 'ACTIVE',
        assignmentType: 'CLIENT',
        ...(custom && { role: custom.role, 'resource-set': custom.resourceSet }),
        _links: { assignee: { href: `${origin}/oauth2/v1/clients/${applicationOf(call).id}` } },
      }),
      what: 'client-role',
      instance: ({ type }, call) => ({ id: type, name: labelOf(type), of: applicationInstance(applicationOf(call)) }),
      list: (call) => applicationOf(call).roles,
      create(call) {
        const { roles } = applicationOf(call);
        const { type, role, 'resource-set': resourceSet } = call.body;
        if (!isAdminRole(type)) throw invalid('type', "type: The field 'type' is not a role type.");
        if (type === 'CUSTOM' && (typeof role !== 'string' || typeof resourceSet !== 'string')) {
          throw invalid('role', "role: 'role' and 'resource-set' are required for a custom role.");
        }
        const custom = type === 'CUSTOM' ? { role: String(role), resourceSet: String(resourceSet) } : undefined;
        if (roles.some((assigned) => assigned.type === type && assigned.custom?.role === custom?.role)) {
          throw new ApiError('E0000090');
        }
        const made = { ...applications.make(custom ? 'irb' : 'JB'), type, ...(custom && { custom }) };
        roles.push(made);
        return made;
      },
      remove(call, role) {
        const application = applicationOf(call);
        application.roles = without(application.roles, role);
      },
    },
    changed,
  );
}

/** Stores the assignment of a group or user that a request makes or changes. Returns it, and which of the two it was. */
function storeAssignment(
  { state: { applications } }: EndpointParts,
  { body }: ApiCall,
  application: Application,
  kind: 'groups' | 'users',
  id: string,
) {
  const before = application[kind].find((each) => each.id === id);
  const made = applications.make('');
  const priority = Number(body.priority ?? before?.priority ?? 0);
  const created = before?.created ?? made.created;
  const assignment: Assignment = { ...made, created, id, profile: objectAt(body, 'profile'), priority };
  application[kind] = [...without(application[kind], assignment), assignment];
  return { assignment, action: before ? ('update' as const) : ('create' as const) };
}

function groupEndpoints(parts: EndpointParts): readonly Endpoint[] {
  const { origin, state, changed } = parts;
  const applicationOf = applicationFinder(parts);
  const show = ({ id: groupId, lastUpdated, priority, profile }: Assignment, call: ApiCall): Body => {
    const app = `${origin}/api/v1/apps/${applicationOf(call).id}`;
    return {
      id: groupId,
      lastUpdated,
      priority,
      profile,
      _links: {
        app: { href: app },
        self: { href: `${app}/groups/${groupId}` },
        group: { href: `${origin}/api/v1/groups/${groupId}` },
      },
    };
  };
  const instance = ({ id }: Assignment, call: ApiCall) => ({
    id,
    name: state.groups.find(id)?.profile.name ?? id,
    of: applicationInstance(applicationOf(call)),
  });

  function assign(call: ApiCall) {
    const application = applicationOf(call);
    const { groupId = '' } = call.params;
    found(state.groups.find(groupId), groupId, 'UserGroup');
    const { assignment, action } = storeAssignment(parts, call, application, 'groups', groupId);
    changed(call, 'application-group', action, instance(assignment, call));
    return jsonResponse(200, show(assignment, call));
  }

  const endpoints = resourceEndpoints<Assignment>(
    {
      path: `${path}/groups`,
      id: 'groupId',
      scope: 'okta.apps',
      find: (call) => itemOf(applicationOf(call).groups, call.params.groupId, 'ApplicationGroupAssignment'),
      show,
      what: 'application-group',
      instance,
      list: (call) => applicationOf(call).groups,
      remove(call, assignment) {
        const application = applicationOf(call);
        application.groups = without(application.groups, assignment);
      },
    },
    changed,
  );
  return [
    ...endpoints,
    { method: 'PUT', path: `${path}/groups/{groupId}`, scope: 'okta.apps.manage', respond: assign },
  ];
}

function userEndpoints(parts: EndpointParts): readonly Endpoint[] {
  const { origin, state, changed } = parts;
  const applicationOf = applicationFinder(parts);
  const show = ({ id, created, lastUpdated, profile }: Assignment, call: ApiCall): Body => ({
    id,
    created,
    lastUpdated,
    profile,
    scope: 'USER',
    status: 'ACTIVE',
    syncState: 'DISABLED',
    credentials: { userName: state.users.find(id)?.login },
    _links: {
      app: { href: `${origin}/api/v1/apps/${applicationOf(call).id}` },
      user: { href: `${origin}/api/v1/users/${id}` },
    },
  });

  function assign(call: ApiCall) {
    const application = applicationOf(call);
    const userId = String(call.body.id ?? '');
    const user = found(state.users.find(userId), userId, 'User');
    const { assignment, action } = storeAssignment(parts, call, application, 'users', user.id);
    const of = applicationInstance(application);
    const instance = { id: user.id, name: userName(user), alternateId: user.login, of };
    changed(call, 'application-user', action, instance);
    return jsonResponse(200, show(assignment, call));
  }

  const endpoints = resourceEndpoints<Assignment>(
    {
      path: `${path}/users`,
      id: 'userId',
      scope: 'okta.apps',
      find: (call) => itemOf(applicationOf(call).users, call.params.userId, 'AppUser'),
      show,
      what: 'application-user',
      instance({ id }, call) {
        const user = state.users.find(id);
        return { id, name: user ? userName(user) : id, of: applicationInstance(applicationOf(call)) };
      },
      list: (call) => applicationOf(call).users,
      remove(call, assignment) {
        const application = applicationOf(call);
        application.users = without(application.users, assignment);
      },
    },
    changed,
  );
  return [...endpoints, { method: 'POST', path: `${path}/users`, scope: 'okta.apps.manage', respond: assign }];
}
