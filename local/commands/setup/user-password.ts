import { Redacted } from '../../../functions/model/redacted.ts';
import { at, type Json } from './json.ts';
import type { OktaApi } from './okta-api.ts';
import { idOf } from './okta-resource.ts';
import type { Context, Found, Resource } from './resource.ts';
import { makePassword } from './secret-resource.ts';

/**
 * A user by its login. Okta finds one that is deactivated only by a search.
 *
 * Trap: Okta refuses a proof of possession for a path that has percent-encoded characters, so the login must need none.
 */
export async function findUser(okta: OktaApi, login: string): Promise<Json | undefined> {
  const user = await okta.get(`/api/v1/users/${login}`, 'users');
  if (user) return user;
  const search = encodeURIComponent(`profile.login eq "${login}"`);
  const found = await okta.list(`/api/v1/users?search=${search}`, 'users');
  return found.find((item) => at(item, 'profile', 'login') === login);
}

/** Returns when a user's password was last changed according to Okta, or that the user has none. */
const changeOf = (user: Json | undefined): string => (user ? String(user.passwordChanged) : 'no user');

/**
 * The password of the test user: in a secret first, then in Okta.
 *
 * Okta cannot be asked whether a password is right. So the secret says in `pending` what Okta last told of the password
 * before it was to be changed, until it is known that Okta has it. An interrupted set-up finds that out by this mark.
 */
export function userPassword(login: string, without: string) {
  const isPending = ({ found }: Context) => found.get('user-secret')?.secret?.reveal().pending;
  const isSet = (context: Context) =>
    isPending(context) !== changeOf(context.found.get('user')?.body) && context.found.has('user');

  async function finish({ found, store }: Context, secret: Found): Promise<Found> {
    const { pending, ...others } = secret.secret?.reveal() ?? {};
    await store.write(secret.id, others);
    found.set('user-secret', { ...secret, secret: new Redacted<Json>(others) });
    return { id: 'password', isOwn: true, body: {} };
  }

  const resource: Resource = {
    ...{
      id: 'user-password',
      kind: 'password',
      name: 'of the test user',
      without,
      needs: ['user', 'user-secret'],
      within: ['user'],
    },
    purpose: 'the user has the password of the secret',
    desired: () => ({}),
    differences: () => [],

    async find(context) {
      const isDone = context.found.has('user-secret') && context.found.has('user') && isPending(context) === undefined;
      return isDone ? { id: 'password', isOwn: true, body: {} } : undefined;
    },

    async create(context) {
      const secret = context.found.get('user-secret');
      if (!secret) throw new Error('unreachable: a password without a secret');
      if (!isSet(context)) {
        const body = { credentials: { password: { value: secret.secret?.reveal().password } } };
        await context.okta.send('POST', `/api/v1/users/${idOf(context, 'user')}`, 'users', body);
      }
      return finish(context, secret);
    },

    async update(_, found) {
      return found;
    },
  };

  return {
    resource,
    newSecret: async ({ okta }: Context): Promise<Json> => ({
      ...{ password: makePassword(), pending: changeOf(await findUser(okta, login)) },
    }),
    /** The password for the user's creation. */
    credentials: async ({ found }: Context): Promise<Json> => ({
      credentials: { password: { value: found.get('user-secret')?.secret?.reveal().password } },
    }),
  };
}
