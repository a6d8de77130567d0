/** How often the event loop shows that it is awake, in milliseconds. */
const tickMs = 1;

/** A clock in milliseconds, and its timer. */
export interface LoopClock {
  now(): number;
  /** Calls back again and again until the returned function is called. */
  every(ms: number, tick: () => void): () => void;
}

export interface LoopWatch {
  /**
   * Watches whether the event loop is on time, until the returned function is called. A function that has used up its share
   * of the processor stands still for some milliseconds, and an answer that arrives meanwhile is read after that.
   */
  watchLoop(): () => void;
  /**
   * By how many milliseconds what happens now may have been noticed too late: the loop was last seen awake and on time that
   * long ago. Measures only while there is a watcher.
   *
   * Trap: after it stood still, the loop ticks before it reads, and it may have much to read. Only the next tick that is on
   * time says that nothing waits any more.
   */
  lateness(): number;
}

export function openLoopWatch({ now, every }: LoopClock): LoopWatch {
  let watchers = 0;
  let stop: (() => void) | undefined;
  let tickedAt = 0;
  /** When the loop was last awake and on time: until then, it had read everything that had arrived. */
  let onTimeAt = 0;
  return {
    watchLoop() {
      watchers += 1;
      if (!stop) {
        tickedAt = now();
        onTimeAt = tickedAt;
        stop = every(tickMs, () => {
          const at = now();
          if (at - tickedAt <= 2 * tickMs) onTimeAt = at;
          tickedAt = at;
        });
      }
      let isWatching = true;
      return () => {
        if (!isWatching) return;
        isWatching = false;
        watchers -= 1;
        if (watchers > 0) return;
        stop?.();
        stop = undefined;
      };
    },
    lateness: () => Math.max(0, now() - onTimeAt - tickMs),
  };
}

/** Trap: the loop is one for the whole process, so the watch is too. */
export const { watchLoop, lateness } = openLoopWatch({
  now: () => performance.now(),
  every(ms, tick) {
    const timer = setInterval(tick, ms);
    return () => clearInterval(timer);
  },
});
