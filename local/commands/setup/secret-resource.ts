import { randomBytes } from 'node:crypto';
import { exportJWK, generateKeyPair } from 'jose';
import { Redacted } from '../../../functions/model/redacted.ts';
import type { Json } from './json.ts';
import { CannotMake, type Context, type Found, type Resource } from './resource.ts';

/** A secret as data. */
export interface SecretDefinition extends Pick<Resource, 'id' | 'kind' | 'name' | 'purpose' | 'without' | 'needs'> {
  /** The member that it must have. A secret without it was changed by someone else, and gets a new value. */
  readonly member: string;
  make(context: Context): Promise<Json>;
}

/** A secret that is made once, and then stays as it is until a rotation. */
export function secretResource({ make, member, ...definition }: SecretDefinition): Resource {
  const { name } = definition;
  return {
    ...definition,
    desired: () => ({}),
    differences: () => [],
    async find({ store }) {
      const stored = await store.find(name);
      if (!stored) return undefined;
      if (stored.isDeleted && !stored.isOwn)
        throw new CannotMake(
          `A secret of this name without the mark is scheduled for deletion in ${store.name}.`,
          'Wait until it is gone, or set up under another name: --org.',
        );
      // It is restored, with a new value.
      if (stored.isDeleted || (stored.isOwn && stored.value?.reveal()[member] === undefined)) return undefined;
      return { id: name, isOwn: stored.isOwn, body: {}, ...(stored.value && { secret: stored.value }) };
    },
    async create(context) {
      const secret = await make(context);
      await context.store.write(name, secret);
      return { id: name, isOwn: true, body: {}, secret: new Redacted(secret) };
    },
    async update(_, found: Found) {
      return found;
    },
    remove: ({ store }) => store.remove(name),
    removal: 'delete at once, without a recovery window',
  };
}

/**
 * Makes a key pair as Okta's own console does: RSA of 2048 bits for RS256, as a JWK with a `kid`. The result is private.
 * https://developer.okta.com/docs/guides/implement-oauth-for-okta-serviceapp/main/
 */
export async function makeKey(): Promise<Json> {
  const { privateKey } = await generateKeyPair('RS256', { modulusLength: 2048, extractable: true });
  return { ...(await exportJWK(privateKey)), use: 'sig', alg: 'RS256', kid: randomBytes(16).toString('base64url') };
}

/** The public half of a key, by the members that it may have. A private member can never be among them. */
export function publicHalf(key: Json): Json {
  const { kty, use, alg, kid, n, e } = key;
  return { kty, use, alg, kid, n, e };
}

/**
 * A password that Okta's default policy and most stricter ones accept: 40 characters with all four classes.
 *
 * The last four are there for their classes. What cannot be guessed is the 27 bytes before them.
 */
export function makePassword(): string {
  return `${randomBytes(27).toString('base64url')}aA1!`;
}
