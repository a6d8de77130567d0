/** What EventBridge Scheduler knows of one start of a target. */
export interface ScheduledStart {
  readonly scheduleArn: string;
  /** Epoch ms, by the clock that the function reads. */
  readonly scheduledAt: number;
  /** The same in each delivery of one start. */
  readonly executionId: string;
  readonly attempt: number;
}

/**
 * The payload with the values that EventBridge Scheduler puts in the place of its context attributes.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
 */
export function withScheduleContext(payload: unknown, start: ScheduledStart): unknown {
  const attributes = {
    '<aws.scheduler.schedule-arn>': start.scheduleArn,
    '<aws.scheduler.scheduled-time>': `${new Date(start.scheduledAt).toISOString().slice(0, 19)}Z`,
    '<aws.scheduler.execution-id>': start.executionId,
    '<aws.scheduler.attempt-number>': String(start.attempt),
  };
  const text = Object.entries(attributes).reduce(
    (filled, [attribute, value]) => filled.replaceAll(attribute, value),
    JSON.stringify(payload),
  );
  return JSON.parse(text);
}
