import type { PublishCommandInput } from '@aws-sdk/client-sns';
import type { AlarmChange } from './event.ts';
import type { Evidence } from './evidence.ts';
import { incidentOf, type Links } from './incident.ts';
import { clip } from './read.ts';
import { renderChat } from './render/chat.ts';
import { renderEmail } from './render/email.ts';
import { oneLine, renderSubject } from './render/subject.ts';

/** What is published, but for the topic. */
export type SnsMessage = Required<Pick<PublishCommandInput, 'Subject' | 'Message' | 'MessageStructure'>>;

/** What people are told of an alarm's change: for mail in plain text, for chats and programs as one document. */
export function composeMessage(alarm: AlarmChange, evidence: Evidence, links: Links): SnsMessage {
  const incident = incidentOf(alarm, evidence);
  const subject = renderSubject(incident, links);
  const chat = renderChat(incident, subject, links, evidence.firing?.reason);
  return inEachFormat(subject, renderEmail(incident, links), chat, `${subject}\n${links.runbook}#${incident.heading}`);
}

/** An alarm that nobody could read, as it came: a person may. */
export function composeUnreadable(raw: string, why: string, links: Links): SnsMessage {
  const subject = oneLine(`${links.route.toUpperCase()}: an alarm that could not be read`);
  const note = `An alarm came for ${links.route}s that the monitor cannot put into words: ${why}. Here it is as it came.`;
  const text = clip(`${note}\n\n${raw}`, 24_000);
  const chat = {
    version: '1.0',
    source: 'custom',
    content: { textType: 'client-markdown', title: subject, description: clip(text, 2_500) },
    metadata: { additionalContext: { audience: links.route, state: 'unreadable', dashboard: links.dashboard } },
  };
  return inEachFormat(subject, text, chat, subject);
}

/** https://docs.aws.amazon.com/sns/latest/dg/sns-send-custom-platform-specific-payloads-mobile-devices.html */
function inEachFormat(subject: string, email: string, chat: object, short: string): SnsMessage {
  const document = JSON.stringify(chat);
  return {
    Subject: subject,
    MessageStructure: 'json',
    Message: JSON.stringify({ default: short, email, https: document, http: document }),
  };
}
