import type { LoopClock } from '../../functions/run/loop-lateness.ts';

/** How often the event loop is looked at, in milliseconds. */
const tickMs = 20;

/** Emulators that answer so much later than they could make healthy answers look slow. */
const toleratedMs = 200;

/** By how much the event loop of this process was late, and during how many runs of functions. */
export interface LoopDelay {
  readonly longestMs: number;
  readonly runs: number;
}

/** Measures by how much this process, and all that it emulates, was late while functions ran. */
export class LoopDelayMeter {
  readonly #clock: LoopClock;
  readonly #watched = new Set<{ longestMs: number }>();
  #tickedAt = 0;
  #stop: (() => void) | undefined;
  #delay: LoopDelay = { longestMs: 0, runs: 0 };

  constructor(clock: LoopClock = realClock) {
    this.#clock = clock;
  }

  /** Measures during a run, until the returned function is called. */
  watchRun(): () => void {
    const run = { longestMs: 0 };
    this.#watched.add(run);
    if (!this.#stop) {
      this.#tickedAt = this.#clock.now();
      this.#stop = this.#clock.every(tickMs, () => this.#look());
    }
    return () => {
      if (!this.#watched.has(run)) return;
      this.#look();
      this.#watched.delete(run);
      if (this.#watched.size === 0) {
        this.#stop?.();
        this.#stop = undefined;
      }
      const { longestMs, runs } = this.#delay;
      if (run.longestMs <= toleratedMs) return;
      this.#delay = { longestMs: Math.max(longestMs, run.longestMs), runs: runs + 1 };
    };
  }

  /** Returns the delay since the last call. Undefined if the loop was on time. */
  take(): LoopDelay | undefined {
    const taken = this.#delay;
    this.#delay = { longestMs: 0, runs: 0 };
    return taken.runs > 0 ? taken : undefined;
  }

  #look(): void {
    const at = this.#clock.now();
    const lateMs = at - this.#tickedAt - tickMs;
    this.#tickedAt = at;
    for (const run of this.#watched) run.longestMs = Math.max(run.longestMs, lateMs);
  }
}

const realClock: LoopClock = {
  now: () => performance.now(),
  every(ms, tick) {
    const timer = setInterval(tick, ms).unref();
    return () => clearInterval(timer);
  },
};
