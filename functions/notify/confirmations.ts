import type { Sns } from '../aws/clients.ts';
import { emfLines } from '../aws/emf.ts';
import { asRecord, list, number, text } from '../model/read.ts';
import { unconfirmedSeries } from '../model/series.ts';
import type { ConfiguredReceivers } from './receiver-kinds.ts';

/** How long SNS may take for all of them. */
const readMs = 10_000;

/**
 * Compares the confirmed subscriptions of topics with their receivers, and publishes the result by the log. Throws if a
 * topic cannot be read.
 *
 * Trap: SNS says how many, and not who: others who subscribe to a topic hide that a receiver of ours is missing.
 * https://docs.aws.amazon.com/sns/latest/api/API_GetTopicAttributes.html
 */
export async function countConfirmed(sns: Sns, expected: unknown, peopleTopicArn: string, deployment: string) {
  const abortSignal = AbortSignal.timeout(readMs);
  const place = peopleTopicArn.slice(0, peopleTopicArn.lastIndexOf(':') + 1);
  for (const each of list(expected, readConfigured)) {
    const TopicArn = each.topic === undefined ? peopleTopicArn : `${place}${each.topic}`;
    const { Attributes = {} } = await sns.getTopicAttributes({ TopicArn }, { abortSignal });
    const [confirmed, pending, deleted] = ['Confirmed', 'Pending', 'Deleted'].map((state) =>
      Number(Attributes[`Subscriptions${state}`]),
    );
    if (confirmed === undefined || !Number.isInteger(confirmed)) {
      throw new Error(`SNS does not say how many subscriptions of ${each.receiver} are confirmed`);
    }
    const { identity, definition } = unconfirmedSeries(each.receiver, deployment);
    const value = confirmed >= each.count ? 0 : confirmed > 0 ? 1 : 2;
    const counted = { type: 'receivers', ...each, confirmed, pending, deleted };
    const documents = emfLines([{ identity, unit: definition.unit, value }], Date.now());
    for (const line of [counted, ...documents]) process.stdout.write(`${JSON.stringify(line)}\n`);
  }
}

function readConfigured(value: unknown): ConfiguredReceivers | undefined {
  const { receiver, topic, count } = asRecord(value);
  const [name, topicName, most] = [text(receiver), text(topic), number(count)];
  return name === undefined || most === undefined
    ? undefined
    : { receiver: name, count: most, ...(topicName !== undefined && { topic: topicName }) };
}
