import { putItem, type StateTable, type StoredItem } from '../runtime/state-table.ts';
import { noteTold } from '../runtime/told.ts';
import type { AlarmChange } from './event.ts';
import type { Evidence } from './evidence.ts';
import { type Incident, incidentOf, type Links } from './incident.ts';
import { incidentBody, incidentExpiresAt, type OpenIncident } from './incident-item.ts';
import { incidentKey, partitionOf } from './kept.ts';
import { composeIncident, type Notification } from './message.ts';
import { type Senders, send, sendAll } from './send.ts';
import { sendOnce } from './send-once.ts';
import { type Audience, sendingsOf } from './sendings.ts';

/** Where messages are sent, and where it is noted that they were. */
export interface Outbox extends Senders {
  /** Absent if nobody is to be told, and it is only noted. */
  readonly audience: Audience | undefined;
  readonly table: StateTable | undefined;
  /** The id of the Lambda request. */
  readonly owner: string;
}

/** A message about an alarm's change, and what people know after it. */
export interface Telling {
  readonly change: AlarmChange;
  readonly evidence: Evidence;
  /** Which message of its incident it is: `firing`, `resolved`, `reminder 2`. Each is sent once. */
  readonly step: string;
  /** When the alarm fired. It tells the incident from others of the alarm. */
  readonly firedAt: number;
  /** The incident as it was read. */
  readonly stored?: StoredItem | undefined;
  readonly after: (incident: Incident) => OpenIncident | undefined;
}

/** How long the table may take to note it. */
const noteMs = 2_000;

/**
 * Tells everybody of an alarm's change, each once, and notes what they know then. Throws if a message cannot be sent.
 *
 * Trap: after a failure nothing is noted. Whoever tries again then sends what is missing, and nothing twice.
 */
export async function tell(outbox: Outbox, links: Links, telling: Telling): Promise<void> {
  const { change, step, firedAt, stored } = telling;
  const incident = incidentOf(change, telling.evidence);
  const message = `message#${change.name}#${new Date(firedAt).toISOString()}#${step}`;
  const { audience } = outbox;
  const sendings = audience ? sendingsOf(composeIncident(incident, links), audience) : [];
  const isSent = await sendAll(sendings, (sending) => {
    const key = { org: partitionOf(change.subject), item: `${message}#${sending.outlet}` };
    return sendOnce(outbox.table, { key, owner: outbox.owner, now: Date.now() }, () => send(sending, outbox));
  });
  if (isSent && change.kind === 'firing') await noteOnce(outbox.table, change, incident);
  const after = isSent || !audience ? telling.after(incident) : undefined;
  if (after) await noteIncident(outbox.table, change, after, stored);
}

/**
 * Notes what is told once. It never throws: without the note, it is told again.
 *
 * Trap: only what the message said, and the message says what its occurrences show.
 */
async function noteOnce(
  table: StateTable | undefined,
  { subject, name }: AlarmChange,
  { occurrences }: Incident,
): Promise<void> {
  const keys = occurrences.flatMap(({ finding }) => finding.once ?? []);
  if (!table || keys.length === 0) return;
  await noteTold(table, partitionOf(subject), keys, Date.now()).catch((error: unknown) => logFailure(name, error));
}

/** Sends a message that is about no incident to everybody. Throws if it cannot be sent. */
export async function sendToAll(senders: Senders, audience: Audience, notification: Notification): Promise<void> {
  await sendAll(sendingsOf(notification, audience), async (sending) => {
    await send(sending, senders);
    return true;
  });
}

/**
 * Notes what people know of an alarm. It never throws: without the note, the next message is decided by the alarm alone.
 *
 * Trap: it does nothing if somebody else noted something since.
 */
export async function noteIncident(
  table: StateTable | undefined,
  { subject, name }: AlarmChange,
  incident: OpenIncident,
  stored: StoredItem | undefined,
): Promise<void> {
  if (!table) return;
  const options = { previous: stored, expiresAt: incidentExpiresAt(incident) };
  const signal = AbortSignal.timeout(noteMs);
  try {
    await putItem(table, incidentKey(subject, name), incidentBody(incident), options, signal);
  } catch (error) {
    logFailure(name, error);
  }
}

function logFailure(alarm: string, error: unknown): void {
  const why = error instanceof Error ? error.name : 'unknown error';
  process.stdout.write(`${JSON.stringify({ type: 'incident-not-noted', alarm, error: why })}\n`);
}
