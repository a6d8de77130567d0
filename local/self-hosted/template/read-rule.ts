import {
  readList,
  readObject,
  readWord,
  type Template,
  UnsupportedError,
} from '../../../packages/cloudwatch-alarms/src/index.ts';
import type { ApiDestination, EventPattern, EventRule } from './deployment.ts';
import { readRetryPolicy } from './read-retries.ts';
import { accepts, readDeadLetters } from './read-topic.ts';
import { arnFor, physicalName, referencedId, resolveText } from './resolve-text.ts';

const ruleKeys = ['Name', 'Description', 'EventPattern', 'State', 'Targets'];
const targetKeys = ['Id', 'Arn', 'RoleArn', 'InputPath', 'InputTransformer', 'RetryPolicy', 'DeadLetterConfig'];

/**
 * Reads a rule on the default event bus whose target is an API destination or a topic.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-events-rule.html
 */
export function readRule(template: Template, logicalId: string): EventRule {
  const { EventPattern, State, Targets } = readObject(template.Resources[logicalId]?.Properties, ruleKeys);
  const [target, ...others] = readList(Targets);
  if (others.length > 0) throw new UnsupportedError('only one target of a rule is simulated');
  const { Arn, InputPath, InputTransformer, ...rest } = readObject(target, targetKeys);
  const topicId = referencedId(template, Arn, 'AWS::SNS::Topic');
  if (topicId !== undefined && !accepts(template, topicId, 'events.amazonaws.com', arnFor(template, logicalId))) {
    throw new UnsupportedError('EventBridge is not allowed to publish to the topic, or to use its key');
  }
  return {
    name: physicalName(template, logicalId),
    pattern: readPattern(template, EventPattern),
    enabled: readWord(State ?? 'ENABLED', ['ENABLED', 'DISABLED']) === 'ENABLED',
    input: readInput(template, InputPath, InputTransformer),
    to: topicId === undefined ? readTarget(template, logicalId, Arn, rest) : { topicId },
  };
}

function readPattern(template: Template, pattern: unknown): EventPattern {
  return Object.fromEntries(
    Object.entries(pattern ?? {}).map(([field, value]) => [
      field,
      Array.isArray(value) ? value.map((each) => resolveText(template, each)) : readPattern(template, value),
    ]),
  );
}

function readInput(template: Template, path: unknown, transformer: unknown): EventRule['input'] {
  if (transformer === undefined) {
    if (path !== '$.detail') throw new UnsupportedError('only the input path $.detail is simulated');
    return path;
  }
  const { InputPathsMap, InputTemplate } = readObject(transformer, ['InputPathsMap', 'InputTemplate']);
  const paths = Object.entries(InputPathsMap ?? {}).map(([name, each]) => [name, resolveText(template, each)]);
  return { paths: Object.fromEntries(paths), template: resolveText(template, InputTemplate) };
}

function readTarget(
  template: Template,
  ruleId: string,
  arn: unknown,
  { RoleArn, RetryPolicy, DeadLetterConfig }: Readonly<Record<string, unknown>>,
): ApiDestination {
  if (RoleArn === undefined) throw new UnsupportedError('the target has no RoleArn');
  const destinationId = referencedId(template, arn, 'AWS::Events::ApiDestination');
  if (destinationId === undefined) throw new UnsupportedError('the target is not an API destination in the template');
  const { Arn: deadLetterArn } = readObject(DeadLetterConfig ?? {}, ['Arn']);
  const deadLetters = readDeadLetters(template, deadLetterArn, 'events.amazonaws.com', ruleId);
  return {
    ...readDestination(template, destinationId),
    retryDelaysMs: readRetryPolicy(RetryPolicy),
    ...(deadLetters !== undefined && { deadLetters }),
  };
}

function readDestination(template: Template, destinationId: string): Pick<ApiDestination, 'endpoint' | 'body'> {
  const { ConnectionArn, HttpMethod, InvocationEndpoint } = readObject(template.Resources[destinationId]?.Properties, [
    ...['Name', 'Description', 'ConnectionArn', 'HttpMethod', 'InvocationEndpoint', 'InvocationRateLimitPerSecond'],
  ]);
  if (HttpMethod !== 'POST') throw new UnsupportedError('only the method POST is simulated');
  const connectionId = referencedId(template, ConnectionArn, 'AWS::Events::Connection');
  if (connectionId === undefined) throw new UnsupportedError('the connection is not in the template');
  const { AuthParameters } = readObject(template.Resources[connectionId]?.Properties, [
    ...['Name', 'Description', 'AuthorizationType', 'AuthParameters'],
  ]);
  const { InvocationHttpParameters } = readObject(AuthParameters, ['ApiKeyAuthParameters', 'InvocationHttpParameters']);
  const { BodyParameters } = readObject(InvocationHttpParameters ?? {}, ['BodyParameters']);
  const body = readList(BodyParameters).map((each) => {
    const { Key, Value } = readObject(each, ['Key', 'Value', 'IsValueSecret']);
    return [resolveText(template, Key), resolveText(template, Value)] as const;
  });
  return { endpoint: resolveText(template, InvocationEndpoint), body: Object.fromEntries(body) };
}
