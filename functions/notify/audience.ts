import { resourceName } from '../model/deployment.ts';
import { receiverKinds } from './outlets.ts';
import { asRecord, text } from './read.ts';
import type { Audience } from './sendings.ts';
import type { Settings } from './settings.ts';

/**
 * Who gets a message about an alarm: the people whose topic is named after the topic of the alarm. An org with receivers
 * of its own has topics of its own: `…-acme-page-alarms` and `…-acme-pages`.
 */
export function audienceOf(record: unknown, settings: Settings): Audience {
  const { route, topicArn } = settings;
  const from = text(asRecord(asRecord(record).Sns).TopicArn) ?? '';
  const end = `-${route}-alarms`;
  return audienceAt(from.endsWith(end) ? `${from.slice(0, -end.length)}-${route}s` : topicArn, settings);
}

/**
 * Who gets what is sent to a topic of people.
 *
 * Trap: an org with receivers of its own has the topics of all shapes, because nobody here knows which of them it uses.
 */
export function audienceAt(peopleTopicArn: string, { route, outlets, monitor }: Settings): Audience {
  const isShared = peopleTopicArn.endsWith(`:${resourceName(monitor.deployment, `${route}s`)}`);
  return { peopleTopicArn, outlets: isShared ? outlets : receiverKinds };
}
