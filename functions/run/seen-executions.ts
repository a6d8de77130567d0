/** The executions that a warm container has handled. */
export interface SeenExecutions {
  /** Whether this execution was handled before. Remembers it. */
  isRepeated(executionId: string): boolean;
}

/** An event is delivered again within minutes. In these, a container handles far fewer events than this. */
const most = 1_000;

/**
 * EventBridge Scheduler and Lambda deliver an event at least once: now and then the same one comes twice.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 *
 * Trap: another container does not know what this one has handled.
 */
export function openSeenExecutions(): SeenExecutions {
  const seen = new Set<string>();
  return {
    isRepeated(executionId) {
      if (seen.has(executionId)) return true;
      seen.add(executionId);
      const [oldest] = seen;
      if (seen.size > most && oldest !== undefined) seen.delete(oldest);
      return false;
    },
  };
}
