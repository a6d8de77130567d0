import { ApiError } from './error-responses.ts';
import { jsonResponse, type OktaRequest, type OktaResponse } from './http-message.ts';
import { type Condition, FilterError, parseFilter } from './scim-filter.ts';
import type { LogEntry, LogEvent, SystemLog } from './system-log.ts';

const dayMs = 86_400_000;
const defaultLimit = 100;
const maxLimit = 1000;
const retentionDays = 90;
const oldestSinceDays = 180;

/**
 * `GET /api/v1/logs`: the events that a query selects, and the links of its pages.
 *
 * There are two kinds of queries. One without an end, in ascending order, is polling: its events are in the order in
 * which they arrived, `since` is compared with that time too, and there is always a next page, which has what arrives
 * later. So a late event is on a later page, with an old `published`. Any other query is bounded: `since`, `until` and
 * the order are those of `published`, the last page has no next one, and an event that arrives late is missed.
 *
 * Trap: the links of a poll have `since` beside `after`, as recorded, though the documentation says that these exclude each
 * other. Then `after` decides.
 * https://developer.okta.com/docs/reference/system-log-query/
 */
export function createLogApi(origin: string, log: SystemLog, now: () => number) {
  return (request: OktaRequest): OktaResponse => {
    const query = parseQuery(request.query, now());
    const { events, next } = query.isPolled ? poll(log.entries(), query) : search(log.entries(), query);
    const link = (rel: string, after: string | null | undefined) => {
      const parameters = new URLSearchParams(request.query);
      parameters.set('limit', String(query.limit));
      parameters.delete('after');
      if (after) parameters.set('after', after);
      return `<${origin}${request.path}?${parameters}>; rel="${rel}"`;
    };
    const links = [link('self', request.query.get('after')), ...(next === undefined ? [] : [link('next', next)])];
    return jsonResponse(200, events, { link: links });
  };
}

interface LogQuery {
  readonly isPolled: boolean;
  readonly isDescending: boolean;
  readonly since: number;
  readonly until: number;
  readonly limit: number;
  readonly after: Position | undefined;
  readonly conditions: readonly Condition[];
  /** Events that happened before are no longer returned. */
  readonly keptSince: number;
}

/** A place between two events. In a link it is the time of the event before it and its number in the log. */
interface Position {
  readonly time: number;
  readonly sequence: number;
}

/** Reads on from the position, to the end of the page or of the log. */
function poll(entries: readonly LogEntry[], query: LogQuery) {
  const { limit, since, after } = query;
  const events: LogEvent[] = [];
  let index = firstIndex(entries, (entry) =>
    after ? isAfter({ time: entry.arrivedAt, sequence: entry.sequence }, after) : entry.arrivedAt >= since,
  );
  for (; index < entries.length && events.length < limit; index += 1) {
    const entry = entries[index];
    if (entry && isSelected(entry, query)) events.push(entry.event);
  }
  const last = entries[index - 1];
  const reached = last && (!after || last.sequence > after.sequence) ? positionOf(last, 'arrivedAt') : after;
  return { events, next: toCursor(reached ?? { time: since, sequence: -1 }) };
}

function search(entries: readonly LogEntry[], query: LogQuery) {
  const { limit, since, until, after, isDescending } = query;
  const direction = isDescending ? -1 : 1;
  const found = entries
    .filter((entry) => entry.publishedAt >= since && entry.publishedAt < until && isSelected(entry, query))
    .sort((a, b) => direction * (a.publishedAt - b.publishedAt || a.sequence - b.sequence));
  const isLater = (entry: LogEntry) => {
    const position = positionOf(entry, 'publishedAt');
    return after === undefined || (isDescending ? isAfter(after, position) : isAfter(position, after));
  };
  const start = firstIndex(found, isLater);
  const page = found.slice(start, start + limit);
  const last = page.at(-1);
  const hasNext = last !== undefined && found.length > start + limit;
  return {
    events: page.map(({ event }) => event),
    next: hasNext ? toCursor(positionOf(last, 'publishedAt')) : undefined,
  };
}

function isSelected({ event, publishedAt }: LogEntry, { conditions, keptSince }: LogQuery): boolean {
  return publishedAt >= keptSince && conditions.every((condition) => condition(event));
}

