import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { getItem, putItem } from '../../../functions/state/state-table.ts';
import { bundle } from '../../../lib/functions/bundle.ts';
import { metricAlarm, resolvedMetricAlarm, snsEvent } from '../../support/alarms.ts';
import { at, flowsLog, minutes, outcome, statusPage } from '../../support/log-of.ts';
import { readMessage, section } from '../../support/messages.ts';
import { openStateTable } from '../../support/open-state-table.ts';
import { type OverheardFunction, overhearFunction } from '../../support/overhear.ts';
import { groupItem } from '../../support/stored-org.ts';

const topicArn = 'arn:aws:sns:us-east-1:123456789012:okta-synthetics-pages';
const statusLog = '/aws/lambda/okta-synthetics-status';
const denied = { status: 400, type: 'AccessDeniedException', message: 'no' };

const { aws, table } = await openStateTable();
let notify: OverheardFunction;
beforeAll(() => {
  notify = overhearFunction(bundle('notify').file, {
    AWS_ENDPOINT_URL: aws.url,
    AWS_ACCESS_KEY_ID: 'loopback',
    AWS_SECRET_ACCESS_KEY: 'loopback',
    ROUTE: 'page',
    OUTLETS_PAGE: 'cloudwatch,json,pagerduty',
    PEOPLE_TOPIC_ARN: topicArn,
    LOG_GROUPS: `${flowsLog},${statusLog}`,
    DEPLOYMENT: 'okta-synthetics',
    RUNBOOK: 'docs/runbook.md',
    DASHBOARD: 'okta-synthetics',
    STATE_TABLE: table.name,
  });
});
afterAll(() => notify.stop());

const undo: (() => void)[] = [];
afterEach(() => {
  for (const restore of undo.splice(0)) restore();
  aws.clear();
  aws.alarmHistory = () => [];
  aws.topicAttributes = () => ({});
});

const healthy = { organization: 'passed', 'token@default': 'passed' } as const;
const broken = { organization: 'passed', 'token@default': 'internal-error' } as const;

/** Keeps half an hour of runs in which the token endpoint failed for ten minutes, up to the last run before the change. */
async function keepRuns(until: '12:01' | '12:18' = '12:01'): Promise<void> {
  const flows = minutes('11:50', until).map((time) => ({
    ...{ org: 'acme', at: at(time), intervalMinutes: 1, expects: { flows: 1, status: 5 } },
    lines: Object.entries(time >= '12:00' && time < '12:10' ? broken : healthy).map(
      ([target, status]) => outcome(at(time), target, status).line,
    ),
  }));
  const status = ['11:50', '11:55', '12:00', '12:05', '12:10', '12:15']
    .filter((time) => time <= until)
    .map((time) => ({ org: 'acme', at: at(time), intervalMinutes: 5, lines: [statusPage(at(time)).line] }));
  for (const item of [groupItem('flows', flows), groupItem('status', status)]) {
    const previous = await getItem(table, item, AbortSignal.timeout(5_000));
    const options = { previous, expiresAt: Date.now() + 60_000 };
    await putItem(table, item, Object(item.body), options, AbortSignal.timeout(5_000));
  }
  aws.clear();
}

function onlyMessage() {
  const toPeople = aws.published.filter((each) => each.topicArn === topicArn);
  expect(toPeople).toHaveLength(1);
  const [published] = toPeople;
  expect(published).toMatchObject({ topicArn, structure: 'json' });
  return readMessage({
    Subject: published?.subject ?? '',
    Message: published?.message ?? '',
    MessageStructure: published?.structure ?? '',
  });
}

