import type { Trace } from './trace.ts';

/** No minute may be missing of what alarms watch: what cannot be published must come by the log. */
export function noGaps({ gaps }: Trace): readonly string[] {
  if (gaps.length === 0) return [];
  const [{ series, minute }] = gaps as [Trace['gaps'][number]];
  return [`${gaps.length} points are missing, the first at minute ${minute} of ${series}`];
}

/** People must hear of one alarm before another. */
export function toldFirst(first: string, second: string) {
  return ({ messages }: Trace): readonly string[] => {
    const [one = -1, other = -1] = [first, second].map((alarm) =>
      messages.findIndex((message) => message.alarm === alarm),
    );
    return one >= 0 && (other < 0 || one < other) ? [] : [`${first} must be told before ${second}`];
  };
}

/** Nothing of what is deployed may be there in vain, but for what is known to be. */
export function nothingDeadBut(known: readonly string[]) {
  return ({ ineffective }: Trace): readonly string[] => ineffective.filter((reason) => !known.includes(reason));
}
