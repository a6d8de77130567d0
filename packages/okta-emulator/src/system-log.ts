import { randomUUID } from 'node:crypto';
import type { OktaRequest } from './http-message.ts';
import { addedTo } from './org.ts';

/** An actor or a target of an event: a user, an application, a token, a policy, a URL pattern. */
export interface LogParticipant {
  readonly id: string;
  /** Okta's name of the kind, such as `User`, `PublicClientApp`, `AppInstance` or `PolicyRule`. */
  readonly type: string;
  readonly displayName: string | null;
  readonly alternateId?: string | null;
  readonly detailEntry?: Readonly<Record<string, unknown>> | null;
}

/** What happened, in the words of Okta's catalog of events. The log adds the rest. */
export interface Happening {
  readonly eventType: string;
  readonly displayMessage: string;
  readonly actor: LogParticipant;
  readonly targets?: readonly LogParticipant[];
  /** Okta's internal code of the error, if it failed. */
  readonly failure?: string;
  /** The result, if it is neither a success nor a failure. */
  readonly result?: 'ALLOW' | 'CHALLENGE' | 'DENY' | 'RATE_LIMIT' | 'SKIPPED' | 'UNKNOWN';
  /** The explanation of a result other than a failure. */
  readonly reason?: string;
  readonly severity?: LogEvent['severity'];
  /** The OAuth client that sent the request. */
  readonly clientId?: string;
  /** The API token that sent the request, by its id. */
  readonly apiTokenId?: string;
  /** The session of the user. Failed sign-ins have none. */
  readonly sessionId?: string;
  /** Keys are in camel case, as on the wire. */
  readonly debugData?: Readonly<Record<string, string>>;
}

/** An event that happened at another time than now, or in a transaction that the emulator has not seen. */
export interface PastHappening extends Happening {
  /** When it happened, in epoch milliseconds. Now by default. It arrives in the log then, or later if the log is delayed. */
  readonly publishedAt?: number;
  /** The id of the request that caused it, as in `X-Okta-Request-Id`. */
  readonly requestId?: string;
}

/** https://developer.okta.com/docs/api/openapi/okta-management/management/tag/SystemLog/ */
export interface LogEvent {
  readonly uuid: string;
  /** When it happened. Trap: it may be before that of an event that arrived earlier. */
  readonly published: string;
  readonly eventType: string;
  readonly version: '0';
  readonly severity: 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';
  readonly legacyEventType: null;
  readonly displayMessage: string;
  readonly actor: Required<LogParticipant>;
  readonly client: Readonly<Record<string, unknown>>;
  readonly outcome: { readonly result: string; readonly reason: string | null };
  readonly target: readonly Required<LogParticipant>[];
  readonly transaction: { readonly type: 'WEB' | 'JOB'; readonly id: string; readonly detail: object };
  readonly debugContext: { readonly debugData: Readonly<Record<string, string>> };
  readonly authenticationContext: object;
  readonly securityContext: object;
  readonly request: object;
}

/** An event in the log. */
export interface LogEntry {
  /** How many events were in the log before it. */
  readonly sequence: number;
  /** When it was stored, in epoch milliseconds. It never decreases along the log. */
  readonly arrivedAt: number;
  readonly publishedAt: number;
  readonly event: LogEvent;
}

/** Milliseconds by which events reach the log later than they happen, for all events or by event. */
export type LogDelay = number | ((event: LogEvent) => number);

const keptEvents = 100_000;
/** Events are discarded in lots, because each time moves all that are kept. */
const discardedAtOnce = 10_000;

/** Parts that are the same in all events are one object. */
const nowhere = Object.freeze({
  securityContext: Object.freeze({ asNumber: null, asOrg: null, isp: null, domain: null, isProxy: null }),
  request: Object.freeze({ ipChain: [{ ip: '127.0.0.1', geographicalContext: null, version: 'V4', source: null }] }),
});

/**
 * The org's System Log.
 *
 * An event has the request's `X-Okta-Request-Id` as the id of its transaction. It happens at one time and is stored at
 * another, and the log is in the order in which events are stored.
 * https://developer.okta.com/docs/reference/system-log-query/
 */