describe('the deployed notify function', () => {
  it.each([
    ['an empty object', {}],
    ['nothing', null],
    ['the event of a probe function', { name: 'acme', domain: 'acme.okta.com', servers: [] }],
    ['records that SNS did not send', { Records: [{ s3: {} }] }],
    ['an alarm by itself', metricAlarm],
    ['an event of another service', { detail: 'the house is on fire' }],
  ])('publishes nothing for %s, and returns what is wrong', async (_, event) => {
    const ended = await notify.invoke(event);
    expect(ended).toMatchObject({
      value: expect.stringMatching(/^The event is .+: this function writes messages .+\.$/),
    });
    expect(aws.published).toEqual([]);
  });

  it('passes on a record of SNS that it cannot read, for people to read', async () => {
    await notify.invoke({ Records: [{ Sns: { Message: 'Dear all' } }] });
    expect(onlyMessage().email).toContain('Dear all');
  });

  it('publishes one message about an alarm that fires, based on what the probes found', async () => {
    await keepRuns();
    expect(await notify.invoke(snsEvent(metricAlarm))).not.toHaveProperty('error');
    const message = onlyMessage();
    expect(message.subject).toBe("PAGE acme: no tokens at 'default' - Okta 500 since 12:00Z");
    expect(section(message, 'FINE')).toEqual(['organization']);
    expect(message.email).toContain('X-Okta-Request-Id req-120100-token');
    expect(section(message, 'GAPS')).toEqual([]);
    expect(message.email).toContain('docs/runbook.md#internal-error');
  });

  it('publishes one message when the alarm has resolved, with the duration', async () => {
    await keepRuns();
    const { NewStateReason: stateReason } = metricAlarm;
    aws.alarmHistory = () => [
      {
        timestamp: at('12:02:07'),
        summary: 'Alarm updated from OK to ALARM',
        data: JSON.stringify({ oldState: { stateValue: 'OK' }, newState: { stateValue: 'ALARM', stateReason } }),
      },
    ];
    await notify.invoke(snsEvent(metricAlarm));
    const { threadId } = onlyMessage().chat.metadata;
    await keepRuns('12:18');
    await notify.invoke(snsEvent(resolvedMetricAlarm));
    const resolved = onlyMessage();
    expect(resolved.subject).toBe("RESOLVED acme: Okta 500 at 'default' - lasted 9 min");
    expect(resolved.chat.metadata.threadId).toBe(threadId);
  });

  it('publishes nothing for any other change of an alarm', async () => {
    const change = { ...metricAlarm, OldStateValue: 'INSUFFICIENT_DATA', NewStateValue: 'OK' };
    expect(await notify.invoke(snsEvent(change))).not.toHaveProperty('error');
    expect(aws.published).toEqual([]);
  });

  it('publishes a message that says so when the state table has nothing, and links to the log', async () => {
    expect(await notify.invoke(snsEvent(metricAlarm))).not.toHaveProperty('error');
    const message = onlyMessage();
    expect(message.subject).toBe('PAGE acme: no evidence, alarm at 12:02Z');
    expect(section(message, 'GAPS').join(' ')).toBe(`the state table has no run of this org: see ${flowsLog}`);
    expect(section(message, 'LINKS').join(' ')).toMatch(/Log +https:\S+log-group\/\S+okta-synthetics-flows/);
  });

  it.each(['connection closed', 'no answer', denied] as const)(
    'publishes in time when DynamoDB fails with %j, says so and links to the log',
    async (fault) => {
      undo.push(aws.injectFault('Query', fault));
      expect(await notify.invoke(snsEvent(metricAlarm), 25_000)).not.toHaveProperty('error');
      const message = onlyMessage();
      expect(message.email).toContain('the state table could not be read');
      expect(section(message, 'LINKS').join(' ')).toMatch(/Log +https:\S+log-group\/\S+okta-synthetics-flows/);
    },
  );

  it.each([
    ['text', snsEvent('the house is on fire')],
    ['a foreign alarm', snsEvent({ ...metricAlarm, AlarmName: 'house-on-fire' })],
  ])('passes on the original of %s', async (_, event) => {
    expect(await notify.invoke(event)).not.toHaveProperty('error');
    expect(onlyMessage().email).toMatch(/on.fire/);
  });

  it('sends each message once to every outlet', async () => {
    await keepRuns();
    await notify.invoke(snsEvent(metricAlarm));
    expect(aws.published.map((each) => each.topicArn).toSorted()).toEqual([
      topicArn,
      `${topicArn}-cloudwatch`,
      `${topicArn}-json`,
    ]);
    expect(aws.events.map(({ source, detailType }) => [source, detailType]).toSorted()).toEqual([
      ['okta-synthetics', 'Okta Synthetics Incident Raised'],
      ['okta-synthetics', 'Okta Synthetics PagerDuty Event'],
    ]);
  });

  it('sends the messages about an org with receivers of its own to its own topics', async () => {
    await keepRuns();
    const own = JSON.parse(
      JSON.stringify(snsEvent(metricAlarm)).replaceAll(
        'okta-synthetics-page-alarms',
        'okta-synthetics_acme_page-alarms',
      ),
    );
    await notify.invoke(own);
    const ownArn = topicArn.replace('-pages', '_acme_pages');
    expect(aws.published.map((each) => each.topicArn).toSorted()).toEqual([
      ownArn,
      `${ownArn}-cloudwatch`,
      `${ownArn}-json`,
    ]);
    expect(aws.events.every(({ resources }) => resources.includes(ownArn))).toBe(true);
  });

  it('fails when the event bus refuses an event, and still publishes the message', async () => {
    await keepRuns();
    undo.push(aws.injectFault('PutEvents', denied));
    expect(await notify.invoke(snsEvent(metricAlarm))).toMatchObject({
      error: expect.stringMatching(/pagerduty: AccessDeniedException; events: AccessDeniedException/),
    });
    expect(onlyMessage().subject).toContain('PAGE acme');
  });

  it('fails when it cannot publish, and still puts its events', async () => {
    await keepRuns();
    undo.push(aws.injectFault('Publish', { status: 403, type: 'AuthorizationError', message: 'no' }));
    expect(await notify.invoke(snsEvent(metricAlarm))).toHaveProperty('error');
    expect(aws.events).toHaveLength(2);
  });

  it('fails when it cannot publish, so that Lambda tries again and then sends the original alarm', async () => {
    await keepRuns();
    undo.push(aws.injectFault('Publish', { status: 403, type: 'AuthorizationError', message: 'no' }));
    expect(await notify.invoke(snsEvent(metricAlarm))).toHaveProperty('error');
    expect(aws.published).toEqual([]);
  });

  it('logs the subject of what it published', async () => {
    await keepRuns();
    const { lines } = await notify.invoke(snsEvent(metricAlarm));
    expect(lines.map((line) => JSON.parse(line))).toContainEqual({
      type: 'message',
      outlet: 'people',
      subject: "PAGE acme: no tokens at 'default' - Okta 500 since 12:00Z",
    });
  });
});

