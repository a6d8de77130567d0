import { expect, it } from 'vitest';
import { composeMessage } from '../../../../functions/notify/message.ts';
import { peopleMessage } from '../../../../functions/notify/sendings.ts';
import { readPublish } from '../../../../local/self-hosted/aws-emulator/messages.ts';
import {
  type DeliveredMessage,
  type Publication,
  readPublication,
  Sns,
} from '../../../../local/self-hosted/sns/sns.ts';
import type { Subscription, Topic } from '../../../../local/self-hosted/template/deployment.ts';
import { firing, firingEvidence, links } from '../../../support/messages.ts';

const email: Subscription = { protocol: 'email', endpoint: 'on-call@example.com', permitted: true };
const topic: Topic = {
  ...{ logicalId: 'People', name: 'okta-synthetics-pages', acceptsAlarms: false },
  ...{ arn: 'arn:aws:sns:us-east-1:123456789012:okta-synthetics-pages', subscriptions: [email] },
};

/** The message that the topic's subscribers receive. */
function deliver(publication: Publication, from: DeliveredMessage['from'] = 'function', subscriptions = [email]) {
  return new Sns(() => [topic]).publish({ ...topic, subscriptions }, publication, { at: 0, sentAt: 0, from }).message;
}

/** What the notifier publishes for an alarm. */
const notification = () =>
  readPublication(
    readPublish({ TopicArn: topic.arn, ...peopleMessage(composeMessage(firing, firingEvidence, links)) }),
  );

const withHttps = (https: string): Publication => ({ text: 'short', byProtocol: { email: 'a letter', https } });

it('reads the structured context of a notifier message even if all subscribers get e-mail', () => {
  const publication = notification();
  const message = deliver(publication);
  const { metadata } = JSON.parse(publication.byProtocol?.https ?? '');
  expect(message?.deliveries).toMatchObject([
    { protocol: 'email', text: publication.byProtocol?.email, failed: false },
  ]);
  expect(message?.context).toEqual(metadata.additionalContext);
  expect(message?.context).toMatchObject({ org: 'acme', finding: 'internal-error', alarm: firing.name });
});

it('reads the structured context of a notifier message even if the topic has no subscribers', () => {
  const message = deliver(notification(), 'function', []);
  expect(message?.deliveries).toMatchObject([{ protocol: 'none' }]);
  expect(message?.context).toMatchObject({ org: 'acme', finding: 'internal-error' });
});

it.each([
  ['an alarm', 'alarm'],
  ['a failed invocation', 'failed invocation'],
] as const)('reads no context from the raw message of %s', (_, from) => {
  const message = deliver({ text: '{"AlarmName":"a"}', byProtocol: { email: 'prose' } }, from);
  expect(message?.from).toBe(from);
  expect(message).not.toHaveProperty('context');
});

it.each([
  ['is not JSON', 'an alarm'],
  ['is null', 'null'],
  ['has no metadata', '{}'],
  ['has a list as its context', '{"metadata":{"additionalContext":["acme"]}}'],
  ['has a member that is not a string', '{"metadata":{"additionalContext":{"org":"acme","count":1}}}'],
])('reads no context from an https document that %s', (_, document) => {
  expect(deliver(withHttps(document))).not.toHaveProperty('context');
});
