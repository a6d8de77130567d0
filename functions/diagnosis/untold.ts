import type { Finding } from '../model/finding.ts';
import { folded } from './folded.ts';

/** What a probe that passed reports. */
interface Reported {
  readonly warnings: readonly Finding[];
  readonly notes: readonly string[];
}

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
  return { warnings: folded(warnings.filter((each) => !isTold(each))), notes: [...notes, ...known] };
}