describe('the self-test of the notify function', () => {
  const selfTest = () => notify.invoke({ selfTest: true });

  it('reads everything that a message needs and publishes nothing', async () => {
    await keepRuns();
    expect(await selfTest()).not.toHaveProperty('error');
    expect(new Set(aws.calls)).toEqual(new Set(['Query', 'DescribeAlarmHistory']));
    expect(aws.published).toEqual([]);
  });

  it.each([
    ['all', '3', 0],
    ['more, because others subscribe too', '4', 0],
    ['fewer', '2', 1],
    ['one', '1', 1],
    ['none', '0', 2],
  ] as const)('publishes how many of three receivers have confirmed: %s', async (_, SubscriptionsConfirmed, value) => {
    await keepRuns();
    aws.topicAttributes = (arn) =>
      arn === `${topicArn}-json`
        ? { SubscriptionsConfirmed, SubscriptionsPending: '1', SubscriptionsDeleted: '0' }
        : {};
    const receivers = [{ receiver: 'pages-json', topic: 'okta-synthetics-pages-json', count: 3 }];
    const { lines, ...result } = await notify.invoke({ selfTest: true, receivers });
    expect(result).not.toHaveProperty('error');
    const logged = lines.map((line) => JSON.parse(line));
    expect(logged).toContainEqual(expect.objectContaining({ type: 'receivers', receiver: 'pages-json', count: 3 }));
    expect(logged).toContainEqual(expect.objectContaining({ Receiver: 'pages-json', Unconfirmed: value }));
    expect(aws.published).toEqual([]);
  });

  it("asks for the topic of the route's people without being told its name, and need not test itself for that", async () => {
    aws.topicAttributes = (arn) => (arn === topicArn ? { SubscriptionsConfirmed: '0' } : {});
    const { lines } = await notify.invoke({ receivers: [{ receiver: 'pages-email', count: 1 }] });
    expect(lines.map((line) => JSON.parse(line))).toContainEqual(expect.objectContaining({ Unconfirmed: 2 }));
    expect(aws.calls).toEqual(['GetTopicAttributes']);
  });

  it.each(['refused', 'without a number'])('fails if the answer of a topic is %s', async (how) => {
    if (how === 'refused') undo.push(aws.injectFault('GetTopicAttributes', denied));
    const result = await notify.invoke({ receivers: [{ receiver: 'pages-email', count: 1 }] });
    expect(result).toMatchObject({
      error: expect.stringMatching(/AccessDenied|how many subscriptions of pages-email/),
    });
    expect(result.lines.join('')).not.toContain('Unconfirmed');
  });

  it.each(['Query', 'DescribeAlarmHistory'] as const)('fails without the permission for %s', async (operation) => {
    await keepRuns();
    undo.push(aws.injectFault(operation, denied));
    expect(await selfTest()).toMatchObject({ error: expect.stringMatching(/the self-test failed: .*AccessDenied/) });
  });
});
