import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { Context } from 'aws-lambda';
import { alarmName } from './alarms/subject.ts';
import { audienceOf } from './notify/audience.ts';
import { type AlarmChange, readRecord } from './notify/event.ts';
import { gatherEvidence } from './notify/evidence.ts';
import { composeMessage, composeUnreadable, type Notification } from './notify/message.ts';
import { asRecord } from './notify/read.ts';
import { type Audience, type Sending, sendingsOf } from './notify/sendings.ts';
import { readSettings } from './notify/settings.ts';

/** Time reserved for publishing: complete evidence is worth less than a message that is sent. */
const reserveMs = 10_000;

const settings = readSettings(process.env);
const [logs, cloudWatch] = [new CloudWatchLogsClient(), new CloudWatchClient()];
const [sns, events] = [new SNSClient(), new EventBridgeClient()];

/**
 * Notifies people of an alarm. SNS calls it with CloudWatch's message; it reads what the probes logged, and publishes
 * what the alarm means.
 *
 * When it cannot read something, the message says so. When an outlet fails, the others still get the message, and it
 * throws: Lambda tries again and finally sends the original event. `{"selfTest": true}` does everything but send, and
 * throws when a permission is missing.
 */
export async function handler(event: unknown, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<void> {
  const readMs = Math.max(0, Math.floor(context.getRemainingTimeInMillis()) - reserveMs);
  const sources = { logs, cloudWatch, logGroups: settings.logGroups, signal: AbortSignal.timeout(readMs) };
  const { selfTest, Records } = asRecord(event);
  if (selfTest === true) {
    const change = selfTestChange(Date.now());
    const evidence = await gatherEvidence(change, sources);
    composeMessage(change, evidence, settings);
    const unreadable = evidence.gaps.filter(({ kind }) => kind === 'unreadable').map(({ sentence }) => sentence);
    if (unreadable.length > 0) throw new Error(`the self-test failed: ${unreadable.join('; ')}`);
    return;
  }
  for (const record of Array.isArray(Records) && Records.length > 0 ? Records : [event]) {
    const read = readRecord(record, settings.monitor.deployment);
    if (read.kind === 'ignored') continue;
    const notification =
      read.kind === 'unreadable'
        ? composeUnreadable(read.raw, read.why, settings)
        : composeMessage(read, await gatherEvidence(read, sources), settings);
    await sendAll(notification, audienceOf(record, settings));
  }
}

/** Tries every outlet, whichever fails, and then throws if one did. */
async function sendAll(notification: Notification, audience: Audience): Promise<void> {
  const sendings = sendingsOf(notification, audience);
  const results = await Promise.allSettled(sendings.map(send));
  const failed = results.flatMap((result, at) => {
    const sending = sendings[at];
    const name = sending?.to === 'bus' ? sending.outlet : sending?.shape;
    return result.status === 'rejected'
      ? [`${name}: ${result.reason instanceof Error ? result.reason.name : 'unknown error'}`]
      : [];
  });
  if (failed.length > 0) throw new Error(`a message could not be sent: ${failed.join('; ')}`);
}

/** Trap: PutEvents succeeds although it refuses an event. */
async function send(sending: Sending): Promise<void> {
  if (sending.to === 'topic') {
    await sns.send(new PublishCommand(sending.message));
    const { shape, message } = sending;
    process.stdout.write(`${JSON.stringify({ type: 'message', shape, subject: message.Subject })}\n`);
    return;
  }
  const { Entries: [entry] = [] } = await events.send(new PutEventsCommand({ Entries: [sending.event] }));
  if (entry?.ErrorCode) throw Object.assign(new Error('PutEvents refused the event'), { name: entry.ErrorCode });
}

/** An alarm that resolves needs all evidence: every log group, and the alarm's history. No org has this name. */
function selfTestChange(now: number): AlarmChange {
  const subject = { kind: 'not-running', org: '-' } as const;
  const name = alarmName(subject, settings.monitor.deployment);
  return { kind: 'resolved', name, subject, changedAt: now, lookBackMs: 5 * 60_000, reason: 'self-test', document: {} };
}
