import { randomBytes } from 'node:crypto';
import { ApiError, found, invalid } from './api-error.ts';
import { type Body, objectAt, textsAt } from './documents.ts';
import { emptyResponse, jsonResponse } from './http-message.ts';
import type { ApiCall, Endpoint } from './management-endpoint.ts';
import type { EndpointParts } from './management-endpoints.ts';
import { oktaId } from './org.ts';
import { factorItem, userItem } from './user-items.ts';
import { profileNames, type User, type UserStatus, userName } from './users.ts';

/** The attributes of a profile that a user of the emulator has by themselves. */
const ownNames = ['login', 'email', 'firstName', 'lastName', 'locale', 'department', 'costCenter'] as const;
const requiredNames = ['login', 'email', 'firstName', 'lastName'] as const;

/** The password policy of a new org. https://developer.okta.com/docs/concepts/policies/#password-policies */
const passwordRules = [/.{8}/, /[a-z]/, /[A-Z]/, /\d/];
const passwordText =
  'Password requirements were not met. Password requirements: at least 8 characters, a lowercase letter, an uppercase letter, a number, no parts of your username.';

/** Which status an operation needs, which it leads to, and how it is logged. */
const operations = {
  activate: { from: ['STAGED', 'DEPROVISIONED'], to: 'ACTIVE', otherwise: 'E0000016' },
  deactivate: { from: undefined, to: 'DEPROVISIONED', otherwise: 'E0000007' },
  suspend: { from: ['ACTIVE'], to: 'SUSPENDED', otherwise: 'E0000001' },
  unsuspend: { from: ['SUSPENDED'], to: 'ACTIVE', otherwise: 'E0000001' },
  unlock: { from: ['LOCKED_OUT'], to: 'ACTIVE', otherwise: 'E0000038' },
} as const satisfies Record<string, { from: readonly UserStatus[] | undefined; to: UserStatus; otherwise: string }>;

