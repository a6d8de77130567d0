import { finding } from '../findings/finding.ts';
import { expectJsonArray, ProbeFailure } from '../findings/probe-failure.ts';
import type { LogMemory, OrgLog } from '../model/org-log.ts';
import { type Artifacts, defineProbe, type Memory, type ProbeContext } from '../model/probe.ts';
import { endpointUrl } from '../okta/endpoints.ts';
import { logFilter } from '../okta/log-event-types.ts';
import { type OrgEvent, readLogEvent } from '../okta/log-events.ts';
import { logMemoryName, newLogMemory, noCounts, readLogMemory } from '../okta/log-memory.ts';
import { remember } from '../okta/log-reading.ts';
import { nextCursor } from '../okta/next-page.ts';
import { readPastHours, usualAt, withEndedHours, writePastHours } from '../okta/usual-counts.ts';

/** Okta's most. A page has a megabyte or more, so fewer and larger requests cost least of the limit. */
export const eventsPerPage = 1_000;

/** The most requests in a run, if the rate limit allows them: five thousand events. */
const mostPages = 5;

/** A thousand events of some kilobytes each. */
const mostPageBytes = 16 * 1024 * 1024;

/** The runs in a row that may leave events to the next one. */
const runsToCatchUp = 5;

const hourMs = 60 * 60_000;

/** Hours are kept a little after their end, because events arrive late. */
const lateEventsMs = 10 * 60_000;

/**
 * Reads the events of the org's System Log that are new since the last run, each once.
 *
 * The log is polled: without `until`, in the order in which events were stored, by the cursor of the link to the next page.
 * So no event is lost, however late it is. The cursor and all that was counted are one item of the state table, which is
 * written once, after the reading and before anything is published. What a run counted and did not publish, because it was
 * ended, is published by the next one.
 *
 * Trap: there is a link to a next page after an empty one too. Following it at once would poll without an end.
 * https://developer.okta.com/docs/reference/system-log-query/
 */
export const systemLog = defineProbe({
  id: 'system-log',
  question: 'Can the System Log be read, and is the monitor up to date with it?',
  group: 'system-log',
  scope: 'org',
  requires: ['api', 'systemLog'],
  provides: 'orgLog',
  requests: Array<'logs'>(mostPages).fill('logs'),
  timed: false,
  metrics: {},
  async run(context) {
    const { org, now, runAt, memory: memories } = context;
    const memory = memories.of(logMemoryName);
    const [stored, tokenRequests] = await orStateRefused(Promise.all([memory.read(), memories.tokenRequests()]));
    const before = readLogMemory(stored) ?? newLogMemory(now());
    const { dueMs, counts } = before.batch;
    const isPublished =
      dueMs === 0 || (await orStateRefused(memories.hasPublished('system-log', 'user-sign-ins', dueMs)));
    const pages = await readPages(context, before);
    const readAtMs = now();
    const { systemLog: settings = { ownClientIds: [], watchedIds: [] } } = org;
    const { memory: after, ...read } = remember(before, {
      ...pages,
      ...{ run: runAt, readAtMs, tokenRequests, settings, unpublished: isPublished ? noCounts : counts },
    });
    const kept = await withUsualHour(after, memories.of(`${logMemoryName}-hours`), readAtMs);
    await orStateRefused(memory.write(kept));
    if (pages.failure) throw pages.failure;
    const isFirstHour = readAtMs - kept.beganAtMs < hourMs;
    const orgLog: OrgLog = { memory: kept, readAtMs, isComplete: pages.isComplete, ...read };
    return {
      readings: {},
      notes: [...pages.notes, ...(pages.isComplete ? [] : ['more events than a run reads: the next one reads on'])],
      warnings: kept.runsBehind >= runsToCatchUp && !isFirstHour ? [behind(kept, readAtMs)] : [],
      provides: { orgLog } satisfies Pick<Artifacts, 'orgLog'>,
    };
  },
});

function behind({ runsBehind, newestAtMs }: LogMemory, readAtMs: number) {
  const minutes = Math.round((readAtMs - newestAtMs) / 60_000);
  return finding('log-behind', {
    detail: `${runsBehind} runs in a row did not reach the end of the log; the newest event that was read is ${minutes} minutes old`,
  });
}

