import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { putItem, type StateTable, type StoredItem } from '../runtime/state-table.ts';
import type { AlarmChange } from './event.ts';
import type { Evidence } from './evidence.ts';
import { type Incident, incidentOf, type Links } from './incident.ts';
import { incidentBody, incidentExpiresAt, type OpenIncident } from './incident-item.ts';
import { incidentKey, partitionOf } from './kept.ts';
import { composeIncident, type SnsMessage } from './message.ts';
import { sendOnce } from './send-once.ts';

/** Where messages are sent, and where it is noted that they were. */
export interface Outbox {
  readonly sns: Pick<SNSClient, 'send'>;
  readonly topicArn: string;
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

/** Tells people of an alarm's change, once, and notes what they know then. Throws if the message cannot be published. */
export async function tell(outbox: Outbox, links: Links, telling: Telling): Promise<void> {
  const { change, step, firedAt, stored } = telling;
  const item = `message#${change.name}#${new Date(firedAt).toISOString()}#${step}`;
  const sending = { key: { org: partitionOf(change.subject), item }, owner: outbox.owner, now: Date.now() };
  await sendOnce(outbox.table, sending, async () => {
    const incident = incidentOf(change, telling.evidence);
    await publish(outbox, composeIncident(incident, links));
    const after = telling.after(incident);
    if (after) await noteIncident(outbox.table, change, after, stored);
  });
}

/** Publishes a message. Throws the SDK's errors. */
export async function publish({ sns, topicArn }: Outbox, message: SnsMessage): Promise<void> {
  await sns.send(new PublishCommand({ TopicArn: topicArn, ...message }));
  process.stdout.write(`${JSON.stringify({ type: 'message', subject: message.Subject })}\n`);
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
