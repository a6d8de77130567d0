import { describe, expect, it } from 'vitest';
import { readDeployment, readFunction } from '../../../../local/self-hosted/template/read-deployment.ts';
import type { TemplateResource } from '../../../../packages/cloudwatch-alarms/src/index.ts';
import { smallAlarm, smallTemplate } from '../../../support/small-template.ts';
import { samples } from '../../../support/synthesized.ts';

/** Reads the small template with one resource changed, or without it. */
function changed(id: string, change?: (resource: TemplateResource) => TemplateResource) {
  const { [id]: resource, ...rest } = smallTemplate().Resources;
  if (!resource) throw new Error(`the small template has no ${id}`);
  return readDeployment({ Resources: { ...rest, ...(change && { [id]: change(resource) }) } });
}

const withProperties = (properties: object) => (resource: TemplateResource) => ({
  ...resource,
  Properties: { ...resource.Properties, ...properties },
});

const reasons = (issues: readonly { readonly reason: string }[]) => issues.map(({ reason }) => reason);

describe.each(Object.entries(samples))('%s configuration', (name, { text, config, ofType }) => {
  const deployment = readDeployment(JSON.parse(text));

  it('supports everything in the template', () => {
    expect(deployment.unsupported).toEqual([]);
    expect(deployment.schedules).toHaveLength(ofType('AWS::Scheduler::Schedule').length);
    expect(deployment.functions).toHaveLength(ofType('AWS::Lambda::Function').length);
    expect(deployment.topics).toHaveLength(ofType('AWS::SNS::Topic').length);
  });

  it('reports nothing as ineffective except topics for which the configuration has no subscribers', () => {
    const { pages, tickets } = config.alerts;
    const missing = Object.entries({ pages, tickets })
      .filter(([, subscribers]) => subscribers.length === 0)
      .map(([route]) => `okta-synthetics-${route} has no subscribers`);
    expect(reasons(deployment.ineffective), name).toEqual(missing);
  });

  it('reads schedules for exactly the orgs of the configuration', () => {
    const inputs = deployment.schedules.map(({ input }) => input as { readonly name?: string });
    const orgs = new Set(inputs.flatMap((input) => input.name ?? []));
    expect([...orgs]).toEqual(config.orgs.map((org) => org.name));
  });

  it('finds the people’s topic as the on-failure destination of each notifier', () => {
    const notifiers = deployment.functions.filter(({ entry }) => entry === 'notify');
    expect(
      notifiers.map(({ variables, asynchronous }) => asynchronous.onFailure === variables.PEOPLE_TOPIC_ARN),
    ).toEqual([true, true]);
  });
});

