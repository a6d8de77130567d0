import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { describe, expect, it } from 'vitest';
import { consoleDomains, consoleOf } from '../../../functions/notify/aws-console.ts';
import { dashboardUrl } from '../../../lib/dashboard/overview-dashboard.ts';

const app = new App();
const stack = new Stack(app, 'Sample');
new Topic(stack, 'Topic');
new CfnOutput(stack, 'Url', { value: dashboardUrl(stack, 'page') });
const { Mappings, Outputs } = app.synth().getStackByName('Sample').template;

/** What CloudFormation makes of a value. */
function deployed(value: unknown, pseudo: Readonly<Record<string, string>>): string {
  if (typeof value === 'string') return value;
  const [[name, argument] = []] = Object.entries(value as Record<string, unknown>);
  const list = argument as readonly unknown[];
  if (name === 'Ref') return pseudo[String(argument)] ?? '';
  if (name === 'Fn::Join') return (list[1] as unknown[]).map((part) => deployed(part, pseudo)).join(String(list[0]));
  if (name !== 'Fn::FindInMap') throw new Error(`${name} is not expected here`);
  const [map = '', first = '', second = ''] = list.map((part) => deployed(part, pseudo));
  return Mappings[map][first][second];
}

describe('the link to the dashboard', () => {
  it.each(Object.keys(consoleDomains))(
    'leads to the same console as the links of messages, in the partition %s',
    (partition) => {
      const region = 'eu-central-1';
      const url = deployed(Outputs.Url.Value, { 'AWS::Partition': partition, 'AWS::Region': region });
      expect(url).toBe(consoleOf(`arn:${partition}:sns:${region}:123456789012:topic`)?.dashboard('page'));
    },
  );
});