/** Makes, changes and deletes users, and enrolls the codes that they sign in with. */
export function userEndpoints({ origin, state, changed, checkCode }: EndpointParts): readonly Endpoint[] {
  const { users, groups, applications, now } = state;
  const time = () => new Date(now()).toISOString();
  const find = ({ userId = '' }: ApiCall['params']): User => found(users.find(userId), userId, 'User');
  const instance = (user: User) => ({ id: user.id, name: userName(user), alternateId: user.login });

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
    const login = String(profile.login);
    const password = passwordOf(body, login);
    const groupIds = textsAt(body, 'groupIds');
    for (const id of groupIds) found(groups.find(id), id, 'UserGroup');
    const isActive = request.query.get('activate') !== 'false';
    const at = time();
    const user = {
      ...{ factors: [], factorMode: '1FA', access: 'ALLOW', assigned: true, created: at, lastUpdated: at },
      ...{ id: oktaId('00u'), status: !isActive ? 'STAGED' : password === undefined ? 'PROVISIONED' : 'ACTIVE' },
      ...profile,
      ...(password !== undefined && { password }),
    } as User;
    users.add(user);
    changed(call, 'user', 'create', instance(user));
    if (isActive) changed(call, 'user', 'activate', instance(user));
    for (const id of groupIds) {
      groups.addMember(id, user.id);
      changed(call, 'group-member', 'create', {
        ...instance(user),
        of: { id, name: groups.find(id)?.profile.name ?? id },
      });
    }
    return jsonResponse(200, userItem(user, origin));
  }

  /** POST changes what it has, PUT replaces the profile. */
  const update = (replaces: boolean) => (call: ApiCall) => {
    const user = find(call.params);
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
    const after = find({ userId: user.id });
    if (isOther) changed(call, 'user', 'update', instance(after));
    if (password !== undefined) changed(call, 'user', 'reset password of', instance(after));
    return jsonResponse(200, userItem(after, origin));
  };

  const operate = (name: keyof typeof operations) => (call: ApiCall) => {
    const user = find(call.params);
    const { from, to, otherwise } = operations[name];
    const allowed: readonly UserStatus[] | undefined = from;
    if (allowed && !allowed.includes(user.status)) throw new ApiError(otherwise, [], { detail: name });
    const status = name === 'activate' && user.password === undefined ? 'PROVISIONED' : to;
    if (user.status === status) return jsonResponse(200, {});
    users.edit(user.id, { status, lastUpdated: time() });
    if (status === 'DEPROVISIONED') leave(user);
    changed(call, 'user', name, instance(user));
    return jsonResponse(200, {});
  };

  /** A user who is deactivated is in no group and has no application. */
  function leave({ id }: User): void {
    groups.forget(id);
    applications.forget(id);
  }

  /** Trap: the first deletion deactivates a user, the second one deletes. */
  function remove(call: ApiCall) {
    const user = find(call.params);
    if (user.status !== 'DEPROVISIONED') {
      operate('deactivate')(call);
      return emptyResponse(204);
    }
    leave(user);
    users.remove(user.id);
    changed(call, 'user', 'delete', instance(user));
    return emptyResponse(204);
  }

  const factorOf = (user: User, { factorId = '' }: ApiCall['params']) =>
    found(
      user.factors.find(({ id }) => id === factorId),
      factorId,
      'UserFactor',
    );

  function enroll(call: ApiCall) {
    const user = find(call.params);
    const { factorType, provider } = call.body;
    if (factorType !== 'token:software:totp' || (provider !== 'GOOGLE' && provider !== 'OKTA')) {
      throw new Error('The emulator enrolls time-based codes only: token:software:totp of GOOGLE or OKTA.');
    }
    if (user.factors.some((one) => one.provider === provider && one.status === 'ACTIVE')) {
      throw invalid('factorEnrollRequest', 'A factor of this type is already set up.');
    }
    const factor = {
      id: oktaId('uft'),
      provider,
      secret: base32(randomBytes(20)),
      status: 'PENDING_ACTIVATION',
    } as const;
    users.edit(user.id, { factors: [...user.factors.filter((one) => one.provider !== provider), factor] });
    return jsonResponse(200, factorItem(user, factor, origin, 'secret'));
  }

  function activateFactor(call: ApiCall) {
    const user = find(call.params);
    const factor = factorOf(user, call.params);
    if (factor.status !== 'PENDING_ACTIVATION') throw invalid('factor', 'The factor is already active.');
    const active = { ...factor, status: 'ACTIVE' } as const;
    if (checkCode(active, String(call.body.passCode ?? '')) !== 'accepted') throw new ApiError('E0000068');
    users.edit(user.id, { factors: user.factors.map((one) => (one.id === factor.id ? active : one)) });
    changed(call, 'factor', 'activate', instance(user));
    return jsonResponse(200, factorItem(user, active, origin));
  }

  function removeFactor(call: ApiCall) {
    const user = find(call.params);
    const factor = factorOf(user, call.params);
    users.edit(user.id, { factors: user.factors.filter(({ id }) => id !== factor.id) });
    if (factor.status !== 'PENDING_ACTIVATION') changed(call, 'factor', 'delete', instance(user));
    return emptyResponse(204);
  }

  const at = '/api/v1/users/{userId}';
  const [read, scope] = ['okta.users.read', 'okta.users.manage'];
  return [
    { method: 'POST', path: '/api/v1/users', scope, respond: create },
    { method: 'POST', path: at, scope, respond: update(false) },
    { method: 'PUT', path: at, scope, respond: update(true) },
    { method: 'DELETE', path: at, scope, respond: remove },
    ...(Object.keys(operations) as (keyof typeof operations)[]).map(
      (name): Endpoint => ({ method: 'POST', path: `${at}/lifecycle/${name}`, scope, respond: operate(name) }),
    ),
    {
      ...{ method: 'GET', path: `${at}/factors`, scope: read },
      respond: ({ params }) =>
        jsonResponse(
          200,
          find(params).factors.map((factor) => factorItem(find(params), factor, origin)),
        ),
    },
    {
      ...{ method: 'GET', path: `${at}/factors/{factorId}`, scope: read },
      respond: ({ params }) => jsonResponse(200, factorItem(find(params), factorOf(find(params), params), origin)),
    },
    { method: 'POST', path: `${at}/factors`, scope, respond: enroll },
    { method: 'POST', path: `${at}/factors/{factorId}/lifecycle/activate`, scope, respond: activateFactor },
    { method: 'DELETE', path: `${at}/factors/{factorId}`, scope, respond: removeFactor },
  ];
}

/** RFC 4648, 6. The length is a multiple of five bytes, so there is no padding. */
function base32(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{5}/g) ?? [])
    .map((group) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[Number.parseInt(group, 2)])
    .join('');
}
