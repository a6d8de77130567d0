import { composedName, resourceName } from '../model/deployment.ts';
import { asRecord, text } from '../model/read.ts';
import { receiverKinds } from './receiver-kinds.ts';
import type { Audience } from './sendings.ts';
import type { Settings } from './settings.ts';

/**
 * Who gets a message about an alarm. An org with receivers of its own has topics of its own, and its people's topic is
 * named after the topic of the alarm: `…_acme_page-alarms`, `…_acme_pages`.
 */
export function audienceOf(record: unknown, settings: Settings): Audience {
  const { route, topicArn } = settings;
  const from = text(asRecord(asRecord(record).Sns).TopicArn) ?? '';
  const end = `_${route}-alarms`;
  return audienceAt(from.endsWith(end) ? `${from.slice(0, -end.length)}_${route}s` : topicArn, settings);
}

/** Who gets the messages about drills: only people, and only those who receive drills. Undefined if nobody does. */
export function audienceOfDrills({ drillTopicArn }: Settings): Audience | undefined {
  return drillTopicArn === undefined
    ? undefined
    : { peopleTopicArn: drillTopicArn, ownTopicArn: drillTopicArn, outlets: [], isPeopleOnly: true };
}

/**
 * Who gets what is sent to a topic of people.
 *
 * Trap: an org with receivers of its own has the topics of all shapes, because nobody here knows which of them it uses.
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
