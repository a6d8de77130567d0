import { setTimeout as wait } from 'node:timers/promises';
import type { RealTime } from '../simulator/lambda/real-time-queue.ts';

/**
 * How long it waits at once. A timer does not count the time in which the machine slept, so whoever waits for a time looks
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
