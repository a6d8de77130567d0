import type { Finding } from '../model/finding.ts';

/** What a probe that passed reports. */
interface Reported {
  readonly warnings: readonly Finding[];
  readonly notes: readonly string[];
}

/** As many as anybody reads. */
const mostComparisons = 20;

/**
 * Makes notes of what people have been told, where that is told once, and one finding of several that say the same of
 * different things.
 *
 * @param told when people were told, by the keys in `Finding.once`
 */
export function onlyUntold({ warnings, notes }: Reported, told: ReadonlyMap<string, string>): Reported {
  const isTold = ({ once }: Finding) => once?.every((key) => told.has(key)) ?? false;
  const known = warnings.filter(isTold).map(({ code, detail, once: [key = ''] = [] }) => {
    const day = told.get(key)?.slice(0, 10);
    return `told on ${day}: ${[code, detail].filter(Boolean).join(', ')}`;
  });
  const bySaying = Map.groupBy(
    warnings.filter((each) => !isTold(each)),
    ({ code, severity }) => `${code} ${severity}`,
  );
  return { warnings: [...bySaying.values()].map(together), notes: [...notes, ...known] };
}

function together(findings: readonly Finding[]): Finding {
  const [first] = findings;
  if (!first || findings.length === 1) return first as Finding;
  const details = findings.flatMap(({ detail }) => detail ?? []);
  const comparisons = findings.flatMap((each) => each.comparisons ?? []);
  const once = findings.flatMap((each) => each.once ?? []);
  return {
    ...first,
    ...(details.length > 0 && { detail: details.join('; ') }),
    ...(comparisons.length > 0 && { comparisons: comparisons.slice(0, mostComparisons) }),
    ...(once.length > 0 && { once }),
  };
}
