import type { Context } from 'aws-lambda';
import { openCloudWatch, openEventBridge, openSns } from './aws/clients.ts';
import { alarmName } from './findings/alarm-subject.ts';
import { asRecord } from './model/read.ts';
import { insecureSetting } from './model/tls.ts';
import { audienceOf } from './notify/audience.ts';
import { countConfirmed } from './notify/confirmations.ts';
import { type AlarmChange, readRecord } from './notify/event.ts';
import { gatherEvidence, type Sources } from './notify/evidence.ts';
import { composeMessage, composeUnreadable } from './notify/message.ts';
import { notifyOfChange, readTable } from './notify/pipeline.ts';
import { readSettings } from './notify/settings.ts';
import { sendToAll } from './notify/tell.ts';
import { stateTable } from './state/state-table.ts';

/** Time reserved for publishing: complete evidence is worth less than a message that is sent. */
const reserveMs = 10_000;

/** How often a change is handled anew because another process noted something meanwhile. */
const attempts = 3;

const settings = readSettings(process.env);
const cloudWatch = openCloudWatch();
const senders = { sns: openSns(), events: openEventBridge() };
const table = stateTable(process.env);

/**
 * Notifies people of an alarm. SNS calls it with CloudWatch's message; it reads the probes' reports, and publishes
 * the alarm's meaning.
 *
 * When it cannot read something, the message says so. When an outlet fails, the others still get the message, and it
 * throws: Lambda tries again and finally sends the original event. `{"selfTest": true}` does everything but send, and throws when a permission is missing;
 * `receivers` of an event are compared with the confirmed subscriptions. For an event that is none of these, it returns
 * the problem and publishes nothing.
 */
export async function handler(
  event: unknown,
  context: Pick<Context, 'getRemainingTimeInMillis'> & Partial<Pick<Context, 'awsRequestId'>>,
): Promise<string | undefined> {
  const readMs = Math.max(0, Math.floor(context.getRemainingTimeInMillis()) - reserveMs);
  const sources = { cloudWatch, logGroups: settings.logGroups, signal: AbortSignal.timeout(readMs) };
  const { selfTest, receivers, Records } = asRecord(event);
  if (selfTest === true || receivers !== undefined) {
    if (selfTest === true) await testItself(sources);
    await countConfirmed(senders.sns, receivers, settings.topicArn, settings.monitor.deployment);
    return undefined;
  }
  const records = Array.isArray(Records) ? Records.filter((record) => 'Sns' in asRecord(record)) : [];
  if (records.length === 0) return refused(event);
  for (const record of records) {
    const read = readRecord(record, settings.monitor.deployment);
    if (read.kind === 'ignored') continue;
    const audience = audienceOf(record, settings);
    const outbox = { ...senders, audience, table, owner: context.awsRequestId ?? '' };
    if (read.kind === 'unreadable') {
      await sendToAll(outbox, `unreadable#${read.id}`, composeUnreadable(read.raw, read.why, settings));
      continue;
    }
    // Each attempt begins with the notes of other processes, so that no message is sent twice.
    for (let attempt = 0; attempt < attempts; attempt += 1)
      if (await notifyOfChange(read, { settings, sources, outbox })) break;
  }
  return undefined;
}

/**
 * The problem of an event that SNS did not send, but a person or a wrong target.
 *
 * Trap: it must not throw, because Lambda would send the event of a failed run to people, and it holds no alarm.
 */
function refused(event: unknown): string {
  const found = 'servers' in asRecord(event) ? 'for a function that runs probes' : 'not from SNS';
  const note = `The event is ${found}: this function writes messages about alarms, and tests itself with {"selfTest": true}.`;
  process.stdout.write(`${JSON.stringify({ type: 'event', note })}\n`);
  return note;
}

async function testItself(sources: Sources): Promise<void> {
  const change = selfTestChange(Date.now());
  const evidence = await gatherEvidence(change, sources, await readTable(table, change, settings.logGroups));
  composeMessage(change, evidence, settings);
  const unreadable = evidence.gaps.filter(({ kind }) => kind === 'unreadable').map(({ sentence }) => sentence);
  const problems = [...unreadable, insecureSetting(process.env) ?? []].flat();
  if (problems.length > 0) throw new Error(`the self-test failed: ${problems.join('; ')}`);
}

/** An alarm that resolves needs all evidence: the state table, and the alarm's history. No org has this name. */
function selfTestChange(now: number): AlarmChange {
  const subject = { kind: 'not-running', org: '-' } as const;
  const name = alarmName(subject, settings.monitor.deployment);
  return { kind: 'resolved', name, subject, changedAt: now, lookBackMs: 5 * 60_000, reason: 'self-test', document: {} };
}
