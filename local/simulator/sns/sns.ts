import { routes } from '../../../functions/alarms/subject.ts';
import type { Topic } from '../template/deployment.ts';
import type { Publication } from './alarm-message.ts';
import type { Cause, Delivered, Delivery } from './message.ts';
import { textFor } from './sns-event.ts';

/** What becomes of one message that was published to a topic. */
export interface Published {
  /** The functions that must be called with it. */
  readonly calls: readonly string[];
  /** What people get of it; absent where only functions listen. */
  readonly message?: Delivered;
  readonly delivered: number;
  readonly failed: number;
}

/** Hands what is published to a topic to its subscribers. */
export interface Sns {
  publish(topic: Topic, publication: Publication, about: Pick<Delivered, 'at' | 'from'> & { cause?: Cause }): Published;
  /** Keeps what a topic is sent from its subscribers, by one protocol or by all. Returns the way back. */
  failDeliveries(topic: string, protocol?: string): () => void;
}

export function openSns(topics: readonly Topic[]): Sns {
  const closed = new Set<{ readonly topic: string; readonly protocol?: string }>();
  const isClosed = (topic: string, protocol: string) =>
    [...closed].some((each) => each.topic === topic && (each.protocol ?? protocol) === protocol);
  return {
    publish({ name, subscriptions }, publication, { at, from, cause }) {
      const { subject, text } = publication;
      const all = subscriptions.map(({ protocol, endpoint, permitted }): Delivery => {
        const failed = !permitted || isClosed(name, protocol);
        const own = { protocol, endpoint, text: textFor(protocol, publication), failed };
        return { ...own, ...(subject !== undefined && { subject }) };
      });
      const nobody: Delivery = {
        protocol: 'none',
        endpoint: 'nobody',
        text: textFor('email', publication),
        failed: false,
        ...(subject && { subject }),
      };
      const deliveries = all.length === 0 ? [nobody] : all.filter(({ protocol }) => protocol !== 'lambda');
      const route = routeOf(name);
      const message: Delivered = {
        ...{ at, topic: name, from, text, deliveries },
        ...(route && { route }),
        ...(subject !== undefined && { subject }),
        ...cause,
      };
      return {
        calls: all.flatMap(({ protocol, endpoint, failed }) => (protocol === 'lambda' && !failed ? [endpoint] : [])),
        ...(deliveries.length > 0 && { message }),
        delivered: all.filter(({ failed }) => !failed).length,
        failed: all.filter(({ failed }) => failed).length,
      };
    },
    failDeliveries(topic, protocol) {
      if (!topics.some(({ name }) => name === topic)) throw new Error(`no topic is called ${topic}`);
      const entry = { topic, ...(protocol !== undefined && { protocol }) };
      closed.add(entry);
      return () => {
        closed.delete(entry);
      };
    },
  };
}

/** The route whose topic it is, alarms' or people's: `okta-synthetics-page-alarms`, `okta-synthetics-pages`. */
function routeOf(topic: string) {
  return routes.find((route) => [`${route}s`, `${route}-alarms`].some((end) => topic.endsWith(`-${end}`)));
}
