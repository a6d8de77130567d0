import { routes } from '../../../functions/model/finding.ts';
import { entries } from '../../../lib/functions/entries.ts';
import {
  readNumber,
  readObject,
  type Template,
  UnsupportedError,
} from '../../../packages/cloudwatch-alarms/src/index.ts';
import type { AsynchronousRules, DeployedFunction } from './deployment.ts';
import { physicalName, referencedId, resolveText } from './resolve-text.ts';

/**
 * Reads a function and the rules for its asynchronous events.
 *
 * Trap: the function's name determines which bundle it runs. The template's assets are named by hash only.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-function.html
 */
export function readFunction(template: Template, logicalId: string): DeployedFunction {
  const properties = template.Resources[logicalId]?.Properties ?? {};
  const name = physicalName(template, logicalId);
  // After the name of the deployment. `notify` is one bundle, deployed once per route: notify-page, notify-ticket.
  const entry = entries.find((each) => new RegExp(`-${each}(-(${routes.join('|')}))?$`).test(name));
  if (!entry) throw new UnsupportedError(`no bundle matches the function name ${name}`);
  const { Variables = {} } = readObject(properties.Environment ?? {}, ['Variables']);
  const { LogGroup } = (properties.LoggingConfig ?? {}) as Readonly<Record<string, unknown>>;
  return {
    name,
    entry,
    timeoutMs: readNumber(properties.Timeout ?? 3) * 1000,
    memoryMb: readNumber(properties.MemorySize ?? 128),
    variables: Object.fromEntries(
      Object.entries(Variables as object).map(([key, value]) => [key, resolveText(template, value)]),
    ),
    logGroup: LogGroup === undefined ? `/aws/lambda/${name}` : resolveText(template, LogGroup),
    asynchronous: asynchronousRules(template, logicalId),
  };
}

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
function asynchronousRules(template: Template, functionId: string): AsynchronousRules {
  const configs = Object.values(template.Resources).filter(
    ({ Type, Properties }) =>
      Type === 'AWS::Lambda::EventInvokeConfig' &&
      referencedId(template, Properties?.FunctionName, 'AWS::Lambda::Function') === functionId,
  );
  if (configs.length > 1) throw new UnsupportedError('it has more than one EventInvokeConfig');
  const { MaximumRetryAttempts, MaximumEventAgeInSeconds, DestinationConfig, Qualifier } = readObject(
    configs[0]?.Properties ?? {},
    ['FunctionName', 'Qualifier', 'MaximumRetryAttempts', 'MaximumEventAgeInSeconds', 'DestinationConfig'],
  );
  if (Qualifier !== undefined && Qualifier !== '$LATEST')
    throw new UnsupportedError('only the qualifier $LATEST is simulated');
  const { OnFailure } = readObject(DestinationConfig ?? {}, ['OnFailure']);
  const { Destination } = readObject(OnFailure ?? {}, ['Destination']);
  return {
    retries: readNumber(MaximumRetryAttempts ?? 2),
    maxAgeMs: readNumber(MaximumEventAgeInSeconds ?? 6 * 3_600) * 1000,
    ...(Destination !== undefined && { onFailure: destinationOf(template, Destination) }),
  };
}

function destinationOf(template: Template, destination: unknown): string {
  if (referencedId(template, destination, 'AWS::SNS::Topic') === undefined) {
    throw new UnsupportedError(
      `the on-failure destination ${JSON.stringify(destination)} is not a topic in the template`,
    );
  }
  return resolveText(template, destination);
}
