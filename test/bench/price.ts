import { assumed, minutesPerMonth, prices } from '../../lib/cost/prices.ts';

/** What a function's runs take at one size, in milliseconds. */
export interface RunDurations {
  readonly memoryMb: number;
  readonly warmMs: number;
  /** Loading and the first run: once an hour. Lambda bills both. */
  readonly coldMs: number;
}

/** Lambda's price for a month of runs each minute, in US dollars: compute and invocations, arm64, without free tiers. */
export function dollarsAMonth({ memoryMb, warmMs, coldMs }: RunDurations): number {
  const cold = assumed.coldStartsPerMonth;
  const seconds = ((minutesPerMonth - cold) * Math.ceil(warmMs) + cold * Math.ceil(coldMs)) / 1000;
  return seconds * (memoryMb / 1024) * prices.lambdaGigabyteSecond + minutesPerMonth * prices.lambdaRequest;
}
