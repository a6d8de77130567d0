import { resourceName } from '../../../../functions/model/deployment.ts';
import { type LogMemory, type UsualHour, watchedCounts } from '../../../../functions/model/org-log.ts';
import { newLogMemory } from '../../../../functions/okta/log-memory.ts';
import { logMemoryItem } from '../../../../functions/state/org-changes.ts';
import { withStoredTimes } from '../../../../functions/state/stored-times.ts';
import type { OktaEmulator, PastHappening } from '../../../../packages/okta-emulator/src/index.ts';
import type { Fault } from '../../simulation/environment.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** The state table of the functions of cases. */
export const caseStateTable = resourceName('cases', 'state');

/** The monitor has read the log for two days, up to now, and remembers nothing else but these changes. */
export function rememberLog(change: (memory: LogMemory, nowMs: number) => Partial<LogMemory> = () => ({})): Fault {
  return async ({ aws, org }) => {
    const nowMs = Date.now();
    const read = { ...newLogMemory(nowMs - 48 * hourMs), newestAtMs: nowMs, hoursKeptUntilMs: nowMs + hourMs };
    const body = JSON.stringify(withStoredTimes({ ...read, ...change(read, nowMs) }));
    const Item = {
      ...{ org: { S: org }, item: { S: logMemoryItem }, body: { S: body } },
      ...{ revision: { N: '1' }, expiresAt: { N: String(Math.ceil((nowMs + hourMs) / 1000)) } },
    };
    await aws.tables.call('PutItem', JSON.stringify({ TableName: caseStateTable, Item }));
    const Key = { org: Item.org, item: Item.item };
    return { restore: () => aws.tables.call('DeleteItem', JSON.stringify({ TableName: caseStateTable, Key })) };
  };
}

/** Gives the memory a revision that no run has read, as if another run were always faster. */
export const forgetRevision: Fault = async ({ aws, org }) => {
  const Key = { org: { S: org }, item: { S: logMemoryItem } };
  const update = { Key, TableName: caseStateTable, UpdateExpression: 'REMOVE revision' };
  await aws.tables.call('UpdateItem', JSON.stringify(update));
  return {};
};

/** At this hour of the last five weeks, almost nothing failed. */
function quiet(nowMs: number, more: Partial<UsualHour> = {}): UsualHour {
  const usual = { median: 1, deviation: 1, peak: 2, share: 0.01 };
  const of = Object.fromEntries(watchedCounts.map((name) => [name, usual]));
  return { atMs: Math.floor(nowMs / hourMs) * hourMs, days: 35, weeks: 5, of, ...more };
}

export const quietDays = rememberLog((_, nowMs) => ({ usual: quiet(nowMs) }));

/** So many people signed in at least, in an hour of each week. */
export function usualSignIns(fewestSignIns: number): Fault {
  return rememberLog((_, nowMs) => ({ usual: quiet(nowMs, { fewestSignIns, isUsualDay: true }) }));
}

/** People lost their access now and then, and never many of them. */
export const fewRemovals = rememberLog((_, nowMs) => ({ usual: quiet(nowMs, { mostRemovals: 3 }) }));

/** Of the codes that were sent, nearly all were used. In the last half an hour, so many were sent and none was used. */
export function codesUnused(sent: number): Fault {
  return rememberLog((_, nowMs) => ({
    usualCodes: { 'code/sms/sent': 1_000, 'code/sms/used': 950 },
    services: [{ atMs: nowMs - 10 * minuteMs, counts: { 'code/sms/sent': sent } }],
  }));
}

/** A request of the monitor has no event since some minutes, and one was the last that had. */
export function awaitEvent(sentMinutesAgo: number, arrivedMinutesAgo: number): Fault {
  return rememberLog(({ own }, nowMs) => ({
    own: {
      ...own,
      missing: [{ requestId: 'request-without-an-event', sentAtMs: nowMs - sentMinutesAgo * minuteMs }],
      arrivedUntilMs: nowMs - arrivedMinutesAgo * minuteMs,
    },
  }));
}

/** Changes the events in the org's System Log. */
export function inLog(change: (okta: OktaEmulator) => unknown): Fault {
  return ({ okta }) => {
    change(okta);
    return {};
  };
}

/** Events of users and applications that the emulator does not act out, now. */
export function recordMany(count: number, happening: PastHappening): Fault {
  return inLog((okta) => okta.recordEvents(Array.from({ length: count }, () => happening)));
}
