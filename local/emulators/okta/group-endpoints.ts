import { ApiError, found, invalid } from './api-error.ts';
import { applicationItem } from './application-items.ts';
import { type Body, objectAt } from './documents.ts';
import { groupItem } from './group-items.ts';
import type { Group } from './groups.ts';
import { emptyResponse, jsonResponse } from './http-message.ts';
import type { ApiCall, Endpoint } from './management-endpoint.ts';
import type { EndpointParts } from './management-endpoints.ts';
import { userName } from './users.ts';

const maxName = 255;

/** Makes, changes and deletes groups, and says who is in them. */
export function groupEndpoints({ origin, state, changed }: EndpointParts): readonly Endpoint[] {
  const { groups, users, applications } = state;
  const find = ({ groupId = '' }: ApiCall['params']): Group => found(groups.find(groupId), groupId, 'UserGroup');
  /** Okta's own groups cannot be changed. */
  const changeable = ({ params }: ApiCall): Group => {
    const group = find(params);
    if (group.type === 'BUILT_IN') throw new ApiError('E0000006');
    return group;
  };
  const instance = ({ id, profile }: Group) => ({ id, name: profile.name });

  function profileOf(body: Body, own?: Group): Group['profile'] {
    const profile = objectAt(body, 'profile');
    const { name } = profile;
    if (typeof name !== 'string' || name === '') throw invalid('name', 'name: The field cannot be left blank');
    if (name.length > maxName) throw invalid('name', `name: The field must be at most ${maxName} characters long.`);
    if (groups.list().some((one) => one.id !== own?.id && one.profile.name === name)) {
      throw invalid('name', 'name: An object with this field already exists in the current organization');
    }
    return { description: null, ...profile, name };
  }

  function create(call: ApiCall) {
    const group = groups.add(profileOf(call.body));
    changed(call, 'group', 'create', instance(group));
    return jsonResponse(200, groupItem(group, origin));
  }

  function replace(call: ApiCall) {
    const group = changeable(call);
    const after = groups.update(group.id, profileOf(call.body, group)) ?? group;
    changed(call, 'group', 'update', instance(after));
    return jsonResponse(200, groupItem(after, origin));
  }

  function remove(call: ApiCall) {
    const group = changeable(call);
    groups.remove(group.id);
    applications.forget(group.id);
    changed(call, 'group', 'delete', instance(group));
    return emptyResponse(204);
  }

  const setMember = (change: 'create' | 'delete') => (call: ApiCall) => {
    const group = changeable(call);
    const { userId = '' } = call.params;
    const user = found(users.find(userId), userId, 'User');
    if (groups.isMember(user.id, group.id) !== (change === 'create')) {
      if (change === 'create') groups.addMember(group.id, user.id);
      else groups.removeMember(group.id, user.id);
      const member = { id: user.id, name: userName(user), alternateId: user.login, of: instance(group) };
      changed(call, 'group-member', change, member);
    }
    return emptyResponse(204);
  };

  function appsOf({ params }: ApiCall) {
    const { id } = find(params);
    const assigned = applications.list().filter((one) => one.groups.some((group) => group.id === id));
    return jsonResponse(
      200,
      assigned.map((application) => applicationItem(application, origin)),
    );
  }

  const [at, scope] = ['/api/v1/groups/{groupId}', 'okta.groups.manage'];
  return [
    { method: 'POST', path: '/api/v1/groups', scope, respond: create },
    { method: 'PUT', path: at, scope, respond: replace },
    { method: 'DELETE', path: at, scope, respond: remove },
    { method: 'PUT', path: `${at}/users/{userId}`, scope, respond: setMember('create') },
    { method: 'DELETE', path: `${at}/users/{userId}`, scope, respond: setMember('delete') },
    { method: 'GET', path: `${at}/apps`, scope: 'okta.groups.read', respond: appsOf },
  ];
}
