import { UsageError } from '../runner/select.ts';

/**
 * Throws `UsageError` if the value of a flag looks like a token, and says what to do instead. It does not repeat the value.
 *
 * Trap: an argument is in the history of the shell, and every process of the machine can read it.
 */
export function refuseTokens(values: object, instead: string): void {
  const looksLikeToken = (value: unknown) => typeof value === 'string' && /eyJ[\w-]{10,}|^00[\w-]{40}$/.test(value);
  const [flag] = Object.entries(values).find(([, value]) => [value].flat().some(looksLikeToken)) ?? [];
  if (flag === undefined) return;
  throw new UsageError(
    `The value of --${flag} looks like a token, which is never an argument: ${instead}.\nIt is in the history of your shell now: revoke it.`,
  );
}
