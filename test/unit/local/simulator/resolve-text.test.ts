import { expect, it, test } from 'vitest';
import type { Template } from '../../../../local/emulators/cloudwatch/template-reader.ts';
import { referredTo, resolveText } from '../../../../local/simulator/template/resolve-text.ts';

/** Where `Fn::Sub` puts something in. */
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
  ['a text', 'as it is', 'as it is'],
  ['a number', 30, '30'],
  ['a topic, whose reference is its ARN', { Ref: 'Pages' }, pages],
  ['a topic’s name', { 'Fn::GetAtt': ['Pages', 'TopicName'] }, 'okta-synthetics-pages'],
  ['a function, whose reference is its name', { Ref: 'Flows' }, 'okta-synthetics-flows'],
  ['a function without a name, which its logical id stands for', { Ref: 'Unnamed' }, 'Unnamed'],
  ['a log group that is called after a function', { Ref: 'Logs' }, '/aws/lambda/okta-synthetics-flows'],
  ['a pseudo parameter', { Ref: 'AWS::Region' }, 'us-east-1'],
  ['parts', { 'Fn::Join': ['', ['https://', { Ref: 'AWS::Region' }, '.console']] }, 'https://us-east-1.console'],
  [
    'a substitution',
    { 'Fn::Sub': `${slot('AWS::AccountId')}/${slot('Flows.Arn')}/${slot('!literal')}` },
    `123456789012/${arnOfFlows}/${slot('literal')}`,
  ],
  [
    'one with names of its own',
    { 'Fn::Sub': [`${slot('what')} of ${slot('Flows')}`, { what: 'log' }] },
    'log of okta-synthetics-flows',
  ],
])('resolves %s', (_, value, text) => {
  expect(resolveText(template, value)).toBe(text);
});

test.each([
  ['what is not there', { Ref: 'Nothing' }, 'no resource is called Nothing'],
  [
    'a kind of which it is not known what it is called',
    { Ref: 'Bucket' },
    'what a AWS::S3::Bucket is called is not known',
  ],
  ['another attribute', { 'Fn::GetAtt': ['Flows', 'Version'] }, 'cannot read the attribute'],
  ['another function', { 'Fn::ImportValue': 'x' }, 'cannot read {"Fn::ImportValue":"x"} as a text'],
  ['nothing', undefined, 'cannot read undefined as a text'],
])('refuses %s', (_, value, problem) => {
  expect(() => resolveText(template, value)).toThrow(problem);
});

it('finds a resource by whatever refers to it, but none of another kind', () => {
  for (const value of [{ Ref: 'Pages' }, { 'Fn::GetAtt': ['Pages', 'Arn'] }, pages]) {
    expect(referredTo(template, value, 'AWS::SNS::Topic')).toBe('Pages');
    expect(referredTo(template, value, 'AWS::Lambda::Function')).toBeUndefined();
  }
});