/** The index of the first entry that fulfils a condition, which all entries after it fulfil too. */
function firstIndex(entries: readonly LogEntry[], fulfils: (entry: LogEntry) => boolean): number {
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const entry = entries[middle];
    if (entry && fulfils(entry)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function positionOf(entry: LogEntry, time: 'arrivedAt' | 'publishedAt'): Position {
  return { time: entry[time], sequence: entry.sequence };
}

function isAfter(one: Position, other: Position): boolean {
  return one.time > other.time || (one.time === other.time && one.sequence > other.sequence);
}

const toCursor = ({ time, sequence }: Position) => `${time}_${sequence + 1}`;

function parseCursor(text: string): Position {
  const [, time, number] = /^(\d{1,15})_(\d{1,15})$/.exec(text) ?? [];
  if (time === undefined) throw new ApiError('E0000029', 'Invalid cursor.');
  return { time: Number(time), sequence: Number(number) - 1 };
}

function parseQuery(query: URLSearchParams, nowMs: number): LogQuery {
  const isDescending = parseOrder(query.get('sortOrder'));
  const givenUntil = parseTime(query, 'until');
  const until = givenUntil ?? Number.POSITIVE_INFINITY;
  const since = parseTime(query, 'since') ?? Math.min(until, nowMs) - 7 * dayMs;
  if (since < nowMs - oldestSinceDays * dayMs) {
    const text = 'Invalid parameter: The since parameter is over 180 days prior to the current day.';
    throw new ApiError('E0000053', [], { summary: text });
  }
  const after = query.get('after');
  return {
    isPolled: givenUntil === undefined && !isDescending,
    isDescending,
    since,
    until,
    limit: parseLimit(query.get('limit')),
    after: after === null || after === '' ? undefined : parseCursor(after),
    conditions: [...parseKeywords(query.get('q')), ...parseExpression(query.get('filter'))],
    keptSince: nowMs - retentionDays * dayMs,
  };
}

function parseOrder(text: string | null): boolean {
  if (text === null || text === '' || text === 'ASCENDING') return false;
  if (text === 'DESCENDING') return true;
  throw invalid('sortOrder', ['must be ASCENDING or DESCENDING.']);
}

function parseLimit(text: string | null): number {
  if (text === null || text === '') return defaultLimit;
  const limit = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (limit >= 0 && limit <= maxLimit) return limit;
  throw invalid('limit', [`must be an integer between 0 and ${maxLimit}.`]);
}

const dateTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?$/i;

/** A time as in RFC 3339. Okta's texts for another. */
function parseTime(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  const time = dateTime.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(time)) return time;
  throw invalid(name, [
    'The date format in your query is not recognized. Please enter dates using ISO8601 string format.',
    'must be a valid date-time or empty.',
  ]);
}

/** All words must be somewhere in the event, in any case. */
function parseKeywords(text: string | null): readonly Condition[] {
  const words = (text ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  if (words.length > 10) throw invalid('q', ['Freeform search cannot contain more than 10 items.']);
  if (words.some((word) => word.length > 40)) {
    throw invalid('q', ['Freeform search cannot contain items longer than 40 characters.']);
  }
  return [
    (event) => {
      const json = JSON.stringify(event).toLowerCase();
      return words.every((word) => json.includes(word));
    },
  ];
}

const fields: ReadonlySet<string> = new Set<keyof LogEvent>([
  ...(['uuid', 'eventType', 'version', 'severity', 'legacyEventType', 'displayMessage', 'actor', 'client'] as const),
  ...(['outcome', 'target', 'transaction', 'debugContext', 'authenticationContext', 'securityContext'] as const),
  'request',
]);

/** Fields of requests that cannot be searched for a part of their text. */
const withoutContains = ['debugContext.debugData.url', 'debugContext.debugData.requestUri'];

/** The field of an attribute in an expression. Okta also knows `event_type`. */
function fieldOf(attribute: string, operator: string): string {
  const field = attribute.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const [root = ''] = field.split('.');
  if (!fields.has(root)) throw new ApiError('E0000053', [], { summary: `field is not valid: ${attribute}` });
  if (operator === 'co' && withoutContains.includes(field)) {
    const text = 'The supplied combination of operator and field is not currently supported.';
    throw new ApiError('E0000031', [], { summary: `${text} Operator: co, Field: ${field}` });
  }
  return field;
}

function parseExpression(expression: string | null): readonly Condition[] {
  if (expression === null || expression === '') return [];
  try {
    return [parseFilter(expression, fieldOf)];
  } catch (error) {
    if (error instanceof FilterError) {
      throw new ApiError('E0000053', [], { summary: `Invalid filter '${expression}': ${error.message}` });
    }
    throw error;
  }
}

/** Okta's summary repeats the causes. */
function invalid(name: string, causes: readonly string[]): ApiError {
  return new ApiError(
    'E0000001',
    causes.map((cause) => `${name}: ${cause}`),
    { summary: `Api validation failed: ${causes.map((cause) => `'${name}': ${cause}`).join(' ')}` },
  );
}