it.each([
  [
    'a schedule whose target does not exist',
    'Schedule',
    { Target: { Arn: 'arn:aws:lambda:x', RoleArn: 'r' } },
    'the target "arn:aws:lambda:x" is not a function in the template',
  ],
  [
    'a schedule without a role',
    'Schedule',
    { Target: { Arn: { 'Fn::GetAtt': ['Flows', 'Arn'] } } },
    'the target has no RoleArn',
  ],
  [
    'a schedule with invalid input',
    'Schedule',
    { Target: { Arn: { 'Fn::GetAtt': ['Flows', 'Arn'] }, RoleArn: 'r', Input: '{' } },
    'the input is not valid JSON',
  ],
  [
    'a rate with the plural for 1',
    'Schedule',
    { ScheduleExpression: 'rate(1 minutes)' },
    'rate(1 minutes) is not a rate such as',
  ],
  [
    'a cron schedule',
    'Schedule',
    { ScheduleExpression: 'cron(0 * * * ? *)' },
    'cron(0 * * * ? *) is not a rate such as',
  ],
  [
    'a flexible time window of more than a day',
    'Schedule',
    { FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 1_441 } },
    'a flexible time window lasts 1 to 1440 minutes, not 1441',
  ],
  [
    'a time window that is off and has a length',
    'Schedule',
    { FlexibleTimeWindow: { Mode: 'OFF', MaximumWindowInMinutes: 1 } },
    'a time window that is OFF has no length',
  ],
  ['a schedule with an unknown property', 'Schedule', { EndDate: '2027-01-01T00:00:00Z' }, 'EndDate'],
  ['a function without a bundle', 'Flows', { FunctionName: 'another' }, 'no bundle matches the function name another'],
  [
    'an environment variable that cannot be resolved',
    'Flows',
    { Environment: { Variables: { A: { Ref: 'B' } } } },
    'no resource has the logical ID B',
  ],
  ['an alarm action that is not a topic', 'Alarm', { AlarmActions: [{ Ref: 'Flows' }] }, 'the action {"Ref":"Flows"}'],
  [
    'an alarm on an AWS metric that is not simulated',
    'Alarm',
    { Namespace: 'AWS/Lambda', MetricName: 'IteratorAge' },
    'AWS/Lambda IteratorAge is not simulated',
  ],
  [
    'an alarm with more datapoints to alarm than evaluation periods',
    'Alarm',
    { DatapointsToAlarm: 4 },
    'DatapointsToAlarm 4',
  ],
  [
    'a subscription by an unknown protocol',
    'Mail',
    { Protocol: 'firehose' },
    'firehose subscriptions are not simulated',
    'People',
  ],
])('reports %s as unsupported', (_, id, properties, problem, logicalId = id) => {
  const { unsupported } = changed(id, withProperties(properties));
  expect(unsupported).toContainEqual({ logicalId, reason: expect.stringContaining(problem) });
});

it('reports an on-failure destination that is not a topic in the template as unsupported', () => {
  const OnFailure = { Destination: 'arn:aws:sqs:us-east-1:123456789012:queue' };
  const { unsupported } = changed('NotifyEvents', withProperties({ DestinationConfig: { OnFailure } }));
  expect(reasons(unsupported)).toContain(
    'the on-failure destination "arn:aws:sqs:us-east-1:123456789012:queue" is not a topic in the template',
  );
});

it('reports resources other than schedules and topics that invoke functions as unsupported', () => {
  const { Resources } = smallTemplate({ Filter: { Type: 'AWS::Logs::MetricFilter', Properties: {} } });
  expect(readDeployment({ Resources }).unsupported).toEqual([
    { logicalId: 'Filter', reason: 'AWS::Logs::MetricFilter is not simulated' },
  ]);
});

it('reports a resource that depends on a condition as unsupported', () => {
  const { unsupported } = changed('Schedule', (resource) => ({ ...resource, Condition: 'IsProduction' }));
  expect(unsupported).toEqual([{ logicalId: 'Schedule', reason: 'the condition IsProduction is not evaluated' }]);
});

it('reports no issue for a template that works', () => {
  expect(readDeployment(smallTemplate())).toMatchObject({ unsupported: [], ineffective: [] });
});

it('reports a widget of a missing function as ineffective, and refuses a dashboard that is no JSON', () => {
  const widgetOf = (endpoint: unknown) => ({
    Type: 'AWS::CloudWatch::Dashboard',
    Properties: {
      DashboardName: 'page',
      DashboardBody: {
        'Fn::Join': ['', ['{"widgets":[{"type":"custom","properties":{"endpoint":"', endpoint, '"}}]}']],
      },
    },
  });
  const withDashboard = (dashboard: object) => {
    const template = smallTemplate();
    return readDeployment({ ...template, Resources: { ...template.Resources, Page: dashboard as { Type: string } } });
  };
  const flows = { 'Fn::GetAtt': ['Flows', 'Arn'] };
  expect(withDashboard(widgetOf(flows))).toMatchObject({
    ineffective: [],
    dashboards: [{ invokes: [expect.stringMatching(/-flows$/)] }],
  });
  expect(reasons(withDashboard(widgetOf('arn:gone')).ineffective)).toEqual([
    'a widget of page invokes arn:gone, which does not exist',
  ]);
  expect(reasons(withDashboard(widgetOf('"')).unsupported)).toEqual(['the body of a dashboard is not valid JSON']);
});

