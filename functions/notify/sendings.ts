import type { PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import type { PublishCommandInput } from '@aws-sdk/client-sns';
import type { Notification } from './message.ts';
import { eventSource, type Outlet, outlets } from './outlets.ts';
import type { Shape } from './receiver-kinds.ts';
import { alarmArn, renderCloudWatch, unreadableAlarm } from './render/cloudwatch.ts';

/** One call that sends a message, to a topic or to the event bus. */
export type Sending =
  | { readonly to: 'topic'; readonly outlet: Shape; readonly message: SnsMessage }
  | { readonly to: 'bus'; readonly outlet: string; readonly event: PutEventsRequestEntry };

/** A message to publish to a topic. */
export type SnsMessage = Required<Pick<PublishCommandInput, 'TopicArn' | 'Subject' | 'Message'>> &
  Pick<PublishCommandInput, 'MessageStructure'>;

/** Who gets a message. */
export interface Audience {
  /** The topic of people. */
  readonly peopleTopicArn: string;
  /** The prefix of the ARNs of topics for other shapes: the deployment's topic of people, even if an existing topic replaces it. */
  readonly ownTopicArn: string;
  /** The outlets besides the people's topic and the events for all. */
  readonly outlets: readonly string[];
  /** Whether no event is put on the bus. */
  readonly isPeopleOnly?: true;
}

/** Everything to send about a notification. Each can be tried by itself, whether or not another fails. */
export function sendingsOf(notification: Notification, audience: Audience): readonly Sending[] {
  const { peopleTopicArn, ownTopicArn } = audience;
  const topics: readonly Sending[] = (['people', ...audience.outlets] as readonly Shape[])
    .filter((shape) => shape in topicMessages)
    .map((shape) => ({
      to: 'topic',
      outlet: shape,
      message: { TopicArn: topicArnOf(audience, shape), ...topicMessages[shape](notification) },
    }));
  const events = Object.entries<Outlet>(outlets).flatMap(([outlet, each]): readonly Sending[] => {
    const isSent = each.receiver === undefined || audience.outlets.includes(outlet);
    if (!('detail' in each) || !isSent || audience.isPeopleOnly) return [];
    return [
      {
        to: 'bus',
        outlet,
        event: {
          Source: eventSource,
          DetailType: each.detailType(notification),
          // Rules tell deployments, orgs and routes apart by the topic.
          Resources: [alarmOf(notification), ...new Set([peopleTopicArn, ownTopicArn])],
          Detail: JSON.stringify(each.detail(notification)),
        },
      },
    ];
  });
  return [...topics, ...events];
}

/** The ARN of the topic for a shape of messages. */
function topicArnOf({ peopleTopicArn, ownTopicArn }: Audience, shape: Shape): string {
  return shape === 'people' ? peopleTopicArn : `${ownTopicArn}-${shape}`;
}

const topicMessages: Readonly<Record<Shape, (notification: Notification) => Omit<SnsMessage, 'TopicArn'>>> = {
  people: peopleMessage,
  cloudwatch(notification) {
    const { subject, document } = renderCloudWatch(notification);
    return { Subject: subject, Message: JSON.stringify(document) };
  },
  json: (notification) => ({ Subject: notification.subject, Message: outlets.json.format(notification) }),
};

/**
 * The texts of all protocols in one message. SNS gives each subscriber the text for the protocol of the subscription.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-send-custom-platform-specific-payloads-mobile-devices.html
 */
export function peopleMessage(notification: Notification): Required<Omit<SnsMessage, 'TopicArn'>> {
  const { subject, links } = notification;
  const text =
    notification.kind === 'incident' ? `${subject}\n${links.runbook}#${notification.incident.heading}` : subject;
  const texts = Object.values<Outlet>(outlets).flatMap((outlet) =>
    'topic' in outlet && outlet.topic === 'people' ? [[outlet.protocol, outlet.format(notification)]] : [],
  );
  return {
    Subject: subject,
    MessageStructure: 'json',
    Message: JSON.stringify({ default: text, ...Object.fromEntries(texts) }),
  };
}

function alarmOf(notification: Notification): string {
  const { links } = notification;
  const name = notification.kind === 'incident' ? notification.incident.alarm.name : unreadableAlarm(links);
  return alarmArn(name, links);
}
