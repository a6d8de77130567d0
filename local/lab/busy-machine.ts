import type { LoopDelay } from '../self-hosted/loop-delay.ts';

/** A result, and how busy this machine was. */
export interface Delayed {
  /** By how much this process was late, and in how many runs of functions. Absent if it was on time. */
  readonly delay?: LoopDelay;
}

interface Verified extends Delayed {
  readonly verification: { readonly passed: boolean; readonly failures: readonly string[] };
}

/** The most attempts at a check that fails while this machine is busy. */
const mostTries = 3;

/** Repeats a check that failed while the emulators were late: a late answer looks like a slow Okta. */
export async function runUndisturbed<T extends Verified>(run: () => Promise<T>): Promise<T> {
  let result = await run();
  for (let tries = 1; tries < mostTries && !result.verification.passed && result.delay; tries += 1) {
    result = await run();
  }
  if (result.verification.passed || !result.delay) return result;
  const failures = [`${delayInWords(result.delay)}; this may be why:`, ...result.verification.failures];
  return { ...result, verification: { ...result.verification, failures } };
}

/** Describes a delay: this machine was too busy for the emulators to answer in time. */
export function delayInWords({ longestMs, runs }: LoopDelay): string {
  return `this machine is busy: the event loop was ${Math.round(longestMs)} ms late in ${runs} run${runs === 1 ? '' : 's'}`;
}

/** Returns the longest delay of several results, and the sum of the runs that were late. */
export function totalDelay(results: readonly Delayed[]): LoopDelay | undefined {
  const delays = results.flatMap(({ delay }) => delay ?? []);
  if (delays.length === 0) return undefined;
  return {
    longestMs: Math.max(...delays.map(({ longestMs }) => longestMs)),
    runs: delays.reduce((sum, each) => sum + each.runs, 0),
  };
}
