import { randomUUID } from 'node:crypto';

/**
 * The payload with the values that EventBridge Scheduler puts in the place of its context attributes.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
 *
 * @param due when the run was due, epoch ms, on the clock of the function that receives it
 */
export function withScheduleContext(payload: unknown, due: number): unknown {
  const attributes = {
    '<aws.scheduler.scheduled-time>': `${new Date(due).toISOString().slice(0, 19)}Z`,
    '<aws.scheduler.execution-id>': randomUUID(),
    '<aws.scheduler.attempt-number>': '1',
  };
  const text = Object.entries(attributes).reduce(
    (filled, [attribute, value]) => filled.replaceAll(attribute, value),
    JSON.stringify(payload),
  );
  return JSON.parse(text);
}
