import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { Context } from 'aws-lambda';
import { alarmName } from './alarms/subject.ts';
import { type AlarmChange, readRecord } from './notify/event.ts';
import { gatherEvidence } from './notify/evidence.ts';
import { composeMessage, composeUnreadable, type SnsMessage } from './notify/message.ts';
import { asRecord } from './notify/read.ts';
import { readSettings } from './notify/settings.ts';

/** Time reserved for publishing: complete evidence is worth less than a message that is sent. */
const reserveMs = 10_000;

const settings = readSettings(process.env);
const [logs, cloudWatch, sns] = [new CloudWatchLogsClient(), new CloudWatchClient(), new SNSClient()];

/**
 * Notifies people of an alarm. SNS calls it with CloudWatch's message; it reads what the probes logged, and publishes
 * what the alarm means.
 *
 * When it cannot read something, the message says so. When it cannot publish, it throws: Lambda tries again and finally
 * sends the original event. `{"selfTest": true}` does everything but publish, and throws when a permission is missing. For
 * an event that is none of these, it returns what is wrong and publishes nothing.
 */
export async function handler(
  event: unknown,
  context: Pick<Context, 'getRemainingTimeInMillis'>,
): Promise<string | undefined> {
  const readMs = Math.max(0, Math.floor(context.getRemainingTimeInMillis()) - reserveMs);
  const sources = { logs, cloudWatch, logGroups: settings.logGroups, signal: AbortSignal.timeout(readMs) };
  const { selfTest, Records } = asRecord(event);
  if (selfTest === true) {
    const change = selfTestChange(Date.now());
    const evidence = await gatherEvidence(change, sources);
    composeMessage(change, evidence, settings);
    const unreadable = evidence.gaps.filter(({ kind }) => kind === 'unreadable').map(({ sentence }) => sentence);
    if (unreadable.length > 0) throw new Error(`the self-test failed: ${unreadable.join('; ')}`);
    return undefined;
  }
  const records = Array.isArray(Records) ? Records.filter((record) => 'Sns' in asRecord(record)) : [];
  if (records.length === 0) return refused(event);
  for (const record of records) {
    const read = readRecord(record, settings.monitor.deployment);
    if (read.kind === 'ignored') continue;
    const message =
      read.kind === 'unreadable'
        ? composeUnreadable(read.raw, read.why, settings)
        : composeMessage(read, await gatherEvidence(read, sources), settings);
    await publish(message);
  }
  return undefined;
}

/**
 * What is wrong with an event that SNS did not send. Somebody invoked the function by hand, or set a wrong target.
 *
 * Trap: it is no error, because Lambda would send the event of a failed run to people, and no alarm is in it.
 */
function refused(event: unknown): string {
  const found = 'servers' in asRecord(event) ? 'for a function that runs probes' : 'not from SNS';
  const note = `The event is ${found}: this function writes messages about alarms, and tests itself with {"selfTest": true}.`;
  process.stdout.write(`${JSON.stringify({ type: 'event', note })}\n`);
  return note;
}

async function publish(message: SnsMessage): Promise<void> {
  await sns.send(new PublishCommand({ TopicArn: settings.topicArn, ...message }));
  process.stdout.write(`${JSON.stringify({ type: 'message', subject: message.Subject })}\n`);
}

/** An alarm that resolves needs all evidence: every log group, and the alarm's history. No org has this name. */
function selfTestChange(now: number): AlarmChange {
  const subject = { kind: 'not-running', org: '-' } as const;
  const name = alarmName(subject, settings.monitor.deployment);
  return { kind: 'resolved', name, subject, changedAt: now, lookBackMs: 5 * 60_000, reason: 'self-test' };
}
