import type { SizeReading } from './report.ts';

/** What a size must keep to be good enough for `flows`. */
export const sizeRule = {
  /** The errors of published readings, in milliseconds. */
  p95Ms: 2,
  maxMs: 5,
  /** The part of all readings that may be left out of the latency series. */
  mostMarked: 0.1,
  /** The part of the memory that must stay free at the peak. */
  leastFree: 0.2,
} as const;

export interface Recommendation {
  readonly memoryMb: number;
  /** Whether it keeps the whole rule. If no size does, the most exact one that has memory enough is recommended. */
  readonly keepsRule: boolean;
}

/** The cheapest size that keeps the rule. Undefined if none has memory enough, or nothing was measured. */
export function recommendSize(sizes: readonly SizeReading[]): Recommendation | undefined {
  const large = sizes.filter(hasMemory);
  const [cheapest] = large.filter(isExact).toSorted((a, b) => a.dollarsAMonth - b.dollarsAMonth);
  if (cheapest) return { memoryMb: cheapest.memoryMb, keepsRule: true };
  const [best] = large.toSorted((a, b) => a.exactness.published.p95 - b.exactness.published.p95);
  return best && { memoryMb: best.memoryMb, keepsRule: false };
}

/** Whether a function of this size has memory enough for what its process used at most. */
export function hasMemory({ memoryMb, peakRssBytes }: Pick<SizeReading, 'memoryMb' | 'peakRssBytes'>): boolean {
  return peakRssBytes <= memoryMb * 1024 * 1024 * (1 - sizeRule.leastFree);
}

export function isExact({ exactness, failedRuns }: Pick<SizeReading, 'exactness' | 'failedRuns'>): boolean {
  const { published, marked, readings } = exactness;
  return (
    failedRuns === 0 &&
    published.p95 < sizeRule.p95Ms &&
    published.max < sizeRule.maxMs &&
    marked <= readings * sizeRule.mostMarked
  );
}
