import type { LoopDelay } from '../self-hosted/loop-delay.ts';

/** What a try on this machine came to. `delay` is absent if its event loop was on time. */
interface Tried {
  readonly verification: { readonly passed: boolean; readonly failures: readonly string[] };
  readonly delay?: LoopDelay;
}

/** How often something is tried that failed while this machine was busy. */
const mostTries = 3;

/** Tries again if it failed while the emulators were late: a late answer looks like a slow Okta. */
export async function runUndisturbed<T extends Tried>(run: () => Promise<T>): Promise<T> {
  let result = await run();
  for (let tries = 1; tries < mostTries && !result.verification.passed && result.delay; tries += 1) {
    result = await run();
  }
  if (result.verification.passed || !result.delay) return result;
  const failures = [`${delayInWords(result.delay)}; this may be why:`, ...result.verification.failures];
  return { ...result, verification: { ...result.verification, failures } };
}

/** Says that this machine was too busy for the emulators to answer in time. */
export function delayInWords({ longestMs, runs }: LoopDelay): string {
  return `this machine is busy: the event loop was ${Math.round(longestMs)} ms late in ${runs} run${runs === 1 ? '' : 's'}`;
}

/** The longest of several delays, and the number of all runs of functions that they disturbed. */
export function totalDelay(results: readonly { readonly delay?: LoopDelay }[]): LoopDelay | undefined {
  const delays = results.flatMap(({ delay }) => delay ?? []);
  if (delays.length === 0) return undefined;
  return {
    longestMs: Math.max(...delays.map(({ longestMs }) => longestMs)),
    runs: delays.reduce((sum, each) => sum + each.runs, 0),
  };
}
