import { describe, expect, it } from 'vitest';
import type { TemplateResource } from '../../../../local/emulators/cloudwatch/template-reader.ts';
import { readDeployment } from '../../../../local/simulator/template/read-deployment.ts';
import { smallAlarm, smallTemplate } from '../../../support/small-template.ts';
import { samples } from '../../../support/synthesized.ts';

/** The small template with one resource changed, or without it. */
function changed(id: string, change?: (resource: TemplateResource) => TemplateResource) {
  const { [id]: resource, ...rest } = smallTemplate().Resources;
  if (!resource) throw new Error(`the small template has no ${id}`);
  return readDeployment({ Resources: { ...rest, ...(change && { [id]: change(resource) }) } });
}

const withProperties = (properties: object) => (resource: TemplateResource) => ({
  ...resource,
  Properties: { ...resource.Properties, ...properties },
});

const reasons = (remarks: readonly { readonly reason: string }[]) => remarks.map(({ reason }) => reason);

describe.each(Object.entries(samples))('the template of the %s configuration', (name, { text, config, ofType }) => {
  const deployment = readDeployment(JSON.parse(text));

  it('is understood whole', () => {
    expect(deployment.unsupported).toEqual([]);
    expect(deployment.schedules).toHaveLength(ofType('AWS::Scheduler::Schedule').length);
    expect(deployment.functions).toHaveLength(ofType('AWS::Lambda::Function').length);
    expect(deployment.topics).toHaveLength(ofType('AWS::SNS::Topic').length);
  });

  it('works in every part, but that the least configuration names nobody to tell', () => {
    const nobody = ['nobody listens to okta-synthetics-pages', 'nobody listens to okta-synthetics-tickets'];
    const { pages, tickets } = config.alerts;
    const missing = [pages, tickets].flatMap((subscribers, index) => (subscribers.length === 0 ? [nobody[index]] : []));
    expect(reasons(deployment.ineffective), name).toEqual(missing);
  });

  it('calls each function that runs probes with the orgs of the configuration', () => {
    const inputs = deployment.schedules.map(({ input }) => input as { readonly name?: string });
    const orgs = new Set(inputs.flatMap((input) => input.name ?? []));
    expect([...orgs]).toEqual(config.orgs.map((org) => org.name));
  });

  it('tells people itself when a function that writes to them fails', () => {
    const notifiers = deployment.functions.filter(({ entry }) => entry === 'notify');
    expect(
      notifiers.map(({ variables, asynchronous }) => asynchronous.onFailure === variables.PEOPLE_TOPIC_ARN),
    ).toEqual([true, true]);
  });
});

describe('what AWS would refuse, or is not understood, is refused', () => {
  it.each([
    [
      'a schedule whose target is not there',
      'Schedule',
      { Target: { Arn: 'arn:aws:lambda:x', RoleArn: 'r' } },
      'no function of the template',
    ],
    ['a rate in the wrong number', 'Schedule', { ScheduleExpression: 'rate(1 minutes)' }, 'is no rate such as'],
    ['a schedule by cron', 'Schedule', { ScheduleExpression: 'cron(0 * * * ? *)' }, 'is no rate such as'],
    ['a schedule that may be late', 'Schedule', { FlexibleTimeWindow: { Mode: 'FLEXIBLE' } }, 'flexible time window'],
    [
      'a schedule that says more than is known',
      'Schedule',
      { EndDate: '2027-01-01T00:00:00Z' },
      'EndDate is not supported',
    ],
    ['a function of which nobody knows the code', 'Flows', { FunctionName: 'another' }, 'which bundle does it run?'],
    [
      'a variable that cannot be read',
      'Flows',
      { Environment: { Variables: { A: { Ref: 'B' } } } },
      'no resource is called B',
    ],
    ['an action that names no topic', 'Alarm', { AlarmActions: [{ Ref: 'Flows' }] }, 'is not a topic of the template'],
    [
      'a metric of AWS that is not rehearsed',
      'Alarm',
      { Namespace: 'AWS/Lambda', MetricName: 'IteratorAge' },
      'AWS/Lambda IteratorAge is not rehearsed',
    ],
    ['more points to alarm than there are', 'Alarm', { DatapointsToAlarm: 4 }, 'is more than EvaluationPeriods'],
  ])('%s', (_, id, properties, problem) => {
    const { unsupported } = changed(id, withProperties(properties));
    expect(
      unsupported.some(({ reason }) => reason.includes(problem)),
      JSON.stringify(unsupported),
    ).toBe(true);
  });

  it('a failure that is to be told to nothing in the template', () => {
    const OnFailure = { Destination: 'arn:aws:sqs:us-east-1:123456789012:queue' };
    const { unsupported } = changed('NotifyEvents', withProperties({ DestinationConfig: { OnFailure } }));
    expect(reasons(unsupported).join()).toContain('is no topic of the template');
  });

  it('what calls functions besides schedules and topics', () => {
    const { Resources } = smallTemplate({ Rule: { Type: 'AWS::Events::Rule', Properties: {} } });
    expect(readDeployment({ Resources }).unsupported).toEqual([
      { logicalId: 'Rule', reason: 'AWS::Events::Rule is not rehearsed' },
    ]);
  });
});

describe('what AWS deploys without a word although it cannot work is told', () => {
  it('not at all of what does work', () => {
    expect(readDeployment(smallTemplate())).toMatchObject({ unsupported: [], ineffective: [] });
  });

  it('an alarm that acts only when it is over', () => {
    const { ineffective } = changed('Alarm', withProperties({ AlarmActions: [] }));
    expect(reasons(ineffective)).toEqual(['okta-synthetics/acme/okta/page tells nobody that it rose']);
  });

  it('an alarm on a function that is not there, and on one by too many dimensions', () => {
    const watching = (Dimensions: readonly object[]) =>
      smallTemplate(smallAlarm({ Namespace: 'AWS/Lambda', MetricName: 'Errors', Dimensions }));
    const flows = { Name: 'FunctionName', Value: { Ref: 'Flows' } };
    expect(readDeployment(watching([flows])).ineffective).toEqual([]);
    expect(reasons(readDeployment(watching([{ ...flows, Value: 'flows' }])).ineffective).join()).toContain(
      'never publishes',
    );
    const more = [flows, { Name: 'Org', Value: 'acme' }];
    expect(reasons(readDeployment(watching(more)).ineffective).join()).toContain('never publishes');
  });

  it('a topic whose policy lets no alarm in, and one whose key does not', () => {
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
    const may = 'okta-synthetics/acme/okta/page may not publish to okta-synthetics-page-alarms';
    expect(reasons(guarded('events.amazonaws.com', cloudWatch).ineffective)).toEqual([may]);
    expect(reasons(guarded(cloudWatch, 'events.amazonaws.com').ineffective)).toEqual([may]);
  });

  it('a function that does not let its topic call it, and one that nothing calls', () => {
    expect(reasons(changed('NotifyPermission').ineffective)).toEqual([
      'okta-synthetics-notify-page lets no message of okta-synthetics-page-alarms in',
    ]);
    expect(reasons(changed('Schedule').ineffective)).toEqual(['nothing calls okta-synthetics-flows']);
  });

  it('a schedule that is deployed switched off', () => {
    const { ineffective } = changed('Schedule', withProperties({ State: 'DISABLED' }));
    expect(reasons(ineffective)).toEqual(['acme-flows is disabled']);
  });
});
