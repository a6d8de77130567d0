import type { Finding } from '../model/finding.ts';

/** A message has room for so many. */
const mostThings = 20;

/**
 * One finding for all things of which the same is found: a message shows one of each code. It has all their keys, so that each
 * is told once.
 */
export function folded(findings: readonly Finding[]): readonly Finding[] {
  const alike = Object.values(Object.groupBy(findings, ({ code, severity }) => `${code} ${severity}`));
  return alike.flatMap((each = []): readonly Finding[] => {
    const [first] = each;
    if (!first || each.length === 1) return each;
    const shown = each.slice(0, mostThings);
    const more = each.length - shown.length;
    const details = [...shown.flatMap(({ detail }) => detail ?? []), ...(more > 0 ? [`and ${more} more`] : [])];
    const comparisons = shown.flatMap((finding) => finding.comparisons ?? []);
    const once = each.flatMap((finding) => finding.once ?? []);
    return [
      {
        ...first,
        ...(details.length > 0 && { detail: details.join('; ').slice(0, 1_000) }),
        ...(comparisons.length > 0 && { comparisons }),
        ...(once.length > 0 && { once }),
      },
    ];
  });
}
