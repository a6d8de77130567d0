import type { LogLine } from '../../functions/model/log-line.ts';
import type { ServedRequest } from '../../packages/okta-emulator/src/index.ts';
import type { Transition } from './alarms/cloudwatch.ts';
import type { Gap } from './history/open-history.ts';
import type { SystemMinute } from './local-system.ts';
import type { LoopDelay } from './loop-delay.ts';
import type { DeliveredMessage } from './sns/sns.ts';

/** One minute, with the requests that each org received in a simulation. */
type Minute = SystemMinute & { readonly requests?: Readonly<Record<string, readonly ServedRequest[]>> };

/** What happens in a simulation, in order. Times are epoch ms of the simulation. */
export type TimelineEvent =
  | {
      readonly kind: 'minute';
      readonly at: number;
      readonly outcomes: readonly LogLine[];
      readonly minute: Minute;
    }
  | { readonly kind: 'fault'; readonly at: number }
  | { readonly kind: 'restored'; readonly at: number }
  | { readonly kind: 'gap'; readonly at: number; readonly gap: Gap }
  /** This machine was too busy, so recent runs may have been recorded late. */
  | { readonly kind: 'delay'; readonly at: number; readonly delay: LoopDelay }
  | { readonly kind: 'alarm'; readonly at: number; readonly transition: Transition }
  | { readonly kind: 'message'; readonly at: number; readonly message: DeliveredMessage };

/** Returns the events of one minute. */
export function eventsOf(minute: Minute): readonly TimelineEvent[] {
  const lines = minute.runs.flatMap((run) => run.lines.map((line) => JSON.parse(line) as LogLine | { type: string }));
  const outcomes = lines.filter((line): line is LogLine => line.type === 'outcome');
  return [
    { kind: 'minute', at: minute.at, outcomes, minute },
    ...minute.transitions.map((transition) => ({ kind: 'alarm', at: transition.at, transition }) as const),
    ...minute.messages.map((message) => ({ kind: 'message', at: message.at, message }) as const),
  ];
}
