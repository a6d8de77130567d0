import { scan } from '../../../packages/cloudwatch-alarms/src/index.ts';
import { AwsException, parseJson } from './protocols.ts';

interface LogEvent {
  /** Epoch milliseconds. */
  readonly timestamp: number;
  readonly message: string;
}

export interface LogGroups {
  /** Creates an empty group, if it does not exist. Reading a group that does not exist fails. */
  create(group: string): void;
  /** Writes to a group, and creates it if necessary. */
  add(group: string, event: LogEvent): void;
}

export interface Logs extends LogGroups {
  filterLogEvents(input: Readonly<Record<string, unknown>>): object;
  /** Drops lines before a time. */
  forget(before: number): void;
  /** Empties all groups. */
  clear(): void;
}

const maxEventsPerPage = 10_000;
const maxBytesPerPage = 1_000_000;

/**
 * Log groups in memory, and FilterLogEvents on them.
 *
 * Trap: as at AWS, a page also ends after a number of scanned bytes, so it can hold fewer events than its limit, or
 * none, although more follow. Only a missing token marks the end.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
 */
export function createLogs(): Logs {
  const groups = new Map<string, LogEvent[]>();
  const create = (group: string): LogEvent[] => {
    const events = groups.get(group) ?? [];
    groups.set(group, events);
    return events;
  };
  return {
    create,
    add(group, event) {
      const events = create(group);
      // Sorted by time: an event that arrives late goes before newer ones.
      const previous = events.findLastIndex(({ timestamp }) => timestamp <= event.timestamp);
      events.splice(previous + 1, 0, event);
    },
    filterLogEvents(input) {
      const events = groups.get(String(input.logGroupName));
      if (!events) throw new AwsException('ResourceNotFoundException', 'The specified log group does not exist.');
      return pageOf(events, readFilter(input));
    },
    forget(before) {
      for (const events of groups.values()) {
        const kept = events.findIndex(({ timestamp }) => timestamp >= before);
        events.splice(0, kept < 0 ? events.length : kept);
      }
    },
    clear() {
      for (const events of groups.values()) events.length = 0;
    },
  };
}

/** A request for FilterLogEvents, with its defaults filled in. */
interface LogFilter {
  readonly from: number;
  readonly to: number;
  readonly maxEvents: number;
  readonly matches: LineMatcher;
  /** The index of the first event to scan. */
  readonly start: number;
  /** The parameters that a token is valid for, as text. */
  readonly request: string;
}

function readFilter({
  logGroupName,
  startTime,
  endTime,
  filterPattern,
  limit,
  nextToken,
}: Readonly<Record<string, unknown>>): LogFilter {
  const from = Number(startTime ?? 0);
  const to = Number(endTime ?? Number.POSITIVE_INFINITY);
  const maxEvents = Number(limit ?? maxEventsPerPage);
  const matches = typeof filterPattern === 'string' ? parseFilterPattern(filterPattern) : () => true;
  if (from > to || !(maxEvents >= 1 && maxEvents <= maxEventsPerPage)) {
    throw new AwsException('InvalidParameterException', 'startTime, endTime or limit is out of range.');
  }
  const request = JSON.stringify([logGroupName, from, to, filterPattern]);
  const start = nextToken === undefined ? 0 : readToken(String(nextToken), request);
  return { from, to, maxEvents, matches, start, request };
}

function pageOf(all: readonly LogEvent[], { from, to, maxEvents, matches, start, request }: LogFilter): object {
  const found: (LogEvent & { eventId: string })[] = [];
  let bytes = 0;
  for (let index = start; index < all.length; index++) {
    const event = all[index];
    if (!event || event.timestamp < from || event.timestamp > to) continue;
    if (found.length >= maxEvents || bytes >= maxBytesPerPage) {
      return { events: found, searchedLogStreams: [], nextToken: writeToken(index, request) };
    }
    bytes += Buffer.byteLength(event.message);
    if (matches(event.message)) found.push({ ...event, eventId: String(index) });
  }
  return { events: found, searchedLogStreams: [] };
}

function writeToken(index: number, request: string): string {
  return Buffer.from(JSON.stringify([index, request])).toString('base64url');
}

/** Returns the index in a token. A token is valid only for the same request. */
function readToken(token: string, request: string): number {
  const text = Buffer.from(token, 'base64url').toString();
  const index = Number.parseInt(text.slice(1), 10);
  if (text !== JSON.stringify([index, request])) {
    throw new AwsException('InvalidParameterException', 'The specified nextToken is invalid.');
  }
  return index;
}

/** Whether a log line matches. */
type LineMatcher = (line: string) => boolean;

type Condition = (document: unknown) => boolean;

/**
 * Parses the supported subset of CloudWatch Logs filter patterns: JSON members that equal a string, joined by `&&` and
 * `||`, with parentheses if both occur: `{ ($.type = "outcome" || $.type = "monitor-error") && $.org = "acme" }`.
 *
 * Trap: every other pattern is rejected, even a pattern that AWS accepts, so that a mistake fails here first. A line
 * that is not JSON never matches.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export function parseFilterPattern(pattern: string): LineMatcher {
  const token = /\s*(&&|\|\||[{}()=]|\$(?:\.[A-Za-z_]\w*)+|"(?:[^"\\*]|\\.)*")/y;
  const tokens = [...scan(pattern, token, () => reject(pattern))].map((match) => match[1] ?? '');
  let at = 0;
  const next = () => tokens[at++] ?? '';
  const expect = (expected: string) => {
    if (next() !== expected) reject(pattern);
  };

  function parseTerm(): Condition {
    const first = next();
    if (first === '(') {
      const inner = parseTerms();
      expect(')');
      return inner;
    }
    if (!first.startsWith('$')) reject(pattern);
    expect('=');
    const text = next();
    if (!text.startsWith('"')) reject(pattern);
    const [path, value] = [first.split('.').slice(1), text.slice(1, -1).replaceAll(/\\(.)/g, '$1')];
    return (document) => memberAt(document, path) === value;
  }

  /** Only one operator per level, so that the result does not depend on precedence. */
  function parseTerms(): Condition {
    const terms = [parseTerm()];
    const operator = tokens[at];
    while (tokens[at] === '&&' || tokens[at] === '||') {
      if (next() !== operator) reject(pattern);
      terms.push(parseTerm());
    }
    return (document) =>
      operator === '||' ? terms.some((term) => term(document)) : terms.every((term) => term(document));
  }

  expect('{');
  const condition = parseTerms();
  expect('}');
  if (at !== tokens.length) reject(pattern);
  return (line) => {
    const document = parseJson(line);
    return document !== undefined && condition(document);
  };
}

function reject(pattern: string): never {
  throw new AwsException('InvalidParameterException', `Invalid filter pattern: ${pattern}`);
}

function memberAt(document: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, name) =>
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined,
    document,
  );
}
