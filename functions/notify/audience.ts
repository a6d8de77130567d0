import { receiverKinds } from './outlets.ts';
import { asRecord, text } from './read.ts';
import type { Audience } from './sendings.ts';
import type { Settings } from './settings.ts';

/**
 * Who gets a message: the people whose topic is named after the topic of the alarm. An org with receivers of its own has
 * topics of its own: `…-acme-page-alarms` and `…-acme-pages`.
 *
 * Trap: such an org has the topics of all shapes, because the notifier cannot know which of them it uses.
 */
export function audienceOf(record: unknown, { route, topicArn, outlets }: Settings): Audience {
  const from = text(asRecord(asRecord(record).Sns).TopicArn) ?? '';
  const end = `-${route}-alarms`;
  const peopleTopicArn = from.endsWith(end) ? `${from.slice(0, -end.length)}-${route}s` : topicArn;
  return { peopleTopicArn, outlets: peopleTopicArn === topicArn ? outlets : receiverKinds };
}
