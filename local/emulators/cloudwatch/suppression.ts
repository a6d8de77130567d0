import type { AlarmState, CompositeAlarm } from './alarm-definition.ts';

/** A change of an alarm's state, whose actions may still be owed. */
export interface Change {
  readonly from: AlarmState;
  readonly to: AlarmState;
  readonly reason: string;
}

/** What keeps a composite alarm from acting, and the last change that it has not acted on. */
export type Suppression =
  | { readonly by: 'nothing' }
  | { readonly by: 'suppressor'; readonly owed?: Change }
  | { readonly by: 'wait' | 'extension'; readonly until: number; readonly owed?: Change };

export interface Suppressed {
  readonly next: Suppression;
  /** The change to act on now. */
  readonly released?: Change;
}

/**
 * One step of a composite alarm that has a suppressor.
 *
 * A change waits for the suppressor to rise; a suppressor that falls is followed by an extension, in which the composite
 * may fall too; a change in either begins a new wait. When neither is left, the composite acts by its state of then.
 *
 * Trap: suppressed actions are not lost. A composite that is still in ALARM when its suppressor and the extension are
 * over acts late.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create_Composite_Alarm_Suppression.html
 */
export function suppress(
  previous: Suppression,
  change: Change | undefined,
  suppressorState: AlarmState,
  { waitMs, extensionMs }: NonNullable<CompositeAlarm['suppressor']>,
  now: number,
): Suppressed {
  const owed = change ?? ('owed' in previous ? previous.owed : undefined);
  const pending = owed && { owed };
  if (suppressorState === 'ALARM') return { next: { by: 'suppressor', ...pending } };
  const next: Suppression = change
    ? { by: 'wait', until: now + waitMs, ...pending }
    : previous.by === 'suppressor'
      ? { by: 'extension', until: now + extensionMs, ...pending }
      : previous;
  if (next.by !== 'wait' && next.by !== 'extension') return { next };
  return next.until <= now ? { next: { by: 'nothing' }, ...(owed && { released: owed }) } : { next };
}
