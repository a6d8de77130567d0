import { randomBytes } from 'node:crypto';
import { applicationItem } from './application-document.ts';
import { type Body, objectAt, seededAt, textsAt } from './documents.ts';
import { ApiError, found, invalid } from './error-responses.ts';
import { type Group, groupItem } from './groups.ts';
import { emptyResponse, jsonResponse } from './http-message.ts';
import { type ApiCall, type Endpoint, type EndpointParts, resourceEndpoints } from './management-resource.ts';
import { oktaId } from './org.ts';
import { type Factor, profileNames, type User, type UserStatus, userName } from './users.ts';

/** The attributes of a profile that a user of the emulator has by themselves. */
const ownNames = ['login', 'email', 'firstName', 'lastName', 'locale', 'department', 'costCenter'] as const;
const requiredNames = ['login', 'email', 'firstName', 'lastName'] as const;

/** The password policy of a new org. https://developer.okta.com/docs/concepts/policies/#password-policies */
const passwordRules = [/.{8}/, /[a-z]/, /[A-Z]/, /\d/];
const passwordText =
  'Password requirements were not met. Password requirements: at least 8 characters, a lowercase letter, an uppercase letter, a number, no parts of your username.';

/** The status that an operation needs, the one that it leads to, and the error for a user with another one. */
const operations = {
  activate: { from: ['STAGED', 'DEPROVISIONED'], to: 'ACTIVE', otherwise: 'E0000016' },
  deactivate: { from: undefined, to: 'DEPROVISIONED', otherwise: 'E0000007' },
  suspend: { from: ['ACTIVE'], to: 'SUSPENDED', otherwise: 'E0000001' },
  unsuspend: { from: ['SUSPENDED'], to: 'ACTIVE', otherwise: 'E0000001' },
  unlock: { from: ['LOCKED_OUT'], to: 'ACTIVE', otherwise: 'E0000038' },
} as const satisfies Record<string, { from: readonly UserStatus[] | undefined; to: UserStatus; otherwise: string }>;

const instanceOf = (user: User) => ({ id: user.id, name: userName(user), alternateId: user.login });
const groupInstance = ({ id, profile }: Group) => ({ id, name: profile.name });

