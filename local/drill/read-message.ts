import type { Message as Got } from '../rehearsal/message.ts';
import type { Message } from './trace.ts';

const minuteMs = 60_000;

/**
 * A message as people read it, or undefined where nobody can have: what failed to be delivered, and what only programs
 * were to get.
 *
 * Trap: a topic of alarms is no topic of people's. What is stranded there has reached nobody.
 */
export function readMessage(got: Got, firstBadAt: number): Message | undefined {
  const { at, topic, audience, alarm, state, from, subject = '', text, deliveries } = got;
  if (!audience || !topic.endsWith(`-${audience}s`)) return undefined;
  const arrived = deliveries.filter(({ failed }) => !failed);
  const read = arrived.find(({ protocol }) => protocol === 'email') ?? arrived[0];
  if (!read) return undefined;
  return {
    minute: Math.ceil((at - firstBadAt) / minuteMs),
    audience,
    news: state === 'OK' ? 'recovery' : 'problem',
    raw: from !== 'function',
    ...(alarm !== undefined && { alarm }),
    subject: read.subject ?? subject,
    body: read.protocol === 'none' ? bodyOf(text) : read.text,
  };
}

/** Of a message that has a text for each protocol, the one for people. */
function bodyOf(text: string): string {
  try {
    const { email = text } = JSON.parse(text) as { readonly email?: unknown };
    return typeof email === 'string' ? email : text;
  } catch {
    return text;
  }
}
