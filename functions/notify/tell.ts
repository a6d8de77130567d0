import type { EventBridge, Sns } from '../aws/clients.ts';
import { incidentBody, incidentExpiresAt, isLater, type OpenIncident, readIncident } from '../state/incident-item.ts';
import { incidentKey, partitionOf } from '../state/kept.ts';
import {
  getItem,
  type ItemKey,
  monitorPartition,
  putItem,
  type StateTable,
  type StoredItem,
} from '../state/state-table.ts';
import { noteTold } from '../state/told.ts';
import type { AlarmChange } from './event.ts';
import type { Incident } from './incident.ts';
import type { Notification } from './message.ts';
import type { Sent } from './send-once.ts';
import { sendOnce, wasSent } from './send-once.ts';
import { type Audience, type Sending, sendingsOf } from './sendings.ts';

/** Where messages are sent, and where it is noted that they were. */
export interface Outbox extends Senders {
  /** Absent if the change is only noted, without a message. */
  readonly audience: Audience | undefined;
  readonly table: StateTable | undefined;
  /** The id of the Lambda request. */
  readonly owner: string;
}

/** A message about an incident, and the incident as people know it afterwards. */
export interface Telling {
  readonly incident: Incident;
  readonly notification: Notification;
  /** The key of the message: see `messageKey`. Each message is sent once. */
  readonly message: string;
  /** The incident as it was read. */
  readonly stored: StoredItem | undefined;
  readonly after: OpenIncident | undefined;
  /** Nothing is sent if another process has written a note since: the incident may have ended. */
  readonly isNotedFirst: boolean;
  /** Publishes nothing to the people's topic. */
  readonly isWithoutPeople: boolean;
}

/** How long the table may take to note it. */
const noteMs = 2_000;

/**
 * Sends a message about an alarm's change to every receiver, each once, and notes the announced state. Returns false if
 * another process has noted something else since. Throws if a message cannot be sent.
 *
 * Trap: one failed receiver must not hide the others' success, so it is noted before this throws. A retry sends
 * the missing messages. If nothing was sent, nothing is noted.
 */
export async function tell(outbox: Outbox, telling: Telling): Promise<boolean> {
  const { incident, message, after } = telling;
  const { alarm: change } = incident;
  const { audience, table } = outbox;
  let stored = telling.stored;
  if (telling.isNotedFirst && after) {
    const first = await noteIncident(table, change, { ...after, unsent: message }, stored);
    if (first === 'contended') return false;
    stored = first ?? stored;
  }
  const sendings = audience ? sendingsOf(telling.notification, audience) : [];
  const item = { org: partitionOf(change.subject), item: message };
  const { isAnySent, areAllSent, error } = await sendEachOnce(outbox, item, sendings, telling.isWithoutPeople);
  let isNoted = true;
  if (isAnySent || !audience) {
    if (change.kind === 'firing' && isAnySent) await noteOnce(table, change, incident);
    const noted = after && { ...after, ...(!areAllSent && { unsent: message }) };
    if (noted) isNoted = (await noteIncident(table, change, noted, stored)) !== 'contended';
  }
  if (error) throw error;
  return isNoted;
}

function sendEachOnce(
  outbox: Outbox,
  { org, item }: ItemKey,
  sendings: readonly Sending[],
  isWithoutPeople = false,
): Promise<SentAll> {
  return sendAll(sendings, (sending) => {
    const key = { org, item: `${item}#${sending.outlet}` };
    if (isWithoutPeople && sending.outlet === 'people') return wasSent(outbox.table, key);
    return sendOnce(outbox.table, { key, owner: outbox.owner, now: Date.now() }, () => send(sending, outbox));
  });
}

/**
 * Notes the sent notices. It never throws: without the note, they are sent again.
 *
 * Trap: it notes only the notices of the message's occurrences.
 */
async function noteOnce(
  table: StateTable | undefined,
  { subject, name }: AlarmChange,
  { occurrences }: Incident,
): Promise<void> {
  const keys = occurrences.flatMap(({ once }) => once);
  if (!table || keys.length === 0) return;
  await noteTold(table, partitionOf(subject), keys, Date.now()).catch((error: unknown) =>
    logFailure('incident-not-noted', name, error),
  );
}