/** Makes, changes and deletes users, and enrolls the codes that they sign in with. */
export function userEndpoints(parts: EndpointParts): readonly Endpoint[] {
  const { origin, state, changed } = parts;
  const { users, groups, applications, now } = state;
  const time = () => new Date(now()).toISOString();
  const find = ({ params: { userId = '' } }: ApiCall): User => found(users.find(userId), userId, 'User');

  /** The profile of a user after a change, or of a new one. */
  function profileOf(given: Body, own?: User): Partial<User> {
    const unknown = Object.keys(given).filter((name) => !profileNames.includes(name));
    if (unknown.length > 0) {
      throw invalid('newUser', ...unknown.map((name) => `Property name '${name}' is not defined in profile`));
    }
    const text = (name: string) => given[name] ?? (own as Body | undefined)?.[name];
    const missing = requiredNames.filter((name) => !text(name));
    if (missing.length > 0)
      throw invalid(String(missing[0]), ...missing.map((name) => `${name}: The field cannot be left blank`));
    if (!/^[^@\s]+@[^@\s]+$/.test(String(text('login')))) {
      throw invalid('login', 'login: Username must be in the form of an email address');
    }
    const taken = users.find(String(text('login')));
    if (taken && taken.id !== own?.id) {
      throw invalid('login', 'login: An object with this field already exists in the current organization');
    }
    const isOwn = (name: string) => (ownNames as readonly string[]).includes(name);
    const entries = Object.entries(given);
    return {
      ...Object.fromEntries(entries.filter(([name]) => isOwn(name))),
      attributes: { ...own?.attributes, ...Object.fromEntries(entries.filter(([name]) => !isOwn(name))) },
    };
  }

  function passwordOf(body: Body, login: string): string | undefined {
    const { value } = objectAt(objectAt(body, 'credentials'), 'password');
    if (value === undefined) return undefined;
    const password = String(value);
    const [name = ''] = login.toLowerCase().split('@');
    const hasName = name.split(/[._-]/).some((part) => part.length > 3 && password.toLowerCase().includes(part));
    if (hasName || !passwordRules.every((rule) => rule.test(password))) {
      throw invalid('password', `password: ${passwordText}`);
    }
    return password;
  }

  function create(call: ApiCall) {
    const { body, request } = call;
    const profile = profileOf(objectAt(body, 'profile'));
    const password = passwordOf(body, String(profile.login));
    const joined = textsAt(body, 'groupIds').map((id) => found(groups.find(id), id, 'UserGroup'));
    const isActive = request.query.get('activate') !== 'false';
    const at = time();
    const user = {
      factors: [],
      factorMode: '1FA',
      access: 'ALLOW',
      assigned: true,
      created: at,
      lastUpdated: at,
      id: oktaId('00u'),
      status: !isActive ? 'STAGED' : password === undefined ? 'PROVISIONED' : 'ACTIVE',
      ...profile,
      ...(password !== undefined && { password }),
    } as User;
    users.add(user);
    changed(call, 'user', 'create', instanceOf(user));
    if (isActive) changed(call, 'user', 'activate', instanceOf(user));
    for (const group of joined) {
      groups.addMember(group.id, user.id);
      changed(call, 'group-member', 'create', { ...instanceOf(user), of: groupInstance(group) });
    }
    return jsonResponse(200, userItem(user, origin));
  }

  /** POST changes the given attributes, PUT replaces the profile. */
  const update = (replaces: boolean) => (call: ApiCall) => {
    const user = find(call);
    const given = objectAt(call.body, 'profile');
    const profile = call.body.profile === undefined ? {} : profileOf(given, replaces ? undefined : user);
    const isOther = Object.entries(profile).some(
      ([name, value]) => JSON.stringify(value) !== JSON.stringify(user[name as keyof User] ?? {}),
    );
    const password = passwordOf(call.body, String(profile.login ?? user.login));
    users.edit(user.id, {
      ...profile,
      ...(password !== undefined && { password, passwordChanged: time() }),
      lastUpdated: time(),
    });
    const after = found(users.find(user.id), user.id, 'User');
    if (isOther) changed(call, 'user', 'update', instanceOf(after));
    if (password !== undefined) changed(call, 'user', 'reset password of', instanceOf(after));
    return jsonResponse(200, userItem(after, origin));
  };

  const operate = (name: keyof typeof operations) => (call: ApiCall) => {
    const user = find(call);
    const { from, to, otherwise } = operations[name];
    const allowed: readonly UserStatus[] | undefined = from;
    if (allowed && !allowed.includes(user.status)) throw new ApiError(otherwise, [], { detail: name });
    const status = name === 'activate' && user.password === undefined ? 'PROVISIONED' : to;
    if (user.status === status) return jsonResponse(200, {});
    users.edit(user.id, { status, lastUpdated: time() });
    if (status === 'DEPROVISIONED') leave(user);
    changed(call, 'user', name, instanceOf(user));
    return jsonResponse(200, {});
  };

  /** Takes a deactivated user out of all groups and applications. */
  function leave({ id }: User): void {
    groups.forget(id);
    applications.forget(id);
  }

  /** Trap: the first deletion deactivates a user, the second one deletes. */
  function remove(call: ApiCall) {
    const user = find(call);
    if (user.status !== 'DEPROVISIONED') {
      operate('deactivate')(call);
      return emptyResponse(204);
    }
    leave(user);
    users.remove(user.id);
    changed(call, 'user', 'delete', instanceOf(user));
    return emptyResponse(204);
  }

  const [path, scope] = ['/api/v1/users/{userId}', 'okta.users.manage'];
  return [
    { method: 'POST', path: '/api/v1/users', scope, respond: create },
    { method: 'POST', path, scope, respond: update(false) },
    { method: 'PUT', path, scope, respond: update(true) },
    { method: 'DELETE', path, scope, respond: remove },
    ...(Object.keys(operations) as (keyof typeof operations)[]).map(
      (name): Endpoint => ({ method: 'POST', path: `${path}/lifecycle/${name}`, scope, respond: operate(name) }),
    ),
    ...factorEndpoints(parts, find),
  ];
}

