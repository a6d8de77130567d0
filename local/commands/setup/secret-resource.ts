import { Redacted } from '../../../functions/model/redacted.ts';
import type { Json } from './json.ts';
import { CannotMake, type Context, type Found, type Resource } from './resource.ts';

/** A secret as data. */
export interface SecretDefinition extends Pick<Resource, 'id' | 'kind' | 'name' | 'purpose' | 'without' | 'needs'> {
  /** The member that it must have. One without it has been changed by somebody, and gets a new value. */
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
