import { expect, it } from 'vitest';
import { alarmMessage } from '../../../../local/self-hosted/sns/alarm-message.ts';
import { type AlarmAction, parseAlarms } from '../../../../packages/cloudwatch-alarms/src/index.ts';
import { smallAlarm, smallTemplate } from '../../../support/small-template.ts';

/** What CloudWatch publishes when the small template's alarm fires. */
function messageOf(properties: object) {
  const template = smallTemplate(smallAlarm(properties));
  const [alarm] = parseAlarms(template).alarms;
  if (!alarm) throw new Error('the small template has no alarm');
  const at = Date.UTC(2026, 10, 21, 12);
  const change = { from: 'OK', to: 'ALARM', reason: '2 of 3 points' } as const;
  const action: AlarmAction = { topic: 'Alarms', alarm, ...change, at, wasMuted: false };
  const { subject, text, byProtocol } = alarmMessage(template, action);
  return { subject, document: JSON.parse(text), email: byProtocol?.email };
}

it('renders an alarm as CloudWatch’s JSON, with times in +0000 and dimension members in lower case', () => {
  const { subject, document } = messageOf({ AlarmDescription: 'It is down.' });
  expect(subject).toBe('ALARM: "okta-synthetics/acme/okta/page" in US East (N. Virginia)');
  expect(document).toMatchObject({
    AlarmName: 'okta-synthetics/acme/okta/page',
    AlarmDescription: 'It is down.',
    AWSAccountId: '123456789012',
    AlarmArn: 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:okta-synthetics/acme/okta/page',
    NewStateValue: 'ALARM',
    OldStateValue: 'OK',
    NewStateReason: '2 of 3 points',
    StateChangeTime: '2026-11-21T12:00:00.000+0000',
    AlarmActions: ['arn:aws:sns:us-east-1:123456789012:okta-synthetics-page-alarms'],
    Trigger: {
      ...{ Namespace: 'Small', MetricName: 'Severity', Statistic: 'MAXIMUM', StatisticType: 'Statistic' },
      ...{ Dimensions: [{ name: 'Org', value: 'acme' }], Period: 60, EvaluationPeriods: 3, DatapointsToAlarm: 2 },
      ...{ ComparisonOperator: 'GreaterThanThreshold', Threshold: 1, TreatMissingData: 'notBreaching' },
    },
  });
});

it('lists the metrics of an alarm on a metric math expression', () => {
  const absent = { Namespace: undefined, MetricName: undefined, Dimensions: undefined };
  const MetricStat = {
    Metric: { Namespace: 'Small', MetricName: 'Severity', Dimensions: [{ Name: 'Org', Value: 'acme' }] },
    Period: 300,
    Stat: 'Maximum',
  };
  const Metrics = [
    { Id: 'e1', Expression: 'IF(m1 < 2, m1)', Label: 'tickets' },
    { Id: 'm1', MetricStat, ReturnData: false },
  ];
  const { document } = messageOf({ ...absent, Statistic: undefined, Period: undefined, Metrics });
  expect(document.Trigger).not.toHaveProperty('MetricName');
  expect(document.Trigger.Metrics).toEqual([
    { Id: 'e1', Expression: 'IF(m1 < 2, m1)', Label: 'tickets', ReturnData: true },
    {
      Id: 'm1',
      MetricStat: {
        Metric: { Namespace: 'Small', MetricName: 'Severity', Dimensions: [{ name: 'Org', value: 'acme' }] },
        Period: 300,
        Stat: 'Maximum',
      },
      ReturnData: false,
    },
  ]);
});

it('renders an alarm as prose for e-mail subscribers', () => {
  expect(messageOf({}).email).toContain('has entered the ALARM state, because "2 of 3 points"');
});