/** Sends a message that is about no incident to everybody, each once for this id. Throws if it cannot be sent. */
export async function sendToAll(outbox: Outbox, id: string, notification: Notification): Promise<void> {
  const sendings = outbox.audience ? sendingsOf(notification, outbox.audience) : [];
  const { error } = await sendEachOnce(outbox, { org: monitorPartition, item: `message#${id}` }, sendings);
  if (error) throw error;
}

/**
 * Notes the announced state of an alarm. Returns the item, or `contended` if another process has written a later note. It
 * never throws: if the table fails, it returns undefined, and the next message is decided by the alarm alone.
 */
export async function noteIncident(
  table: StateTable | undefined,
  { subject, name }: AlarmChange,
  incident: OpenIncident,
  stored: StoredItem | undefined,
): Promise<StoredItem | 'contended' | undefined> {
  if (!table) return undefined;
  const key = incidentKey(subject, name);
  const body = incidentBody(incident);
  let previous = stored;
  try {
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const options = { previous, expiresAt: incidentExpiresAt(incident) };
      const isNoted = await putItem(table, key, body, options, AbortSignal.timeout(noteMs));
      if (isNoted) return { ...key, body, revision: (previous?.revision ?? 0) + 1 };
      previous = await getItem(table, key, AbortSignal.timeout(noteMs));
      const other = readIncident(previous?.body);
      if (other && (incident.isUntold || !isLater(incident, other))) return 'contended';
    }
    return 'contended';
  } catch (error) {
    logFailure('incident-not-noted', name, error);
    return undefined;
  }
}

/** Logs a failure that a retry repairs, with the name of the error alone: its message may quote a request. */
export function logFailure(type: 'incident-not-noted' | 'message-unsent', alarm: string, error: unknown): void {
  const why = error instanceof Error ? error.name : 'unknown error';
  process.stdout.write(`${JSON.stringify({ type, alarm, error: why })}\n`);
}

/** What sends messages. */
export interface Senders {
  readonly sns: Sns;
  readonly events: EventBridge;
}

/** How long SNS and EventBridge may take to accept a message. */
const sendMs = 3_000;

/** Sends one message, once. Throws AWS's errors. Trap: PutEvents succeeds although it refuses an event. */
export async function send(sending: Sending, { sns, events }: Senders): Promise<void> {
  if (sending.to === 'topic') {
    const { outlet, message } = sending;
    await sns.publish(message, { abortSignal: AbortSignal.timeout(sendMs) });
    process.stdout.write(`${JSON.stringify({ type: 'message', outlet, subject: message.Subject })}\n`);
    return;
  }
  const { Entries: [entry] = [] } = await events.putEvents(
    { Entries: [sending.event] },
    { abortSignal: AbortSignal.timeout(sendMs) },
  );
  if (entry?.ErrorCode) throw Object.assign(new Error('PutEvents refused the event'), { name: entry.ErrorCode });
}

/** What became of several messages. */
export interface SentAll {
  /** Whether any of them is sent. Those that another process is sending do not count. */
  readonly isAnySent: boolean;
  readonly areAllSent: boolean;
  /** Says which could not be sent. */
  readonly error?: Error;
}

/** Tries every message, whichever of them fails. It never throws. */
export async function sendAll(
  sendings: readonly Sending[],
  sendOne: (sending: Sending) => Promise<Sent>,
): Promise<SentAll> {
  const results = await Promise.allSettled(sendings.map(sendOne));
  const failed = results.flatMap((result, at) => {
    if (result.status === 'fulfilled') return [];
    const { reason } = result;
    return [`${sendings[at]?.outlet}: ${reason instanceof Error ? reason.name : 'unknown error'}`];
  });
  const isSent = (result: PromiseSettledResult<Sent>) => result.status === 'fulfilled' && result.value !== 'elsewhere';
  return {
    isAnySent: results.some(isSent),
    areAllSent: results.every(isSent),
    ...(failed.length > 0 && { error: new Error(`a message could not be sent: ${failed.join('; ')}`) }),
  };
}
