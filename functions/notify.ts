import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { Context } from 'aws-lambda';
import { alarmName } from './alarms/subject.ts';
import { type AlarmChange, readRecord } from './notify/event.ts';
import { gather } from './notify/gather.ts';
import { composeMessage, composeUnreadable, type SnsMessage } from './notify/message.ts';
import { asRecord } from './notify/read.ts';
import { readSettings } from './notify/settings.ts';

/** Kept back from the function's timeout for publishing: late evidence is worth less than a message. */
const reserveMs = 10_000;

const settings = readSettings(process.env);
const [logs, cloudWatch, sns] = [new CloudWatchLogsClient(), new CloudWatchClient(), new SNSClient()];

/**
 * Tells people of an alarm in their words: SNS calls it with CloudWatch's, it reads what the probes logged, and
 * publishes what they mean.
 *
 * Whatever it cannot read, it says so in the message. When it cannot publish, it throws: Lambda tries again, and in the
 * end sends the event as it came. `{"selfTest": true}` does everything but publish, and throws when a right is missing.
 */
export async function handler(event: unknown, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<void> {
  const readMs = Math.max(0, Math.floor(context.getRemainingTimeInMillis()) - reserveMs);
  const sources = { logs, cloudWatch, logGroups: settings.logGroups, signal: AbortSignal.timeout(readMs) };
  const { selfTest, Records } = asRecord(event);
  if (selfTest === true) {
    const change = rehearsedChange(Date.now());
    const evidence = await gather(change, sources);
    composeMessage(change, evidence, settings);
    const refused = evidence.gaps.filter(({ kind }) => kind === 'refused').map(({ sentence }) => sentence);
    if (refused.length > 0) throw new Error(`the self-test failed: ${refused.join('; ')}`);
    return;
  }
  for (const record of Array.isArray(Records) && Records.length > 0 ? Records : [event]) {
    const read = readRecord(record);
    if (read.kind === 'silent') continue;
    const message =
      read.kind === 'unreadable'
        ? composeUnreadable(read.raw, read.why, settings)
        : composeMessage(read, await gather(read, sources), settings);
    await publish(message);
  }
}

async function publish(message: SnsMessage): Promise<void> {
  await sns.send(new PublishCommand({ TopicArn: settings.topicArn, ...message }));
  process.stdout.write(`${JSON.stringify({ type: 'message', subject: message.Subject })}\n`);
}

/** A recovery, which asks for all that there is: every log group, and an alarm's history. No org is called so. */
function rehearsedChange(now: number): AlarmChange {
  const subject = { kind: 'not-running', org: '-' } as const;
  const name = alarmName(subject);
  return { kind: 'recovered', name, subject, changedAt: now, lookBackMs: 5 * 60_000, reason: 'a rehearsal' };
}
