import { readObject, readWord, type Template } from '../../emulators/cloudwatch/template-reader.ts';
import { UnsupportedError } from '../../emulators/cloudwatch/unsupported-error.ts';
import type { Schedule } from './deployment.ts';
import { physicalName, referredTo, resolveText } from './resolve-text.ts';

const known = [...['Name', 'GroupName', 'Description', 'ScheduleExpression', 'FlexibleTimeWindow', 'State', 'Target']];
const knownOfTarget = ['Arn', 'RoleArn', 'Input', 'RetryPolicy'];

const minutesOf: Readonly<Record<string, number>> = { minute: 1, hour: 60, day: 24 * 60 };

/**
 * Reads a schedule of EventBridge Scheduler that calls a function of the template at a rate.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-scheduler-schedule.html
 */
export function readSchedule(template: Template, logicalId: string): Schedule {
  const properties = readObject(template.Resources[logicalId]?.Properties, known);
  const target = readObject(properties.Target, knownOfTarget);
  const window = readObject(properties.FlexibleTimeWindow, ['Mode', 'MaximumWindowInMinutes']);
  if (window.Mode !== 'OFF') throw new UnsupportedError('a flexible time window is not rehearsed');
  if (target.RoleArn === undefined) throw new UnsupportedError('no role lets it call its target');
  const called = referredTo(template, target.Arn, 'AWS::Lambda::Function');
  if (called === undefined) {
    throw new UnsupportedError(`its target ${JSON.stringify(target.Arn)} is no function of the template`);
  }
  return {
    name: properties.Name === undefined ? logicalId : resolveText(template, properties.Name),
    intervalMinutes: parseRate(resolveText(template, properties.ScheduleExpression)),
    target: physicalName(template, called),
    input: target.Input === undefined ? {} : parseInput(resolveText(template, target.Input)),
    enabled: readWord(properties.State ?? 'ENABLED', ['ENABLED', 'DISABLED']) === 'ENABLED',
  };
}

/** Trap: EventBridge demands the singular for one and the plural for all others. */
function parseRate(expression: string): number {
  const [, digits = '', unit = '', plural] = /^rate\((\d+) (minute|hour|day)(s?)\)$/.exec(expression) ?? [];
  const count = Number(digits);
  const minutes = count * (minutesOf[unit] ?? Number.NaN);
  if (!(minutes >= 1) || (count === 1) !== (plural === '')) {
    throw new UnsupportedError(`${expression} is no rate such as rate(1 minute) or rate(5 minutes)`);
  }
  return minutes;
}

function parseInput(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UnsupportedError('its input is not JSON, and a function could not read it');
  }
}
