import { RefusedByAws } from './aws-error.ts';
import { parseFilterPattern } from './filter-pattern.ts';

/** One entry of a log. */
export interface LogEvent {
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly message: string;
}

/** The log groups, and what was written to them. */
export interface StoredLogs {
  /** Makes a group that holds nothing yet. Reading one that nobody made is refused. */
  create(group: string): void;
  /** Writes to a group, and makes it where it is not there yet. */
  add(group: string, event: LogEvent): void;
}

export interface Logs extends StoredLogs {
  filterLogEvents(input: Readonly<Record<string, unknown>>): object;
  forget(): void;
}

const mostEventsOfAPage = 10_000;
const mostBytesOfAPage = 1_000_000;

/**
 * The log groups in memory, and FilterLogEvents on them.
 *
 * Trap: as at AWS, a page ends after so many bytes that were looked at, so that it may hold less than its limit, or
 * nothing, although more follow. Only the absence of a token ends the reading.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
 */
export function openLogs(): Logs {
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
      // Kept in the order of time: what comes late belongs before what was there.
      const after = events.findLastIndex(({ timestamp }) => timestamp <= event.timestamp);
      events.splice(after + 1, 0, event);
    },
    filterLogEvents({ logGroupName, startTime, endTime, filterPattern, limit, nextToken }) {
      const all = groups.get(String(logGroupName));
      if (!all) throw new RefusedByAws('ResourceNotFoundException', 'The specified log group does not exist.');
      const matches = typeof filterPattern === 'string' ? parseFilterPattern(filterPattern) : () => true;
      const [from, to] = [Number(startTime ?? 0), Number(endTime ?? Number.POSITIVE_INFINITY)];
      const most = Number(limit ?? mostEventsOfAPage);
      if (from > to || !(most >= 1 && most <= mostEventsOfAPage)) {
        throw new RefusedByAws('InvalidParameterException', 'startTime, endTime or limit is out of range.');
      }
      const question = JSON.stringify([logGroupName, from, to, filterPattern]);
      const found: (LogEvent & { eventId: string })[] = [];
      let bytes = 0;
      for (let at = nextToken === undefined ? 0 : readToken(String(nextToken), question); at < all.length; at++) {
        const event = all[at];
        if (!event || event.timestamp < from || event.timestamp > to) continue;
        if (found.length >= most || bytes >= mostBytesOfAPage) {
          return { events: found, searchedLogStreams: [], nextToken: writeToken(at, question) };
        }
        bytes += Buffer.byteLength(event.message);
        if (matches(event.message)) found.push({ ...event, eventId: String(at) });
      }
      return { events: found, searchedLogStreams: [] };
    },
    forget() {
      for (const events of groups.values()) events.length = 0;
    },
  };
}

function writeToken(at: number, question: string): string {
  return Buffer.from(JSON.stringify([at, question])).toString('base64url');
}

/** A token continues the question that it answered, and no other. */
function readToken(token: string, question: string): number {
  const text = Buffer.from(token, 'base64url').toString();
  const at = Number.parseInt(text.slice(1), 10);
  if (text !== JSON.stringify([at, question])) {
    throw new RefusedByAws('InvalidParameterException', 'The specified nextToken is invalid.');
  }
  return at;
}
