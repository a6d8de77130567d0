import {
  readNumber,
  readObject,
  readWord,
  type Template,
  UnsupportedError,
} from '../../../packages/cloudwatch-alarms/src/index.ts';
import type { Schedule } from './deployment.ts';
import { physicalName, referencedId, resolveText } from './resolve-text.ts';

const keys = ['Name', 'GroupName', 'Description', 'ScheduleExpression', 'FlexibleTimeWindow', 'State', 'Target'];
const targetKeys = ['Arn', 'RoleArn', 'Input', 'RetryPolicy'];

const minutesOf: Readonly<Record<string, number>> = { minute: 1, hour: 60, day: 24 * 60 };

/**
 * Reads an EventBridge Scheduler schedule that invokes a function in the template at a fixed rate.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-scheduler-schedule.html
 */
export function readSchedule(template: Template, logicalId: string): Schedule {
  const properties = readObject(template.Resources[logicalId]?.Properties, keys);
  const target = readObject(properties.Target, targetKeys);
  const window = readObject(properties.FlexibleTimeWindow, ['Mode', 'MaximumWindowInMinutes']);
  if (target.RoleArn === undefined) throw new UnsupportedError('the target has no RoleArn');
  const functionId = referencedId(template, target.Arn, 'AWS::Lambda::Function');
  if (functionId === undefined) {
    throw new UnsupportedError(`the target ${JSON.stringify(target.Arn)} is not a function in the template`);
  }
  return {
    name: properties.Name === undefined ? logicalId : resolveText(template, properties.Name),
    group: properties.GroupName === undefined ? 'default' : resolveText(template, properties.GroupName),
    windowMinutes: parseWindow(window),
    intervalMinutes: parseRate(resolveText(template, properties.ScheduleExpression)),
    target: physicalName(template, functionId),
    input: target.Input === undefined ? {} : parseInput(resolveText(template, target.Input)),
    enabled: readWord(properties.State ?? 'ENABLED', ['ENABLED', 'DISABLED']) === 'ENABLED',
  };
}

/** https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-flexible-time-windows.html */
function parseWindow({ Mode, MaximumWindowInMinutes }: Readonly<Record<string, unknown>>): number {
  const isFlexible = readWord(Mode, ['OFF', 'FLEXIBLE']) === 'FLEXIBLE';
  if (!isFlexible) {
    if (MaximumWindowInMinutes !== undefined) throw new UnsupportedError('a time window that is OFF has no length');
    return 0;
  }
  const minutes = readNumber(MaximumWindowInMinutes);
  if (!Number.isInteger(minutes) || minutes < 1 || minutes > 1_440) {
    throw new UnsupportedError(`a flexible time window lasts 1 to 1440 minutes, not ${minutes}`);
  }
  return minutes;
}

/** Trap: EventBridge requires the singular for 1 and the plural otherwise. */
function parseRate(expression: string): number {
  const [, digits = '', unit = '', plural] = /^rate\((\d+) (minute|hour|day)(s?)\)$/.exec(expression) ?? [];
  const count = Number(digits);
  const minutes = count * (minutesOf[unit] ?? Number.NaN);
  if (!(minutes >= 1) || (count === 1) !== (plural === '')) {
    throw new UnsupportedError(`${expression} is not a rate such as rate(1 minute) or rate(5 minutes)`);
  }
  return minutes;
}

function parseInput(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UnsupportedError('the input is not valid JSON');
  }
}
