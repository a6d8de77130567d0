import { at, type Json } from './json.ts';
import { makePassword } from './keys.ts';
import { idOf } from './okta-resource.ts';
import type { Context, Resource } from './resource.ts';

/**
 * The password of the test user: in a secret first, then in Okta. Okta cannot be asked whether a password is right, so the
 * secret says `pending` until Okta has it.
 */
export const passwordResource = {
  newSecret: async (): Promise<Json> => ({ password: makePassword(), pending: true }),

  /** What the user is created with. */
  async credentials({ found }: Context): Promise<Json> {
    return { credentials: { password: { value: at(found.get('user-secret')?.body, 'password') } } };
  },

  of: (without: string): Resource => ({
    ...{ id: 'user-password', kind: 'password', name: 'of the test user', without, needs: ['user', 'user-secret'] },
    purpose: 'the user has the password of the secret',
    desired: () => ({}),
    differences: () => [],

    async find({ found }) {
      const secret = found.get('user-secret');
      const isSet = secret !== undefined && found.has('user') && secret.body.pending === undefined;
      return isSet ? { id: 'password', isOwn: true, body: {} } : undefined;
    },

    async create(context) {
      const { created, found, okta, store } = context;
      const secret = found.get('user-secret');
      if (!secret) throw new Error('unreachable: a password without a secret');
      let { password } = secret.body;
      if (!created.has('user')) {
        // Okta may have this password already, and refuses one that was used before. So it gets a new one.
        password = makePassword();
        await store.write(secret.id, { ...secret.body, password, pending: true });
        const body = { credentials: { password: { value: password } } };
        await okta.send('POST', `/api/v1/users/${idOf(context, 'user')}`, 'users', body);
      }
      const { pending, ...others } = secret.body;
      const body = { ...others, password };
      await store.write(secret.id, body);
      found.set('user-secret', { ...secret, body });
      return { id: 'password', isOwn: true, body: {} };
    },

    async update(_, found) {
      return found;
    },
  }),
};
