import { audiences } from '../../../functions/alarms/subject.ts';
import type { Topic } from '../template/deployment.ts';
import type { Publication } from './alarm-message.ts';
import type { Cause, Delivery, Message } from './message.ts';
import { textFor } from './sns-event.ts';

/** What becomes of one message that was published to a topic. */
export interface Posted {
  /** The functions that must be called with it. */
  readonly calls: readonly string[];
  /** What people get of it; absent where only functions listen. */
  readonly message?: Message;
  readonly delivered: number;
  readonly failed: number;
}

/** Hands what is published to a topic to its subscribers. */
export interface PostOffice {
  post(topic: Topic, publication: Publication, about: Pick<Message, 'at' | 'from'> & { cause?: Cause }): Posted;
  /** Keeps what a topic is sent from its subscribers, by one protocol or by all. Returns the way back. */
  close(topic: string, protocol?: string): () => void;
}

export function openPostOffice(topics: readonly Topic[]): PostOffice {
  const closed = new Set<{ readonly topic: string; readonly protocol?: string }>();
  const isClosed = (topic: string, protocol: string) =>
    [...closed].some((each) => each.topic === topic && (each.protocol ?? protocol) === protocol);
  return {
    post({ name, subscriptions }, publication, { at, from, cause }) {
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
      const audience = audienceOf(name);
      const message: Message = {
        ...{ at, topic: name, from, text, deliveries },
        ...(audience && { audience }),
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
    close(topic, protocol) {
      if (!topics.some(({ name }) => name === topic)) throw new Error(`no topic is called ${topic}`);
      const entry = { topic, ...(protocol !== undefined && { protocol }) };
      closed.add(entry);
      return () => {
        closed.delete(entry);
      };
    },
  };
}

/** The audience whose topic it is, alarms' or people's: `okta-synthetics-page-alarms`, `okta-synthetics-pages`. */
function audienceOf(topic: string) {
  return audiences.find((audience) => [`${audience}s`, `${audience}-alarms`].some((end) => topic.endsWith(`-${end}`)));
}
