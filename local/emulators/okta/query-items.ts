import type { EnvelopeCode } from './error-responses.ts';
import type { Collection, Item } from './management-data.ts';
import { FilterError, parseFilter } from './scim-filter.ts';

/** A query that the API refuses, with its error code and, as the message, the cause. */
export class InvalidQuery extends Error {
  readonly errorCode: EnvelopeCode;

  constructor(errorCode: EnvelopeCode, cause: string) {
    super(cause);
    this.errorCode = errorCode;
  }
}

const dayMs = 86_400_000;

/** One page of the items that a query selects, and the cursor of the next page if there may be one. */
export function queryItems(
  items: readonly Item[],
  query: URLSearchParams,
  { searched, type }: Pick<Collection, 'searched' | 'type'>,
  limit: number,
): { readonly found: readonly Item[]; readonly next?: string } {
  const isLog = type === 'LogEvent';
  const conditions = [
    ...['filter', 'search'].flatMap((name) => conditionOf(query.get(name))),
    ...textCondition(query.get('q'), searched),
    ...(isLog ? [periodCondition(query)] : []),
  ];
  const selected = items.filter((item) => conditions.every((condition) => condition(item)));
  if (isLog && query.get('sortOrder') === 'DESCENDING') selected.reverse();
  const start = startOf(selected, query.get('after'));
  const found = selected.slice(start, start + limit);
  const isPolled = isLog && !query.has('until') && query.get('sortOrder') !== 'DESCENDING';
  const hasNext = selected.length > start + limit || isPolled;
  return { found, ...(hasNext && { next: cursorOf(found.at(-1)) ?? query.get('after') ?? noItem }) };
}

/** The cursor of a page after nothing. */
const noItem = 'none';

function startOf(selected: readonly Item[], after: string | null): number {
  if (after === null || after === noItem) return 0;
  const index = selected.findIndex((item) => cursorOf(item) === after);
  if (index < 0) throw new InvalidQuery('E0000029', 'Invalid cursor.');
  return index + 1;
}

function cursorOf(item: Item | undefined): string | undefined {
  const key = item?.id ?? item?.uuid ?? item?.kid;
  return key === undefined ? undefined : String(key);
}

function conditionOf(expression: string | null) {
  if (expression === null) return [];
  try {
    return [parseFilter(expression)];
  } catch (error) {
    if (error instanceof FilterError) throw new InvalidQuery('E0000031', error.message);
    throw error;
  }
}

/** The log is searched for all words in any place, other collections for one text at the beginning of some attributes. */
function textCondition(text: string | null, searched: Collection['searched']) {
  if (text === null) return [];
  if (searched === 'everything') {
    const words = text.toLowerCase().split(/\s+/);
    return [(item: Item) => words.every((word) => JSON.stringify(item).toLowerCase().includes(word))];
  }
  const value = JSON.stringify(text);
  return [parseFilter(searched.map((path) => `${path} sw ${value}`).join(' or '))];
}

/** The log's events since seven days before the end, or since and until the given times. */
function periodCondition(query: URLSearchParams) {
  const until = timeOf(query, 'until') ?? Number.POSITIVE_INFINITY;
  const since = timeOf(query, 'since') ?? Math.min(until, Date.now()) - 7 * dayMs;
  return ({ published }: Item) => {
    const time = Date.parse(String(published));
    return time >= since && time < until;
  };
}

function timeOf(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new InvalidQuery('E0000001', `${name}: must be a time as in ISO 8601.`);
  return time;
}
