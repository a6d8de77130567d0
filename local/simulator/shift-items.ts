import type { ClockShift } from './lambda/clock-shift.ts';
import { shiftTimes } from './lambda/function-log.ts';

/**
 * Moves the times in the items of a request to DynamoDB, or of its answer: those in texts that are JSON objects. Other
 * attributes stay as they are.
 */
export function shiftItems(json: string, clock: ClockShift): string {
  return JSON.stringify(shift(JSON.parse(json), clock));
}

function shift(value: unknown, clock: ClockShift): unknown {
  if (Array.isArray(value)) return value.map((item) => shift(item, clock));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      const isObject = name === 'S' && typeof member === 'string' && member.startsWith('{');
      return [name, isObject ? JSON.stringify(shiftTimes(JSON.parse(member), clock)) : shift(member, clock)];
    }),
  );
}
