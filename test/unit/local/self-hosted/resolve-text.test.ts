import { expect, it, test } from 'vitest';
import { referencedId, resolveText } from '../../../../local/self-hosted/template/resolve-text.ts';
import type { Template } from '../../../../packages/cloudwatch-alarms/src/index.ts';

/** A placeholder of `Fn::Sub`. */
const slot = (name: string) => `$\{${name}}`;

const template: Template = {
  Resources: {
    Pages: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'okta-synthetics-pages' } },
    Flows: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'okta-synthetics-flows' } },
    Unnamed: { Type: 'AWS::Lambda::Function', Properties: {} },
    Logs: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: { 'Fn::Sub': `/aws/lambda/${slot('Flows')}` } } },
    Bucket: { Type: 'AWS::S3::Bucket' },
  },
};
const arnOfFlows = 'arn:aws:lambda:us-east-1:123456789012:function:okta-synthetics-flows';
const pages = 'arn:aws:sns:us-east-1:123456789012:okta-synthetics-pages';

test.each([
  ['a string', 'as it is', 'as it is'],
  ['a number', 30, '30'],
  ['a reference to a topic to its ARN', { Ref: 'Pages' }, pages],
  ['the attribute TopicName to a topic’s name', { 'Fn::GetAtt': ['Pages', 'TopicName'] }, 'okta-synthetics-pages'],
  ['a reference to a function to its name', { Ref: 'Flows' }, 'okta-synthetics-flows'],
  ['a reference to a function without a name to its logical ID', { Ref: 'Unnamed' }, 'Unnamed'],
  ['a log group name that contains a function’s name', { Ref: 'Logs' }, '/aws/lambda/okta-synthetics-flows'],
  ['a pseudo parameter', { Ref: 'AWS::Region' }, 'us-east-1'],
  ['joined parts', { 'Fn::Join': ['', ['https://', { Ref: 'AWS::Region' }, '.console']] }, 'https://us-east-1.console'],
  [
    'a substitution',
    { 'Fn::Sub': `${slot('AWS::AccountId')}/${slot('Flows.Arn')}/${slot('!literal')}` },
    `123456789012/${arnOfFlows}/${slot('literal')}`,
  ],
  [
    'a substitution with its own variables',
    { 'Fn::Sub': [`${slot('what')} of ${slot('Flows')}`, { what: 'log' }] },
    'log of okta-synthetics-flows',
  ],
])('resolves %s', (_, value, text) => {
  expect(resolveText(template, value)).toBe(text);
});

test.each([
  ['a reference to a missing resource', { Ref: 'Nothing' }, 'no resource has the logical ID Nothing'],
  ['a reference to an unsupported type', { Ref: 'Bucket' }, 'references to AWS::S3::Bucket are not supported'],
  [
    'an unsupported attribute',
    { 'Fn::GetAtt': ['Flows', 'Version'] },
    'cannot resolve the attribute ["Flows","Version"]',
  ],
  [
    'an unsupported intrinsic function',
    { 'Fn::ImportValue': 'x' },
    'cannot resolve {"Fn::ImportValue":"x"} to a string',
  ],
  ['a missing value', undefined, 'cannot resolve undefined to a string'],
])('refuses to resolve %s', (_, value, problem) => {
  expect(() => resolveText(template, value)).toThrow(problem);
});

it('finds a resource by its reference, attribute or ARN, but not if it has another type', () => {
  for (const value of [{ Ref: 'Pages' }, { 'Fn::GetAtt': ['Pages', 'Arn'] }, pages]) {
    expect(referencedId(template, value, 'AWS::SNS::Topic')).toBe('Pages');
    expect(referencedId(template, value, 'AWS::Lambda::Function')).toBeUndefined();
  }
});