export function createSystemLog(now: () => number) {
  const entries: LogEntry[] = [];
  /** Events that happened and are not in the log yet. */
  let expected: { readonly arrivesAt: number; readonly event: LogEvent; readonly publishedAt: number }[] = [];
  let next = 0;
  const delays = new Set<{ readonly of: (event: LogEvent) => number }>();
  const drops = new Set<{ readonly matches: (event: LogEvent) => boolean }>();

  function add(event: LogEvent, publishedAt: number): void {
    if ([...drops].some(({ matches }) => matches(event))) return;
    const delay = [...delays].at(-1)?.of(event) ?? 0;
    expected.push({ arrivesAt: publishedAt + delay, event, publishedAt });
    if (expected.length % 1024 === 0) settle();
  }

  /** Moves the events that have arrived by now into the log. */
  function settle(): void {
    const nowMs = now();
    const due = expected.filter(({ arrivesAt }) => arrivesAt <= nowMs).sort((a, b) => a.arrivesAt - b.arrivesAt);
    if (due.length === 0) return;
    expected = expected.filter(({ arrivesAt }) => arrivesAt > nowMs);
    let latest = entries.at(-1)?.arrivedAt ?? Number.NEGATIVE_INFINITY;
    for (const { arrivesAt, event, publishedAt } of due) {
      latest = Math.max(latest, arrivesAt);
      entries.push({ sequence: next, arrivedAt: latest, publishedAt, event });
      next += 1;
    }
    if (entries.length >= keptEvents + discardedAtOnce) entries.splice(0, entries.length - keptEvents);
  }

  return {
    /** The events that have arrived, in the order in which they did. */
    entries(): readonly LogEntry[] {
      settle();
      return entries;
    },

    /** Records an event that a request has just caused. */
    record(request: OktaRequest, happening: Happening): void {
      const publishedAt = now();
      add(toEvent(happening, publishedAt, transactionOf(request), request.raw.headers['user-agent']), publishedAt);
    },

    /**
     * Records what no request to the emulator caused: events of other clients and of Okta's own jobs, now or in the past.
     *
     * An event in the future arrives when its time has come. One that is older than the newest in the log arrives after it.
     */
    recordAll(happenings: Iterable<PastHappening>): void {
      for (const { publishedAt = now(), requestId, ...happening } of happenings) {
        const transaction = requestId === undefined ? job() : { type: 'WEB' as const, id: requestId, path: undefined };
        add(toEvent(happening, publishedAt, transaction, undefined), publishedAt);
      }
    },

    /** Lets events arrive later than they happen from now on. The last delay applies. Returns a function that ends this. */
    delay(by: LogDelay): () => void {
      return addedTo(delays, { of: typeof by === 'number' ? () => by : by });
    },

    /** Lets events never arrive from now on. Returns a function that ends this. */
    drop(matches: (event: LogEvent) => boolean): () => void {
      return addedTo(drops, { matches });
    },
  };
}

export type SystemLog = ReturnType<typeof createSystemLog>;

interface Transaction {
  readonly type: 'WEB' | 'JOB';
  readonly id: string;
  /** The path of the request, if it was one that the emulator has seen. */
  readonly path: string | undefined;
}

const transactionOf = ({ id, path }: OktaRequest): Transaction => ({ type: 'WEB', id, path });
const job = (): Transaction => ({ type: 'JOB', id: randomUUID(), path: undefined });

function toEvent(
  {
    actor,
    targets = [],
    failure,
    result,
    reason,
    severity,
    clientId,
    apiTokenId,
    sessionId,
    debugData,
    ...words
  }: Happening,
  publishedAt: number,
  { type, id, path }: Transaction,
  userAgent: string | undefined,
): LogEvent {
  return {
    uuid: randomUUID(),
    published: new Date(publishedAt).toISOString(),
    version: '0',
    severity: severity ?? (failure === undefined ? 'INFO' : 'WARN'),
    legacyEventType: null,
    eventType: words.eventType,
    displayMessage: words.displayMessage,
    actor: participant(actor, 'unknown'),
    client: {
      userAgent: { rawUserAgent: userAgent ?? 'unknown', os: 'Unknown', browser: 'UNKNOWN' },
      zone: 'null',
      device: 'Unknown',
      id: clientId ?? null,
      ipAddress: '127.0.0.1',
      geographicalContext: null,
    },
    outcome: { result: result ?? (failure === undefined ? 'SUCCESS' : 'FAILURE'), reason: failure ?? reason ?? null },
    target: targets.map((target) => participant(target, null)),
    transaction: { type, id, detail: apiTokenId === undefined ? {} : { requestApiTokenId: apiTokenId } },
    debugContext: {
      debugData: {
        ...(type === 'WEB' && { requestId: id }),
        ...(path !== undefined && { requestUri: path, url: `${path}?` }),
        ...debugData,
      },
    },
    authenticationContext: { authenticationStep: 0, externalSessionId: sessionId ?? 'unknown' },
    ...nowhere,
  };
}

function participant(given: LogParticipant, noAlternateId: string | null): Required<LogParticipant> {
  const { id, type, displayName, alternateId = noAlternateId, detailEntry = null } = given;
  return { id, type, alternateId, displayName, detailEntry };
}