/** The time-based codes of a user. */
function factorEndpoints(
  { origin, state: { users }, changed, checkCode }: EndpointParts,
  find: (call: ApiCall) => User,
): readonly Endpoint[] {
  const factorOf = (user: User, { params: { factorId = '' } }: ApiCall) => {
    const factor = user.factors.find(({ id }) => id === factorId);
    return found(factor, factorId, 'UserFactor');
  };

  function enroll(call: ApiCall) {
    const user = find(call);
    const { factorType, provider } = call.body;
    if (factorType !== 'token:software:totp' || (provider !== 'GOOGLE' && provider !== 'OKTA')) {
      throw new Error('The emulator enrolls time-based codes only: token:software:totp of GOOGLE or OKTA.');
    }
    if (user.factors.some((factor) => factor.provider === provider && factor.status === 'ACTIVE')) {
      throw invalid('factorEnrollRequest', 'A factor of this type is already set up.');
    }
    const secret = base32(randomBytes(20));
    const factor = { id: oktaId('uft'), provider, secret, status: 'PENDING_ACTIVATION' } as const;
    users.edit(user.id, { factors: [...user.factors.filter((other) => other.provider !== provider), factor] });
    return jsonResponse(200, factorItem(user, factor, origin, 'secret'));
  }

  function activate(call: ApiCall) {
    const user = find(call);
    const factor = factorOf(user, call);
    if (factor.status !== 'PENDING_ACTIVATION') throw invalid('factor', 'The factor is already active.');
    const active = { ...factor, status: 'ACTIVE' } as const;
    if (checkCode(active, String(call.body.passCode ?? '')) !== 'accepted') throw new ApiError('E0000068');
    users.edit(user.id, { factors: user.factors.map((other) => (other.id === factor.id ? active : other)) });
    changed(call, 'factor', 'activate', instanceOf(user));
    return jsonResponse(200, factorItem(user, active, origin));
  }

  function remove(call: ApiCall) {
    const user = find(call);
    const factor = factorOf(user, call);
    users.edit(user.id, { factors: user.factors.filter(({ id }) => id !== factor.id) });
    if (factor.status !== 'PENDING_ACTIVATION') changed(call, 'factor', 'delete', instanceOf(user));
    return emptyResponse(204);
  }

  const path = '/api/v1/users/{userId}/factors';
  const scope = 'okta.users.manage';
  const readers = resourceEndpoints<Factor>(
    {
      path,
      id: 'factorId',
      scope: 'okta.users',
      find: (call) => factorOf(find(call), call),
      show: (factor, call) => factorItem(find(call), factor, origin),
      what: 'factor',
      instance: (_, call) => instanceOf(find(call)),
      list: (call) => find(call).factors,
    },
    changed,
  );
  return [
    ...readers,
    { method: 'POST', path, scope, respond: enroll },
    { method: 'POST', path: `${path}/{factorId}/lifecycle/activate`, scope, respond: activate },
    { method: 'DELETE', path: `${path}/{factorId}`, scope, respond: remove },
  ];
}

const maxName = 255;

