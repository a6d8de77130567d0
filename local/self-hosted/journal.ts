import type { AlarmStatus } from '../../packages/cloudwatch-alarms/src/index.ts';
import type { PublishedPoint, Transition } from './alarms/cloudwatch.ts';
import type { QueuedEvent } from './local-system.ts';
import type { ReportedFinding } from './reported-finding.ts';
import type { DeliveredMessage } from './sns/sns.ts';

/** One attempt to run a function. */
export interface Invocation {
  readonly at: number;
  /** The function's name. */
  readonly lambda: string;
  /** What invoked it: a schedule, a message on a topic, or a person. */
  readonly by: { readonly schedule: string } | { readonly topic: string } | { readonly hand: true };
  /** The org in the event. */
  readonly org?: string;
  /** Counts the attempts for this event from 1. */
  readonly attempt: number;
  readonly status: 'succeeded' | 'failed' | 'throttled';
  /** Its error, or why it was stopped. */
  readonly error?: string;
  readonly durationMs: number;
  readonly cold: boolean;
  /** The number of probes that passed, failed and were skipped. */
  readonly outcomes: Readonly<Record<'passed' | 'failed' | 'skipped', number>>;
  /** Failures, warnings, and findings about the run itself. */
  readonly findings: readonly ReportedFinding[];
}

/** One attempt with its log, each line as JSON in virtual time. */
export interface Run extends Invocation {
  readonly lines: readonly string[];
}

/** Receives at once everything that a deployed system must not lose. Times are epoch ms. */
export interface Journal {
  /** Keeps everything that it receives meanwhile, or nothing of it. */
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

/** The journal of a system that remembers nothing. */
export const noJournal: Journal = {
  atomically: (change) => change(),
  onRun() {},
  onPoint() {},
  onMessage() {},
  onAccepted() {},
  onEnded() {},
  onEvaluated() {},
};

/** Returns a journal that passes everything to both, to the first one first. */
export function tee(first: Journal, second?: Journal): Journal {
  if (!second) return first;
  const both =
    <Name extends Exclude<keyof Journal, 'atomically'>>(name: Name) =>
    (...told: Parameters<Journal[Name]>) => {
      for (const journal of [first, second]) (journal[name] as (...args: Parameters<Journal[Name]>) => void)(...told);
    };
  return {
    atomically: (change) => second.atomically(() => first.atomically(change)),
    onRun: both('onRun'),
    onPoint: both('onPoint'),
    onMessage: both('onMessage'),
    onAccepted: both('onAccepted'),
    onEnded: both('onEnded'),
    onEvaluated: both('onEvaluated'),
  };
}
