import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventQueue, QueueOptions } from '../../self-hosted/lambda/real-time-queue.ts';

/** How many processes run at the same real time at the most. */
const mostProcesses = 12;

/**
 * How long a further process waits for one that may soon be free.
 *
 * Trap: a process takes most of a second to start on a busy machine. A shorter wait would start more of them the busier the
 * machine is.
 */
const patienceMs = 2_000;

/**
 * Events run at the same virtual time if one starts while the other takes its time. Whether the limit is reached depends
 * on how long earlier ones take, so an event waits in real time until that is known or cannot matter.
 *
 * Trap: the order in real time is not that in virtual time. An event that takes long may end after one that starts later.
 */
export function openEventQueue<Event extends { readonly dueAt: number }>(
  options: QueueOptions<Event>,
): EventQueue<Event> {
  const waiting: Event[] = [];
  /** Those whose end is known, in virtual time. */
  let ended: { readonly from: number; readonly to: number }[] = [];
  const running = new Set<Promise<void>>();
  let failure: { readonly error: unknown } | undefined;

  function start(event: Event, from: number): void {
    const run: Promise<void> = options.run(event, from).then(
      (durationMs) => {
        running.delete(run);
        ended.push({ from, to: from + durationMs });
      },
      (error: unknown) => {
        running.delete(run);
        failure ??= { error };
      },
    );
    running.add(run);
  }

  async function waitForOne(most?: Promise<unknown>): Promise<void> {
    await Promise.race(most ? [...running, most] : running);
    if (failure) throw failure.error;
  }

  return {
    add(event) {
      const before = waiting.findLastIndex(({ dueAt }) => dueAt <= event.dueAt);
      waiting.splice(before + 1, 0, event);
    },
    async process(until, isInclusive) {
      for (;;) {
        const [next] = waiting;
        const isDue = next && (next.dueAt < until || (isInclusive && next.dueAt === until));
        if (!isDue) {
          if (running.size === 0) return;
          await waitForOne();
          continue;
        }
        const { dueAt } = next;
        ended = ended.filter(({ to }) => to > dueAt);
        const busy = ended.filter(({ from }) => from <= dueAt).length;
        if (busy >= options.concurrency()) {
          waiting.shift();
          options.refuse(next, dueAt);
        } else if (busy + running.size >= options.concurrency() || running.size >= mostProcesses) {
          await waitForOne();
        } else {
          if (running.size >= availableParallelism()) await waitForOne(sleep(patienceMs, undefined, { ref: false }));
          // A run that ended meanwhile may have added an event that is due earlier.
          if (waiting[0] !== next) continue;
          waiting.shift();
          start(next, dueAt);
        }
      }
    },
  };
}
