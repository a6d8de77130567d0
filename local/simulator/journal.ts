import type { AlarmStatus } from '../emulators/cloudwatch/index.ts';
import type { PublishedPoint } from './alarms/metric-ingestion.ts';
import type { QueuedEvent } from './simulated-stack.ts';
import type { Run, Transition } from './simulation.ts';
import type { DeliveredMessage } from './sns/sns.ts';

/** Is told at once of everything that a deployed system must not lose. Times are epoch ms. */
export interface Journal {
  /** Keeps everything that it is told meanwhile, or nothing of it. */
  atomically(change: () => void): void;
  onRun(run: Run): void;
  onPoint(point: PublishedPoint): void;
  onMessage(message: DeliveredMessage): void;
  /** A topic's event is in Lambda's queue, perhaps for another try. */
  onAccepted(event: QueuedEvent): void;
  /** An event is not tried again. */
  onEnded(event: Pick<QueuedEvent, 'requestId'>): void;
  /** All alarms were evaluated: these changed, and this is what each remembers. */
  onEvaluated(at: number, transitions: readonly Transition[], statuses: ReadonlyMap<string, AlarmStatus>): void;
}

/** For a system that nobody expects to remember anything. */
export const noJournal: Journal = {
  atomically: (change) => change(),
  onRun() {},
  onPoint() {},
  onMessage() {},
  onAccepted() {},
  onEnded() {},
  onEvaluated() {},
};

/** Tells two the same. What the first keeps is kept before the second hears of it. */
export function tee(first: Journal, second?: Journal): Journal {
  if (!second) return first;
  return {
    atomically: (change) => second.atomically(() => first.atomically(change)),
    onRun(...told) {
      first.onRun(...told);
      second.onRun(...told);
    },
    onPoint(...told) {
      first.onPoint(...told);
      second.onPoint(...told);
    },
    onMessage(...told) {
      first.onMessage(...told);
      second.onMessage(...told);
    },
    onAccepted(...told) {
      first.onAccepted(...told);
      second.onAccepted(...told);
    },
    onEnded(...told) {
      first.onEnded(...told);
      second.onEnded(...told);
    },
    onEvaluated(...told) {
      first.onEvaluated(...told);
      second.onEvaluated(...told);
    },
  };
}
