import { at, type Difference, differences, type Json, knownLater, overlay } from './json.ts';
import type { WriteMethod } from './okta-api.ts';
import type { AreaName } from './refusals.ts';
import { CannotMake, type Context, changedMeanwhile, type Found, type Resource } from './resource.ts';

/** A resource of the management API as data. */
export interface OktaDefinition {
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  readonly purpose: string;
  readonly without: string;
  readonly needs: readonly string[];
  /** The model in Okta's API: `OpenIdConnectApplication`. Tests compare bodies with it. */
  readonly type: string;
  readonly area: AreaName;
  /** The resources whose ids are in the path. While one does not exist, this does not either. */
  readonly within?: readonly string[];
  /** Where the list is, and where a new one is posted. */
  collection(context: Context): string;
  /** Narrows the list down. Trap: Okta's search is by prefix, so `isIt` decides. */
  readonly query?: string;
  /** Added to the path of the POST. */
  readonly createQuery?: string;
  isIt(item: Json, context: Context): boolean;
  /** By default it is, because it is within something that is. */
  isOwn?(item: Json): boolean;
  desired(context: Context, found?: Found): Json;
  /** Members that are sent only when it is created, such as a password. */
  secretMembers?(context: Context): Promise<Json>;
  /** How it is created if not by a POST to the collection. */
  creation?(context: Context): Creation;
  /** How it is changed. By default with a PUT of all that was found. */
  readonly change?: 'replace' | 'merge' | 'none';
  /** How it is found if not in the list of the collection. */
  find?(context: Context): Promise<Json | undefined>;
  /** How it is removed. By default it is deleted with its parent. */
  readonly removal?: 'delete' | 'deactivate, then delete' | 'delete twice';
}

interface Creation {
  readonly method: WriteMethod;
  readonly path: string;
  /** The path says it all. */
  readonly hasNoBody?: boolean;
}

/** Members that Okta sets, and that a PUT need not repeat. */
const readOnly: readonly string[] = ['id', 'status', 'created', 'lastUpdated', '_links', '_embedded', 'orn', 'system'];

interface Removal {
  /** The first request, which makes it inactive. */
  readonly deactivate?: readonly [WriteMethod, string];
  /** The status that it has then. */
  readonly inactive?: string;
}

/** Okta deletes only inactive resources. A removal that was interrupted in between continues there. */
const removals: Readonly<Record<NonNullable<OktaDefinition['removal']>, Removal>> = {
  delete: {},
  'deactivate, then delete': { deactivate: ['POST', '/lifecycle/deactivate'], inactive: 'INACTIVE' },
  // The first DELETE deactivates a user: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/User/
  'delete twice': { deactivate: ['DELETE', ''], inactive: 'DEPROVISIONED' },
};

