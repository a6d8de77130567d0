import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { type ItemKey, putItem, type StateTable, type StoredItem } from '../runtime/state-table.ts';
import type { AlarmChange } from './event.ts';
import type { Evidence } from './evidence.ts';
import { type Incident, incidentOf, type Links } from './incident.ts';
import { incidentBody, incidentExpiresAt, type OpenIncident } from './incident-item.ts';
import { incidentKey, partitionOf } from './kept.ts';
import { composeIncident, type Notification } from './message.ts';
import { sendOnce } from './send-once.ts';
import { type Audience, type Sending, sendingsOf } from './sendings.ts';

/** Where messages are sent, and where it is noted that they were. */
export interface Outbox {
  readonly sns: Pick<SNSClient, 'send'>;
  readonly events: Pick<EventBridgeClient, 'send'>;
  readonly audience: Audience;
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
 * Tells people of an alarm's change, once by each outlet, and notes what they know then. Throws if an outlet fails: the
 * next try sends only what was not sent.
 */
export async function tell(outbox: Outbox, links: Links, telling: Telling): Promise<void> {
  const { change, evidence, step, firedAt, stored } = telling;
  const incident = incidentOf(change, evidence);
  const item = `message#${change.name}#${new Date(firedAt).toISOString()}#${step}`;
  const wereSent = await sendAll(outbox, composeIncident(incident, links), { org: partitionOf(change.subject), item });
  const after = telling.after(incident);
  if (wereSent && after) await noteIncident(outbox.table, change, after, stored);
}

/**
 * Tries every outlet, whichever fails, and then throws if one did. Returns whether anything was sent.
 *
 * @param once where to note what was sent, so that it is not sent twice
 */
export async function sendAll(outbox: Outbox, notification: Notification, once?: ItemKey): Promise<boolean> {
  const { table, owner, audience } = outbox;
  const sendings = sendingsOf(notification, audience);
  const results = await Promise.allSettled(
    sendings.map((sending) =>
      sendOnce(
        once && table,
        { key: { org: once?.org ?? '', item: `${once?.item}#${nameOf(sending)}` }, owner, now: Date.now() },
        () => send(outbox, sending),
      ),
    ),
  );
  const failed = results.flatMap((result, at) => {
    const sending = sendings[at];
    return result.status === 'rejected' && sending
      ? [`${nameOf(sending)}: ${result.reason instanceof Error ? result.reason.name : 'unknown error'}`]
      : [];
  });
  if (failed.length > 0) throw new Error(`a message could not be sent: ${failed.join('; ')}`);
  return results.some((result) => result.status === 'fulfilled' && result.value);
}

function nameOf(sending: Sending): string {
  return sending.to === 'bus' ? sending.outlet : sending.shape;
}

/** Trap: PutEvents succeeds although it refuses an event. */
async function send({ sns, events }: Outbox, sending: Sending): Promise<void> {
  if (sending.to === 'topic') {
    await sns.send(new PublishCommand(sending.message));
    const { shape, message } = sending;
    process.stdout.write(`${JSON.stringify({ type: 'message', shape, subject: message.Subject })}\n`);
    return;
  }
  const { Entries: [entry] = [] } = await events.send(new PutEventsCommand({ Entries: [sending.event] }));
  if (entry?.ErrorCode) throw Object.assign(new Error('PutEvents refused the event'), { name: entry.ErrorCode });
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
    const why = error instanceof Error ? error.name : 'unknown error';
    process.stdout.write(`${JSON.stringify({ type: 'incident-not-noted', alarm: name, error: why })}\n`);
  }
}
