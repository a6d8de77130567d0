import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { bundle } from '../../../lib/functions/bundle.ts';
import { type AwsEmulator, startAwsEmulator } from '../../../local/emulators/aws/aws-emulator.ts';
import { metricAlarm, recoveredAlarm, snsEvent } from '../../support/alarms.ts';
import { at, flowsLog, minutes, runs, statusPage } from '../../support/log-of.ts';
import { readMessage, section } from '../../support/messages.ts';
import { type OverheardFunction, overhearFunction } from '../../support/overhear.ts';

const topicArn = 'arn:aws:sns:us-east-1:123456789012:okta-synthetics-pages';
const statusLog = '/aws/lambda/okta-synthetics-status';
const denied = { status: 400, type: 'AccessDeniedException', message: 'no' };

let aws: AwsEmulator;
let notify: OverheardFunction;
beforeAll(async () => {
  aws = await startAwsEmulator(new Map());
  notify = overhearFunction(bundle('notify').file, {
    AWS_ENDPOINT_URL: aws.url,
    AWS_ACCESS_KEY_ID: 'loopback',
    AWS_SECRET_ACCESS_KEY: 'loopback',
    ROUTE: 'page',
    PEOPLE_TOPIC_ARN: topicArn,
    LOG_GROUPS: `${flowsLog},${statusLog}`,
    RUNBOOK: 'docs/runbook.md',
    DASHBOARD: 'https://example.com/dashboard',
  });
});
afterAll(async () => {
  await notify.stop();
  await aws.close();
});

const undo: (() => void)[] = [];
afterEach(() => {
  for (const restore of undo.splice(0)) restore();
  aws.clear();
  aws.alarmHistory = () => [];
});

const healthy = { organization: 'passed', 'token@default': 'passed' } as const;
const broken = { organization: 'passed', 'token@default': 'internal-error' } as const;

/** The log of a quarter of an hour in which the token endpoint failed for ten minutes. */
function writeLog(): void {
  for (const group of [flowsLog, statusLog]) aws.logs.create(group);
  const lines = [
    ...runs(minutes('11:50', '11:59'), healthy),
    ...runs(minutes('12:00', '12:09'), broken),
    ...runs(minutes('12:10', '12:18'), healthy),
  ];
  for (const { time, line } of lines) aws.logs.add(flowsLog, { timestamp: time + 800, message: JSON.stringify(line) });
  const { time, line } = statusPage(at('12:00'));
  aws.logs.add(statusLog, { timestamp: time + 800, message: JSON.stringify(line) });
}

function onlyMessage() {
  expect(aws.published).toHaveLength(1);
  const [published] = aws.published;
  expect(published).toMatchObject({ topicArn, structure: 'json' });
  return readMessage({
    Subject: published?.subject ?? '',
    Message: published?.message ?? '',
    MessageStructure: published?.structure ?? '',
  });
}

describe('the deployed notify function', () => {
  it('makes one message of an alarm that rises, from what the probes logged', async () => {
    writeLog();
    expect(await notify.invoke(snsEvent(metricAlarm))).not.toHaveProperty('error');
    const message = onlyMessage();
    expect(message.subject).toBe("PAGE acme: internal-error - Okta's fault - token@default");
    expect(section(message, 'STILL WORKS')).toEqual(['organization']);
    expect(message.email).toContain('X-Okta-Request-Id req-120300-token');
    expect(message.email).not.toContain('WHAT THIS MESSAGE LACKS');
    expect(message.email).toContain('docs/runbook.md#internal-error');
  });

  it('makes one message of its recovery, with how long it lasted', async () => {
    writeLog();
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
    aws.clear();
    writeLog();
    await notify.invoke(snsEvent(recoveredAlarm));
    const recovery = onlyMessage();
    expect(recovery.subject).toBe("RECOVERED acme: internal-error - Okta's fault - lasted 9 min - token@default");
    expect(recovery.chat.metadata.threadId).toBe(threadId);
  });

  it('says nothing of a change that is neither', async () => {
    const change = { ...metricAlarm, OldStateValue: 'INSUFFICIENT_DATA', NewStateValue: 'OK' };
    expect(await notify.invoke(snsEvent(change))).not.toHaveProperty('error');
    expect(aws.calls).toEqual([]);
  });

  it('sends the message all the same when it may not read the logs, and says so', async () => {
    undo.push(aws.injectFault('FilterLogEvents', denied));
    expect(await notify.invoke(snsEvent(metricAlarm))).not.toHaveProperty('error');
    const message = onlyMessage();
    expect(message.subject).toBe("PAGE acme: okta-page - Okta's fault");
    expect(section(message, 'WHAT THIS MESSAGE LACKS')).toEqual([
      `${flowsLog} could not be read: AccessDeniedException`,
      `${statusLog} could not be read: AccessDeniedException`,
    ]);
  });

  it.each(['connection closed', 'no answer'] as const)('sends it in time when the logs give %s', async (fault) => {
    undo.push(aws.injectFault('FilterLogEvents', fault));
    expect(await notify.invoke(snsEvent(metricAlarm), 10_500)).not.toHaveProperty('error');
    expect(onlyMessage().email).toContain(`${flowsLog} could not be read`);
  });

  it.each([
    ['no JSON', snsEvent('the house is on fire')],
    ["somebody else's alarm", snsEvent({ ...metricAlarm, AlarmName: 'house-on-fire' })],
    ['no event of SNS', { detail: 'the house is on fire' }],
  ])('loses nothing that it cannot read: %s', async (_, event) => {
    expect(await notify.invoke(event)).not.toHaveProperty('error');
    expect(onlyMessage().email).toMatch(/on.fire/);
  });

  it('fails when it cannot publish, so that Lambda tries again and then sends the alarm as it came', async () => {
    writeLog();
    undo.push(aws.injectFault('Publish', { status: 403, type: 'AuthorizationError', message: 'no' }));
    expect(await notify.invoke(snsEvent(metricAlarm))).toHaveProperty('error');
    expect(aws.published).toEqual([]);
  });

  it('logs the subject of what it said', async () => {
    writeLog();
    const { lines } = await notify.invoke(snsEvent(metricAlarm));
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { type: 'message', subject: "PAGE acme: internal-error - Okta's fault - token@default" },
    ]);
  });
});

describe("the notify function's rehearsal of itself", () => {
  const rehearse = () => notify.invoke({ selfTest: true });

  it('asks for all that it needs and tells nobody', async () => {
    writeLog();
    expect(await rehearse()).not.toHaveProperty('error');
    expect(new Set(aws.calls)).toEqual(new Set(['FilterLogEvents', 'DescribeAlarmHistory']));
    expect(aws.published).toEqual([]);
  });

  it.each(['FilterLogEvents', 'DescribeAlarmHistory'] as const)('fails without the right to %s', async (operation) => {
    writeLog();
    undo.push(aws.injectFault(operation, denied));
    expect(await rehearse()).toMatchObject({ error: expect.stringMatching(/the self-test failed: .*AccessDenied/) });
  });
});
