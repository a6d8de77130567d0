import { expect, it } from 'vitest';
import { leadOf } from '../../../../local/runner/named.ts';
import { readMessage } from '../../../../local/runner/read-message.ts';
import type { DeliveredMessage, Delivery } from '../../../../local/simulator/sns/sns.ts';

const page: Omit<DeliveredMessage, 'deliveries'> = {
  ...{ at: 120_000, topic: 'okta-synthetics-pages', route: 'page', from: 'function', text: 'short' },
  ...{ alarm: 'okta-synthetics/acme/okta/page', state: 'ALARM', subject: 'PAGE acme: something' },
};
const delivered = (protocol: string, text: string, failed = false): Delivery => ({
  ...{ protocol, endpoint: 'somebody', text, failed },
});
const chat = JSON.stringify({
  content: { description: '*Fault* Okta problem' },
  metadata: { additionalContext: { finding: 'internal-error', org: 'acme' } },
});

it('a message is read as a person reads it: by mail where somebody gets mail', () => {
  const read = readMessage({ ...page, deliveries: [delivered('https', chat), delivered('email', 'a letter')] }, 0);
  expect(read).toMatchObject({ minute: 2, route: 'page', news: 'problem', raw: false, body: 'a letter' });
});

it('a document for chats is read by what it shows and by what programs find in it', () => {
  const read = readMessage({ ...page, deliveries: [delivered('https', chat)] }, 0);
  expect(read && leadOf(read)).toBe('internal-error');
  expect(read?.body).toContain('Okta problem');
  expect(readMessage({ ...page, deliveries: [delivered('https', 'an alarm')] }, 0)?.body).toBe('an alarm');
});

it('nobody has read what did not arrive, or what only a notifier gets', () => {
  expect(readMessage({ ...page, deliveries: [delivered('email', 'a letter', true)] }, 0)).toBeUndefined();
  const stranded = { ...page, topic: 'okta-synthetics-page-alarms', deliveries: [delivered('none', 'an alarm')] };
  expect(readMessage(stranded, 0)).toBeUndefined();
});
