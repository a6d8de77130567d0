import { readList, readObject, readWord, type Template } from '../../emulators/cloudwatch/template-reader.ts';
import { UnsupportedError } from '../../emulators/cloudwatch/unsupported-error.ts';
import type { EventRule } from './deployment.ts';
import { readDeadLetters } from './read-dead-letters.ts';
import { readRetryPolicy } from './read-retries.ts';
import { physicalName, referencedId, resolveText } from './resolve-text.ts';

const ruleKeys = ['Name', 'Description', 'EventPattern', 'State', 'Targets'];
const targetKeys = ['Id', 'Arn', 'RoleArn', 'InputPath', 'RetryPolicy', 'DeadLetterConfig'];
const patternKeys = ['source', 'detail-type', 'resources'];

/**
 * Reads a rule on the default event bus whose target is an API destination that gets the event's detail.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-events-rule.html
 */
export function readRule(template: Template, logicalId: string): EventRule {
  const { EventPattern, State, Targets } = readObject(template.Resources[logicalId]?.Properties, ruleKeys);
  const pattern = readObject(EventPattern, patternKeys);
  const values = (key: string) => readList(pattern[key]).map((value) => resolveText(template, value));
  const [target, ...others] = readList(Targets);
  if (others.length > 0) throw new UnsupportedError('only one target of a rule is simulated');
  const { Arn, RoleArn, InputPath, RetryPolicy, DeadLetterConfig } = readObject(target, targetKeys);
  if (InputPath !== '$.detail') throw new UnsupportedError('only the input path $.detail is simulated');
  if (RoleArn === undefined) throw new UnsupportedError('the target has no RoleArn');
  const destinationId = referencedId(template, Arn, 'AWS::Events::ApiDestination');
  if (destinationId === undefined) throw new UnsupportedError('the target is not an API destination in the template');
  const { Arn: deadLetterArn } = readObject(DeadLetterConfig ?? {}, ['Arn']);
  const deadLetters = readDeadLetters(template, deadLetterArn, 'events.amazonaws.com', logicalId);
  return {
    name: physicalName(template, logicalId),
    pattern: {
      source: values('source'),
      detailType: values('detail-type'),
      resources: values('resources'),
    },
    enabled: readWord(State ?? 'ENABLED', ['ENABLED', 'DISABLED']) === 'ENABLED',
    ...readDestination(template, destinationId),
    retryDelaysMs: readRetryPolicy(RetryPolicy),
    ...(deadLetters !== undefined && { deadLetters }),
  };
}

function readDestination(template: Template, destinationId: string): Pick<EventRule, 'endpoint' | 'body'> {
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