/** Makes, changes and deletes groups and their memberships. */
export function groupEndpoints({ origin, state, changed }: EndpointParts): readonly Endpoint[] {
  const { groups, users, applications } = state;
  const find = ({ params: { groupId = '' } }: ApiCall): Group => found(groups.find(groupId), groupId, 'UserGroup');
  /** Okta's own groups cannot be changed. */
  const changeable = (call: ApiCall): Group => {
    const group = find(call);
    if (group.type === 'BUILT_IN') throw new ApiError('E0000006');
    return group;
  };

  function profileOf(body: Body, own?: Group): Group['profile'] {
    const profile = objectAt(body, 'profile');
    const { name } = profile;
    if (typeof name !== 'string' || name === '') throw invalid('name', 'name: The field cannot be left blank');
    if (name.length > maxName) throw invalid('name', `name: The field must be at most ${maxName} characters long.`);
    if (groups.list().some((group) => group.id !== own?.id && group.profile.name === name)) {
      throw invalid('name', 'name: An object with this field already exists in the current organization');
    }
    return { description: null, ...profile, name };
  }

  const setMember = (change: 'create' | 'delete') => (call: ApiCall) => {
    const group = changeable(call);
    const { userId = '' } = call.params;
    const user = found(users.find(userId), userId, 'User');
    if (groups.isMember(user.id, group.id) !== (change === 'create')) {
      if (change === 'create') groups.addMember(group.id, user.id);
      else groups.removeMember(group.id, user.id);
      changed(call, 'group-member', change, { ...instanceOf(user), of: groupInstance(group) });
    }
    return emptyResponse(204);
  };

  function appsOf(call: ApiCall) {
    const { id } = find(call);
    const assigned = applications.list().filter((application) => application.groups.some((group) => group.id === id));
    return jsonResponse(
      200,
      assigned.map((application) => applicationItem(application, origin)),
    );
  }

  const group = resourceEndpoints<Group>(
    {
      path: '/api/v1/groups',
      id: 'groupId',
      scope: 'okta.groups',
      find: changeable,
      show: (group) => groupItem(group, origin),
      what: 'group',
      instance: groupInstance,
      create: ({ body }) => groups.add(profileOf(body)),
      replace: ({ body }, group) => groups.update(group.id, profileOf(body, group)) ?? group,
      remove(_, { id }) {
        groups.remove(id);
        applications.forget(id);
      },
    },
    changed,
  );
  const [path, scope] = ['/api/v1/groups/{groupId}', 'okta.groups.manage'];
  return [
    ...group,
    { method: 'PUT', path: `${path}/users/{userId}`, scope, respond: setMember('create') },
    { method: 'DELETE', path: `${path}/users/{userId}`, scope, respond: setMember('delete') },
    { method: 'GET', path: `${path}/apps`, scope: 'okta.groups.read', respond: appsOf },
  ];
}

/** A user as the API shows it. https://developer.okta.com/docs/api/openapi/okta-management/management/tag/User/ */
export function userItem(user: User, origin: string) {
  const { id, login, email, firstName, lastName, status, created = seededAt, lastUpdated = created, ...rest } = user;
  const { passwordChanged = created } = user;
  const isActivated = status !== 'STAGED';
  return {
    ...{ id, status, created, activated: isActivated ? created : null, statusChanged: lastUpdated },
    ...{ lastLogin: user.created === undefined ? created : null, lastUpdated },
    passwordChanged: user.password === undefined && user.created !== undefined ? null : passwordChanged,
    type: { id: 'oty1default2user3typ' },
    profile: {
      ...{ firstName, lastName, mobilePhone: null, secondEmail: null, login, email },
      ...(rest.locale !== undefined && { locale: rest.locale }),
      ...(rest.department !== undefined && { department: rest.department }),
      ...(rest.costCenter !== undefined && { costCenter: rest.costCenter }),
      ...rest.attributes,
    },
    credentials: { password: {}, provider: { type: 'OKTA', name: 'OKTA' } },
    _links: { self: { href: `${origin}/api/v1/users/${id}` } },
  };
}

/** A factor as the API shows it. The secret is there only in the answer to its enrollment. */
function factorItem(user: User, factor: Factor, origin: string, shows?: 'secret') {
  const href = `${origin}/api/v1/users/${user.id}/factors/${factor.id}`;
  const { created = seededAt } = user;
  return {
    ...{ id: factor.id, factorType: 'token:software:totp', provider: factor.provider },
    ...{ vendorName: factor.provider, status: factor.status, created, lastUpdated: created },
    profile: { credentialId: user.login },
    _links: {
      self: { href },
      user: { href: `${origin}/api/v1/users/${user.id}` },
      ...(factor.status === 'PENDING_ACTIVATION' && { activate: { href: `${href}/lifecycle/activate` } }),
    },
    ...(shows && {
      _embedded: {
        // Trap: `keyLength` is the length of the secret. Codes have six digits.
        activation: { timeStep: 30, sharedSecret: factor.secret, encoding: 'base32', keyLength: factor.secret.length },
      },
    }),
  };
}

/** RFC 4648, 6. The length is a multiple of five bytes, so there is no padding. */
function base32(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{5}/g) ?? [])
    .map((group) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[Number.parseInt(group, 2)])
    .join('');
}
