import { entries } from '../../../lib/functions/bundle.ts';
import { readNumber, readObject, type Template } from '../../emulators/cloudwatch/template-reader.ts';
import { UnsupportedError } from '../../emulators/cloudwatch/unsupported-error.ts';
import type { AsynchronousRules, DeployedFunction } from './deployment.ts';
import { physicalName, referredTo, resolveText } from './resolve-text.ts';

const prefix = 'okta-synthetics-';

/**
 * Reads a function, and what Lambda does with its events.
 *
 * Trap: code is not found by the template, whose assets have no readable name, but by the function's own name.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-function.html
 */
export function readFunction(template: Template, logicalId: string): DeployedFunction {
  const properties = template.Resources[logicalId]?.Properties ?? {};
  const name = physicalName(template, logicalId);
  // What notifies each audience is one bundle, deployed twice.
  const entry = entries.find((each) => name === prefix + each || name.startsWith(`${prefix}${each}-`));
  if (!entry) throw new UnsupportedError(`${name} is called after no entry: which bundle does it run?`);
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
      referredTo(template, Properties?.FunctionName, 'AWS::Lambda::Function') === functionId,
  );
  if (configs.length > 1) throw new UnsupportedError('two configurations say how it is invoked');
  const { MaximumRetryAttempts, MaximumEventAgeInSeconds, DestinationConfig, Qualifier } = readObject(
    configs[0]?.Properties ?? {},
    ['FunctionName', 'Qualifier', 'MaximumRetryAttempts', 'MaximumEventAgeInSeconds', 'DestinationConfig'],
  );
  if (Qualifier !== undefined && Qualifier !== '$LATEST') throw new UnsupportedError('only $LATEST is invoked');
  const { OnFailure } = readObject(DestinationConfig ?? {}, ['OnFailure']);
  const { Destination } = readObject(OnFailure ?? {}, ['Destination']);
  return {
    retries: readNumber(MaximumRetryAttempts ?? 2),
    maxAgeMs: readNumber(MaximumEventAgeInSeconds ?? 6 * 3_600) * 1000,
    ...(Destination !== undefined && { onFailure: destinationOf(template, Destination) }),
  };
}

function destinationOf(template: Template, destination: unknown): string {
  if (referredTo(template, destination, 'AWS::SNS::Topic') === undefined) {
    throw new UnsupportedError(`what is told of failures, ${JSON.stringify(destination)}, is no topic of the template`);
  }
  return resolveText(template, destination);
}