export function oktaResource(definition: OktaDefinition): Resource {
  const { id, kind, name, purpose, without, needs, area, removal, change = 'replace' } = definition;
  const { isOwn = () => true, within = [], isIt } = definition;
  const foundOf = (item: Json): Found => ({ id: String(item.id), isOwn: isOwn(item), body: item });
  const itemPath = (context: Context, { id }: Pick<Found, 'id'>) => {
    // An id of `..` would change the path.
    if (!/^[\w-]{1,100}$/.test(id)) throw new CannotMake('Its id is none of Okta.', 'Look at it in Okta.');
    return `${definition.collection(context)}/${id}`;
  };

  /** By its id, because lists and searches of Okta may be behind. */
  const verify = async (context: Context, { id }: Found): Promise<boolean> => {
    const item = await context.okta.get(itemPath(context, { id }), area);
    if (!item) return false;
    if (item.id !== id || !isIt(item, context)) throw changedMeanwhile('it has another name');
    if (!isOwn(item)) throw changedMeanwhile('it lacks the mark of this set-up');
    return true;
  };

  return {
    ...{ id, kind, name, purpose, without, needs, within, ...(definition.isOwn && { verify }) },
    okta: { type: definition.type },
    desired: (context, found) => definition.desired(context, found),

    async find(context) {
      if (within.some((parent) => !context.found.has(parent))) return undefined;
      const list = definition.find
        ? [await definition.find(context)].filter((item) => item !== undefined)
        : await context.okta.list(`${definition.collection(context)}${definition.query ?? ''}`, area);
      return choose(list.filter((item) => definition.isIt(item, context)).map(foundOf));
    },

    differences: (context, found) => differencesOf(found, definition.desired(context, found)),

    async create(context) {
      const desired = definition.desired(context);
      const creation: Creation = definition.creation?.(context) ?? {
        ...{ method: 'POST', path: `${definition.collection(context)}${definition.createQuery ?? ''}` },
      };
      const body = overlay(desired, (await definition.secretMembers?.(context)) ?? {});
      const { method, path, hasNoBody = false } = creation;
      const made = await context.okta.send(method, path, area, hasNoBody ? undefined : body);
      return { id: String(made.id ?? ''), isOwn: true, body: made };
    },

    async update(context, found) {
      if (change === 'none') throw new Error(`unreachable: ${id} is never changed`);
      const desired = definition.desired(context, found);
      if (isInactive(found)) {
        await context.okta.send('POST', `${itemPath(context, found)}/lifecycle/activate`, area);
        if (differences(found.body, desired).length === 0) return found;
      }
      const whole = Object.fromEntries(
        Object.entries(overlay(found.body, desired)).filter(([member]) => !readOnly.includes(member)),
      );
      const body = change === 'merge' ? desired : whole;
      const method = change === 'merge' ? 'POST' : 'PUT';
      return foundOf({ id: found.id, ...(await context.okta.send(method, itemPath(context, found), area, body)) });
    },

    ...(removal && {
      removal,
      async remove(context, found) {
        const { deactivate, inactive } = removals[removal];
        const path = itemPath(context, found);
        const requests: readonly (readonly [WriteMethod, string])[] = [
          ...(deactivate && found.body.status !== inactive ? [deactivate] : []),
          ['DELETE', ''],
        ];
        for (const [method, rest] of requests) {
          if (!(await verify(context, found))) return;
          await context.okta.send(method, `${path}${rest}`, area);
        }
      },
    }),
  };

  function differencesOf(found: Found, desired: Json): readonly Difference[] {
    if (change === 'none') return [];
    if (removal === 'delete twice' && isInactive(found))
      throw new CannotMake(
        'It was deactivated, so it has lost its groups and its password.',
        'Run npm run setup -- --remove, which finishes that, and then this again.',
      );
    const status = isInactive(found) ? [{ path: 'status', from: String(found.body.status), to: 'ACTIVE' }] : [];
    return [...status, ...differences(found.body, desired)];
  }

  function isInactive({ body }: Found): boolean {
    return (
      removal !== undefined && removals[removal].inactive !== undefined && body.status === removals[removal].inactive
    );
  }
}

/** Prefers the one with the mark of this set-up. Throws if several have it. */
function choose(found: readonly Found[]): Found | undefined {
  const own = found.filter(({ isOwn }) => isOwn);
  if (own.length <= 1) return own[0] ?? found[0];
  throw new CannotMake(
    `There are ${own.length} with this name and this mark (${own.map(({ id }) => id).join(', ')}).`,
    'Delete all but the one that the configuration names, and run it again.',
  );
}

/** The id of a resource, or what stands for one that is not known yet. */
export function idOf({ found }: Context, resource: string): string {
  return found.get(resource)?.id ?? knownLater;
}

/** Whether a link of an item ends with an id: `_links.accessPolicy.href`. */
export function linksTo(item: Json, link: string, id: string): boolean {
  const href = at(item, '_links', link, 'href');
  return typeof href === 'string' && href.endsWith(`/${id}`);
}