interface Pages {
  readonly events: readonly OrgEvent[];
  readonly after: string | undefined;
  readonly isComplete: boolean;
  readonly notes: readonly string[];
  /** Why a page after the first could not be read. The events of earlier pages are kept. */
  readonly failure?: unknown;
}

async function readPages(context: Context, { after: cursor, newestAtMs }: LogMemory): Promise<Pages> {
  const { now } = context;
  const startedAt = now();
  const events: OrgEvent[] = [];
  const notes: string[] = [];
  let after = cursor;
  for (let page = 1; ; page += 1) {
    try {
      const answer = await readPage(context, after, newestAtMs);
      events.push(...answer.events);
      after = answer.after ?? after;
      if (answer.isAnew) notes.push('Okta refused the cursor: reading began anew at the newest event that was known');
      const isComplete = answer.count < eventsPerPage;
      const isTimeUp = now() - startedAt > context.org.timeoutMs;
      // Without a cursor, the same page would come again.
      if (isComplete || isTimeUp || after === undefined || page >= pagesAllowed(context)) {
        return { events, after, isComplete, notes };
      }
    } catch (failure) {
      if (page === 1) throw failure;
      return { events, after, isComplete: false, notes, failure };
    }
  }
}

type Context = Pick<ProbeContext, 'org' | 'server' | 'fetch' | 'exchanges' | 'credentials' | 'now'>;

/** As many pages as the share of the rate limit allows that the monitor may use, by the limit that Okta's answer names. */
function pagesAllowed({ org, exchanges }: Context): number {
  const { limit = Number.POSITIVE_INFINITY } = exchanges.at(-1)?.rateLimit ?? {};
  return Math.max(1, Math.min(mostPages, Math.floor((limit * org.atMostPercent) / 100)));
}

async function readPage(context: Context, after: string | undefined, newestAtMs: number) {
  const { org, server, credentials, fetch, now } = context;
  const query = (begin: Readonly<Record<string, string>>) => {
    const parameters = new URLSearchParams({ filter: logFilter, limit: String(eventsPerPage), ...begin });
    const url = `${endpointUrl(org.domain, server, 'logs')}?${parameters}`;
    return credentials.callApi(url, (to, init) => fetch(to, { ...init, mostBytes: mostPageBytes }));
  };
  // Okta refuses a time that is too old. A cursor needs none.
  const oldestMs = now() - 7 * 24 * hourMs;
  const anew = { since: new Date(Math.max(newestAtMs, oldestMs)).toISOString() };
  const first = await query(after === undefined ? anew : { after });
  const isAnew = after !== undefined && first.status === 400;
  const response = isAnew ? await query(anew) : first;
  const values = await expectJsonArray(response);
  const cursor = nextCursor(response.headers.get('link'));
  return {
    events: values.flatMap((value) => readLogEvent(value) ?? []),
    count: values.length,
    after: cursor,
    isAnew,
  };
}

/** Learns the usual counts from past days, once an hour. */
async function withUsualHour(memory: LogMemory, past: Memory, nowMs: number): Promise<LogMemory> {
  const hour = Math.floor(nowMs / hourMs) * hourMs;
  const untilMs = Math.floor((nowMs - lateEventsMs) / hourMs) * hourMs;
  const isNew = memory.usual?.atMs !== hour;
  const fromMs = memory.hoursKeptUntilMs;
  if (!isNew && untilMs <= fromMs) return memory;
  const known = readPastHours(await orStateRefused(past.read()));
  if (untilMs <= fromMs) return { ...memory, usual: usualAt(known, hour) };
  const hours = withEndedHours(known, memory.hours, { fromMs, untilMs });
  await orStateRefused(past.write(writePastHours(hours)));
  return {
    ...memory,
    usual: usualAt(hours, hour),
    hours: memory.hours.filter(({ atMs }) => atMs >= untilMs),
    hoursKeptUntilMs: untilMs,
  };
}

/** Without the memory, events would be lost or counted twice, so nothing is read without it. */
async function orStateRefused<Value>(work: Promise<Value>): Promise<Value> {
  return work.catch((error: unknown) => {
    throw new ProbeFailure('log-memory-refused', error instanceof Error ? error.name : 'unknown error');
  });
}
