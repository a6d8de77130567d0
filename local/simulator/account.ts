import { concurrency, type RatedOperation, ratePerSecond, rates } from '../../lib/limits/quotas.ts';

/** The account and Region whose quotas hold. */
export interface Account {
  readonly region: string;
  /** How many functions it may run at the same time. */
  readonly concurrency: number;
}

/** An account that has run functions for a while, in the Region with the highest quotas. */
export const usualAccount: Account = { region: 'us-east-1', concurrency: concurrency.account.most };

/** How often each operation may be called there, a second. */
export function ratesIn({ region }: Account): Readonly<Record<string, number>> {
  const operations = Object.keys(rates) as RatedOperation[];
  return Object.fromEntries(operations.map((operation) => [operation, ratePerSecond(operation, region)]));
}
