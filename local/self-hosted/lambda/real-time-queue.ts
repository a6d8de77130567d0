import { setTimeout as wait } from 'node:timers/promises';

export interface QueueOptions<Event> {
  /** Runs an event that starts at a time. Returns how long it took, in milliseconds. */
  run(event: Event, at: number): Promise<number>;
  /** Called instead when as many events run already as may. */
  refuse(event: Event, at: number): void;
  /** Returns how many events may run at the same time. */
  concurrency(): number;
}

/** Lambda's queue of asynchronous events. */
export interface EventQueue<Event> {
  add(event: Event): void;
  /** Runs the events that are due before a time, or at it, in the order of their times, and what they add meanwhile. */
  process(until: number, isInclusive: boolean): Promise<void>;
}

/** A clock that moves by itself. */
export interface RealTime {
  /** Epoch milliseconds. */
  now(): number;
  /** How far it is ahead of this machine's clock, in milliseconds: 0 unless a test moves it. */
  readonly aheadMs: number;
  /** Resolves at a time, or as soon as `signal` aborts. */
  until(time: number, signal: AbortSignal): Promise<void>;
  /** Once it aborts, nothing more starts, and pending waits reject with its reason. */
  readonly stopped: AbortSignal;
}

/** How many processes run at the same time at the most. */
const mostProcesses = 12;

/**
 * Lambda's queue of asynchronous events in real time: each event starts when it is due, or as soon as a process is free.
 *
 * Trap: `process` resolves at its time, not when all that has started has ended. A run that takes longer than a minute
 * ends in a later one.
 */
export function openRealTimeQueue<Event extends { readonly dueAt: number }>(
  options: QueueOptions<Event>,
  { now, until, stopped }: RealTime,
): EventQueue<Event> {
  const waiting: Event[] = [];
  let running = 0;
  let failure: { readonly error: unknown } | undefined;
  /** Aborts when something has been added or has ended. */
  let changed = new AbortController();
  const tellChange = () => {
    const before = changed;
    changed = new AbortController();
    before.abort();
  };

  function start(event: Event): void {
    running += 1;
    options
      .run(event, now())
      .catch((error: unknown) => {
        failure ??= { error };
      })
      .finally(() => {
        running -= 1;
        tellChange();
      });
  }

  return {
    add(event) {
      const before = waiting.findLastIndex(({ dueAt }) => dueAt <= event.dueAt);
      waiting.splice(before + 1, 0, event);
      tellChange();
    },
    async process(end, isInclusive) {
      for (;;) {
        if (failure) throw failure.error;
        stopped.throwIfAborted();
        const isDue = ({ dueAt }: Event) => dueAt <= now() && (dueAt < end || (isInclusive && dueAt === end));
        for (let [next] = waiting; next && isDue(next) && running < mostProcesses; [next] = waiting) {
          waiting.shift();
          start(next);
        }
        if (now() >= end) return;
        const next = running < mostProcesses ? Math.min(waiting[0]?.dueAt ?? end, end) : end;
        await until(next, AbortSignal.any([stopped, changed.signal]));
      }
    },
  };
}

/**
 * How long it waits at once. A timer does not count the time in which the machine slept, so code that waits for a time looks
 * at the clock now and then.
 */
const mostMs = 1_000;

/** The clock of this machine, until `stopped` aborts. */
export function systemClock(stopped: AbortSignal): RealTime {
  return {
    now: Date.now,
    aheadMs: 0,
    stopped,
    async until(time, signal) {
      for (let left = time - Date.now(); left > 0 && !signal.aborted; left = time - Date.now()) {
        await wait(Math.min(left, mostMs), undefined, { signal }).catch(() => {});
      }
    },
  };
}
