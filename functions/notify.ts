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
 * sends the original event. `{"selfTest": true}` does everything but publish, and throws when a permission is missing.
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
    const message =
      read.kind === 'unreadable'
        ? composeUnreadable(read.raw, read.why, settings)
        : composeMessage(read, await gatherEvidence(read, sources), settings);
    await publish(message);
  }
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
