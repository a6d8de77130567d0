import type { AlarmState, CompositeAlarm } from './alarm-definition.ts';

export interface StateChange {
  readonly from: AlarmState;
  readonly to: AlarmState;
  readonly reason: string;
}

/** What keeps a composite alarm from acting, and the last change that it has not acted on. */
export type Suppression =
  | { readonly by: 'nothing' }
  | { readonly by: 'suppressor'; readonly pending?: StateChange }
  | { readonly by: 'wait' | 'extension'; readonly until: number; readonly pending?: StateChange };

/**
 * One tick of a composite alarm that has a suppressor. `released` is the change to act on now.
 *
 * After a change, the alarm waits for the suppressor to go to ALARM. When the suppressor leaves ALARM, an extension
 * gives the composite alarm time to do the same. A change during either one starts a new wait. When both are over, the
 * alarm acts on the last change.
 *
 * Trap: suppressed actions are not lost. A composite alarm that is still in ALARM after the extension acts late.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create_Composite_Alarm_Suppression.html
 */
export function suppress(
  previous: Suppression,
  change: StateChange | undefined,
  suppressorState: AlarmState,
  { waitMs, extensionMs }: NonNullable<CompositeAlarm['suppressor']>,
  now: number,
): { readonly next: Suppression; readonly released?: StateChange } {
  const last = change ?? ('pending' in previous ? previous.pending : undefined);
  const pending = last && { pending: last };
  if (suppressorState === 'ALARM') return { next: { by: 'suppressor', ...pending } };
  const next: Suppression = change
    ? { by: 'wait', until: now + waitMs, ...pending }
    : previous.by === 'suppressor'
      ? { by: 'extension', until: now + extensionMs, ...pending }
      : previous;
  if (next.by !== 'wait' && next.by !== 'extension') return { next };
  return next.until <= now ? { next: { by: 'nothing' }, ...(last && { released: last }) } : { next };
}
