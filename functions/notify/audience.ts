import { composedName, resourceName } from '../model/deployment.ts';
import { asRecord, text } from '../model/read.ts';
import { receiverKinds } from './receiver-kinds.ts';
import type { Audience } from './sendings.ts';
import type { Settings } from './settings.ts';

/**
 * The receivers of a message about an alarm. An org with its own receivers has its own topics, and its people's topic is
 * named after the topic of the alarm: `…_acme_page-alarms`, `…_acme_pages`.
 */
export function audienceOf(record: unknown, settings: Settings): Audience {
  const { route, topicArn } = settings;
  const from = text(asRecord(asRecord(record).Sns).TopicArn) ?? '';
  const end = `_${route}-alarms`;
  return audienceAt(from.endsWith(end) ? `${from.slice(0, -end.length)}_${route}s` : topicArn, settings);
}

/** Returns the audience of drills: only people, and only those who receive drills. Undefined if there are none. */
export function audienceOfDrills({ drillTopicArn }: Settings): Audience | undefined {
  return drillTopicArn === undefined
    ? undefined
    : { peopleTopicArn: drillTopicArn, ownTopicArn: drillTopicArn, outlets: [], isPeopleOnly: true };
}

/**
 * Returns the audience behind a topic of people.
 *
 * Trap: an org with its own receivers has the topics of all shapes, because this function cannot know which are used.
 */
export function audienceAt(peopleTopicArn: string, { route, outlets, monitor }: Settings): Audience {
  const name = peopleTopicArn.slice(peopleTopicArn.lastIndexOf(':') + 1);
  const { deployment } = monitor;
  if (name.startsWith(composedName(deployment, ''))) {
    return { peopleTopicArn, ownTopicArn: peopleTopicArn, outlets: receiverKinds };
  }
  const place = peopleTopicArn.slice(0, -name.length);
  return { peopleTopicArn, ownTopicArn: `${place}${resourceName(deployment, `${route}s`)}`, outlets };
}
