import { leakOf } from './leak.ts';
import { isExact, sizeRule } from './recommend-size.ts';
import type { BenchReport } from './report.ts';

/** Something that the bench promises of the monitor. */
export interface BenchCheck {
  readonly what: string;
  readonly passed: boolean;
}

/** Those that the measurements decide: at the deployed size, readings are exact, and nothing leaks. */
export function checksOf({ sizes = [], loads = [] }: BenchReport, deployedMb: number): readonly BenchCheck[] {
  return [
    ...sizes
      .filter(({ memoryMb }) => memoryMb === deployedMb)
      .map((size) => ({
        what: `readings at ${deployedMb} MB: p95 under ${sizeRule.p95Ms} ms, max under ${sizeRule.maxMs} ms`,
        passed: isExact(size),
      })),
    ...loads.map((load) => ({ what: `nothing leaks: ${load.what}`, passed: !leakOf(load).leaks })),
  ];
}
