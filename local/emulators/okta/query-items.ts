import { ApiError } from './api-error.ts';
import type { Collection, Item } from './management-data.ts';
import { FilterError, parseFilter } from './scim-filter.ts';

/** One page of the items that a query selects, and the cursor of the next page if there may be one. */
export function queryItems(
  items: readonly Item[],
  query: URLSearchParams,
  { searched }: Pick<Collection, 'searched'>,
  limit: number,
): { readonly found: readonly Item[]; readonly next?: string } {
  const conditions = [
    ...['filter', 'search'].flatMap((name) => conditionOf(query.get(name))),
    ...textCondition(query.get('q'), searched),
  ];
  const selected = items.filter((item) => conditions.every((condition) => condition(item)));
  const start = startOf(selected, query.get('after'));
  const found = selected.slice(start, start + limit);
  const next = selected.length > start + limit ? cursorOf(found.at(-1)) : undefined;
  return { found, ...(next !== undefined && { next }) };
}

function startOf(selected: readonly Item[], after: string | null): number {
  if (after === null) return 0;
  const index = selected.findIndex((item) => cursorOf(item) === after);
  if (index < 0) throw new ApiError('E0000029', 'Invalid cursor.');
  return index + 1;
}

function cursorOf(item: Item | undefined): string | undefined {
  const key = item?.id ?? item?.kid;
  return key === undefined ? undefined : String(key);
}

function conditionOf(expression: string | null) {
  if (expression === null) return [];
  try {
    return [parseFilter(expression)];
  } catch (error) {
    if (error instanceof FilterError) throw new ApiError('E0000031', error.message);
    throw error;
  }
}

/** Some attributes are searched for one text at their beginning. */
function textCondition(text: string | null, searched: Collection['searched']) {
  if (text === null) return [];
  const value = JSON.stringify(text);
  return [parseFilter(searched.map((path) => `${path} sw ${value}`).join(' or '))];
}
