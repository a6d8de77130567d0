import { describe, expect, it } from 'vitest';
import { composeMessage, composeUnreadable } from '../../../../functions/notify/message.ts';
import { type Outlet, outlets } from '../../../../functions/notify/outlets.ts';
import { receiverKinds } from '../../../../functions/notify/receiver-kinds.ts';
import { sendingsOf } from '../../../../functions/notify/sendings.ts';
import { firing, firingEvidence, links, resolved, resolvedEvidence } from '../../../support/messages.ts';

const all = Object.entries<Outlet>(outlets).map(([name, outlet]) => ({ name, outlet }));
const incident = composeMessage(firing, firingEvidence, links);
const unreadable = composeUnreadable('it broke', 'it is text', links);
const peopleTopicArn = 'arn:aws:sns:us-east-1:123456789012:okta-synthetics-pages';
const sent = (used: readonly string[], notification = incident, people = peopleTopicArn) =>
  sendingsOf(notification, { peopleTopicArn: people, ownTopicArn: peopleTopicArn, outlets: used });

describe('the table of outlets', () => {
  it('has an entry for each kind of receiver, and no receiver of another kind', () => {
    expect(all.flatMap(({ name, outlet }) => (outlet.receiver ? [name] : []))).toEqual([...receiverKinds]);
  });

  it.each(all)('has a text for $name in every message', ({ outlet }) => {
    for (const [notification, content] of [
      [incident, 'internal-error'],
      [unreadable, 'it broke'],
    ] as const) {
      const text = 'format' in outlet ? outlet.format(notification) : JSON.stringify(outlet.detail(notification));
      expect(text).toContain(content);
    }
  });

  it('has one format for each topic and protocol', () => {
    const formats = new Map<string, unknown>();
    for (const { outlet } of all) {
      if (!('topic' in outlet)) continue;
      const key = `${outlet.topic} ${outlet.protocol}`;
      expect(formats.get(key) ?? outlet.format).toBe(outlet.format);
      formats.set(key, outlet.format);
    }
  });
});

describe('a notification', () => {
  it("is a message to people and an event for other people's rules, for any receivers", () => {
    expect(sent([])).toMatchObject([
      { to: 'topic', message: { TopicArn: peopleTopicArn } },
      { to: 'bus', event: { Source: 'okta-synthetics', DetailType: 'Okta Synthetics Incident Raised' } },
    ]);
  });

  it('reaches every kind of receiver by one topic or event of its own', () => {
    const sendings = sent(receiverKinds);
    const topics = sendings.flatMap((each) => (each.to === 'topic' ? [each.message.TopicArn] : []));
    expect(topics).toEqual([peopleTopicArn, `${peopleTopicArn}-cloudwatch`, `${peopleTopicArn}-json`]);
    const types = sendings.flatMap((each) => (each.to === 'bus' ? [each.event.DetailType] : []));
    expect(types).toEqual(['Okta Synthetics PagerDuty Event', 'Okta Synthetics Incident Raised']);
  });

  it('has an event of another type when the alarm has resolved', () => {
    expect(sent([], composeMessage(resolved, resolvedEvidence, links))).toMatchObject([
      { to: 'topic' },
      { to: 'bus', event: { DetailType: 'Okta Synthetics Incident Resolved' } },
    ]);
  });

  it('names the alarm and the topic in its events, so that rules can tell deployments and routes apart', () => {
    const [, event] = sent([]);
    expect(event).toMatchObject({
      event: {
        Resources: [`arn:aws:cloudwatch:us-east-1:123456789012:alarm:${firing.name}`, peopleTopicArn],
      },
    });
  });

  it('sends only what people read to a topic that others made, and its events name both topics', () => {
    const onCall = 'arn:aws:sns:us-east-1:123456789012:on-call';
    const sendings = sent(['json', 'pagerduty'], incident, onCall);
    expect(sendings.flatMap((each) => (each.to === 'topic' ? each.message.TopicArn : []))).toEqual([
      onCall,
      `${peopleTopicArn}-json`,
    ]);
    for (const each of sendings) {
      if (each.to === 'bus') expect(each.event.Resources?.slice(1)).toEqual([onCall, peopleTopicArn]);
    }
  });
});
