import { describe, expect, it } from 'vitest';
import { audienceAt, audienceOf } from '../../../../functions/notify/audience.ts';
import { receiverKinds } from '../../../../functions/notify/receiver-kinds.ts';
import { readSettings } from '../../../../functions/notify/settings.ts';

const arn = (name: string) => `arn:aws:sns:us-east-1:123456789012:${name}`;
const settingsOf = (people: string, deployment = 'a') =>
  readSettings({
    ...{ ROUTE: 'page', PEOPLE_TOPIC_ARN: arn(people), OUTLETS_PAGE: 'json', LOG_GROUPS: '/aws/lambda/a-flows' },
    ...{ RUNBOOK: 'runbook.md', DEPLOYMENT: deployment, DASHBOARD: 'a-us-east-1' },
  });
const audience = (alarms: string, people = 'a-pages') =>
  audienceOf({ Sns: { TopicArn: arn(alarms) } }, settingsOf(people));

describe('the audience of an alarm', () => {
  it('is the deployment’s people, and the outlets that its configuration has', () => {
    expect(audience('a-page-alarms')).toEqual({
      ...{ peopleTopicArn: arn('a-pages'), ownTopicArn: arn('a-pages') },
      outlets: ['json'],
    });
  });

  it('is the people of the org whose topic the alarm came by, with every outlet', () => {
    expect(audience('a_b-page_page-alarms')).toEqual({
      ...{ peopleTopicArn: arn('a_b-page_pages'), ownTopicArn: arn('a_b-page_pages') },
      outlets: receiverKinds,
    });
  });

  it('is the people of an existing topic, however it is named, with the deployment’s own topics for other shapes', () => {
    for (const people of ['on-call', 'our_pages', 'a-b_pages']) {
      expect(audience('a-page-alarms', people)).toEqual({
        ...{ peopleTopicArn: arn(people), ownTopicArn: arn('a-pages') },
        outlets: ['json'],
      });
    }
  });

  it('is not that of an existing topic, if the org has receivers of its own', () => {
    expect(audience('a_b_page-alarms', 'on-call').peopleTopicArn).toBe(arn('a_b_pages'));
  });

  it('is the same when the sweep tells about it later', () => {
    const settings = settingsOf('on-call');
    for (const topic of ['a-page-alarms', 'a_b_page-alarms']) {
      const told = audienceOf({ Sns: { TopicArn: arn(topic) } }, settings);
      expect(audienceAt(told.peopleTopicArn, settings)).toEqual(told);
    }
  });
});
