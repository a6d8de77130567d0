import type { CustomNotification } from '../../functions/notify/render/chat.ts';
import type { Message } from '../scenarios/trace.ts';
import type { DeliveredMessage as Got } from '../simulator/sns/sns.ts';

const minuteMs = 60_000;

/**
 * A message as people read it, or undefined where nobody can have: what failed to be delivered, and what only programs
 * were to get.
 *
 * Trap: a topic of alarms is no topic of people's. What is stranded there has reached nobody.
 */
export function readMessage(got: Got, firstBadAt: number): Message | undefined {
  const { at, topic, route, alarm, state, from, subject = '', deliveries } = got;
  if (!route || !topic.endsWith(`-${route}s`)) return undefined;
  const arrived = deliveries.filter(({ failed }) => !failed);
  const read = arrived.find(({ protocol }) => protocol === 'email') ?? arrived[0];
  if (!read) return undefined;
  return {
    minute: Math.ceil((at - firstBadAt) / minuteMs),
    route,
    news: state === 'OK' ? 'recovery' : 'problem',
    raw: from !== 'function',
    ...(alarm !== undefined && { alarm }),
    subject: read.subject ?? subject,
    body: read.protocol.startsWith('http') ? bodyOf(read.text) : read.text,
  };
}

/** What a chat shows of its document, with what a program reads in it; any other text as it is. */
function bodyOf(text: string): string {
  const { content, metadata } = documentIn(text);
  if (!content || !metadata) return text;
  const context = metadata.additionalContext;
  if (context.state === 'unreadable') return content.description;
  return [`Finding ${context.finding}`, `Org ${context.org}`, content.description].join('\n');
}

function documentIn(text: string): Partial<CustomNotification> {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}