it('reports an alarm without an alarm action as ineffective', () => {
  const { ineffective } = changed('Alarm', withProperties({ AlarmActions: [] }));
  expect(reasons(ineffective)).toEqual(['okta-synthetics/acme/okta/page has no alarm action']);
});

it('reports an alarm on a missing function or with an extra dimension as ineffective', () => {
  const watching = (...Dimensions: readonly object[]) =>
    reasons(
      readDeployment(smallTemplate(smallAlarm({ Namespace: 'AWS/Lambda', MetricName: 'Errors', Dimensions })))
        .ineffective,
    );
  const name = 'okta-synthetics/acme/okta/page';
  const flows = { Name: 'FunctionName', Value: { Ref: 'Flows' } };
  expect(watching(flows)).toEqual([]);
  expect(watching({ ...flows, Value: 'flows' })).toEqual([
    `${name} watches Errors of {"FunctionName":"flows"}, which AWS does not publish`,
  ]);
  expect(watching(flows, { Name: 'Org', Value: 'acme' })).toEqual([
    `${name} watches Errors of {"FunctionName":"okta-synthetics-flows","Org":"acme"}, which AWS does not publish`,
  ]);
});

it('reports an alarm as ineffective if the topic’s policy or key rejects it', () => {
  const policy = (Service: string, Action: string | readonly string[]) => ({
    Statement: [{ Effect: 'Allow', Principal: { Service }, Action, Resource: '*' }],
  });
  const guarded = (service: string, keyService: string) =>
    readDeployment(
      smallTemplate({
        Alarms: {
          Type: 'AWS::SNS::Topic',
          Properties: { TopicName: 'okta-synthetics-page-alarms', KmsMasterKeyId: { 'Fn::GetAtt': ['Key', 'Arn'] } },
        },
        Policy: {
          Type: 'AWS::SNS::TopicPolicy',
          Properties: { Topics: [{ Ref: 'Alarms' }], PolicyDocument: policy(service, 'sns:Publish') },
        },
        Key: {
          Type: 'AWS::KMS::Key',
          Properties: { KeyPolicy: policy(keyService, ['kms:Decrypt', 'kms:GenerateDataKey*']) },
        },
      }),
    );
  const cloudWatch = 'cloudwatch.amazonaws.com';
  expect(guarded(cloudWatch, cloudWatch).ineffective).toEqual([]);
  const rejected = 'okta-synthetics/acme/okta/page is not allowed to publish to okta-synthetics-page-alarms';
  expect(reasons(guarded('events.amazonaws.com', cloudWatch).ineffective)).toEqual([rejected]);
  expect(reasons(guarded(cloudWatch, 'events.amazonaws.com').ineffective)).toEqual([rejected]);
});

it('reports a topic that is not allowed to invoke its function as ineffective', () => {
  expect(reasons(changed('NotifyPermission').ineffective)).toEqual([
    'okta-synthetics-page-alarms is not allowed to invoke okta-synthetics-notify-page',
  ]);
});

it('reports a topic without subscribers as ineffective', () => {
  expect(reasons(changed('Mail').ineffective)).toEqual(['okta-synthetics-pages has no subscribers']);
});

it('reports a function that nothing invokes as ineffective', () => {
  expect(reasons(changed('Schedule').ineffective)).toEqual([
    'no schedule, topic or dashboard invokes okta-synthetics-flows',
  ]);
});

it('reports a disabled schedule as ineffective', () => {
  const { ineffective } = changed('Schedule', withProperties({ State: 'DISABLED' }));
  expect(reasons(ineffective)).toEqual(['acme-flows is disabled']);
});

it.each([
  ['okta-synthetics-flows', 'flows'],
  ['staging-negative-tests', 'negative-tests'],
  ['a-flows-notify-page', 'notify'],
  ['flows-notify-ticket', 'notify'],
])('a function is known by the end of its name, whatever the deployment is called: %s', (FunctionName, entry) => {
  const Resources = { Function: { Type: 'AWS::Lambda::Function', Properties: { FunctionName } } };
  expect(readFunction({ Resources }, 'Function').entry).toBe(entry);
});
