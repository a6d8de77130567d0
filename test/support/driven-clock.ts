import type { RealTime } from '../../local/self-hosted/lambda/real-time-queue.ts';

/** A clock that moves when a test says so. Whoever waits for a time goes on when it is there. */
export interface DrivenClock extends RealTime {
  moveTo(time: number): void;
  stop(): void;
}

export function drivenClock(start: number): DrivenClock {
  const stop = new AbortController();
  let time = start;
  const waiting = new Set<{ readonly time: number; readonly resolve: () => void }>();
  return {
    now: () => time,
    get aheadMs() {
      return time - Date.now();
    },
    stopped: stop.signal,
    until(wanted, signal) {
      const { promise, resolve } = Promise.withResolvers<void>();
      if (wanted <= time || signal.aborted) return Promise.resolve();
      waiting.add({ time: wanted, resolve });
      signal.addEventListener('abort', () => resolve(), { once: true });
      return promise;
    },
    moveTo(moment) {
      time = moment;
      for (const each of waiting) {
        if (each.time > moment) continue;
        waiting.delete(each);
        each.resolve();
      }
    },
    stop: () => stop.abort(new Error('stopped')),
  };
}
