import { oktaId } from './org.ts';

/** A JSON object of the API. */
export type Body = Readonly<Record<string, unknown>>;

/** A JSON object that the org keeps. Times are in ISO 8601. */
export interface Stored extends Body {
  readonly id: string;
  readonly status?: string;
  readonly created: string;
  readonly lastUpdated: string;
}

/** When everything was made that the org has from its start. */
export const seededAt = '2024-01-15T09:30:00.000Z';

/** Objects of one kind, in an order that matters where they have priorities. */
export function createDocuments(prefix: string, now: () => number, seeds: readonly Stored[] = []) {
  const items = [...seeds];
  const time = () => new Date(now()).toISOString();
  const indexOf = (id: string) => items.findIndex((item) => item.id === id);

  /** The place of an item with a priority: before its present holder, and before Okta's own last items. */
  function place(item: Stored, index: number | undefined): void {
    const last = items.findIndex(({ system }) => system === true);
    const end = last < 0 ? items.length : last;
    items.splice(Math.max(0, Math.min(index ?? end, end)), 0, item);
  }

  return {
    list: (): readonly Stored[] => items,
    find: (id: string): Stored | undefined => items[indexOf(id)],

    add(body: Body, index?: number): Stored {
      const item = { ...body, id: oktaId(prefix), created: time(), lastUpdated: time() };
      place(item, index);
      return item;
    },

    /** Replaces what an item has besides its id. It moves if an index is given. */
    replace(id: string, body: Body, index?: number): Stored {
      const [before] = items.splice(indexOf(id), 1);
      if (!before) throw new Error(`There is no ${id}.`);
      const item = { ...body, id, created: before.created, lastUpdated: time() };
      if (before.system === true) items.push(item);
      else place(item, index ?? 0);
      return item;
    },

    remove(id: string): void {
      const index = indexOf(id);
      if (index >= 0) items.splice(index, 1);
    },

    indexOf,
  };
}

export type Documents = ReturnType<typeof createDocuments>;

/** The member of a JSON object, if it is one itself. Otherwise an empty object. */
export function objectAt(body: Body, name: string): Body {
  const value = body[name];
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Body) : {};
}

/** Returns the texts of a list in a JSON object. Empty without a list. */
export function textsAt(body: Body, name: string): readonly string[] {
  const value = body[name];
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : [];
}
