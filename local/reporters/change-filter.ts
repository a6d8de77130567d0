import { findingsOf } from '../../functions/model/outcome.ts';
import { formatTarget } from '../../functions/model/target.ts';
import type { TimelineEvent } from '../runner/timeline.ts';

/**
 * Says of each minute whether a reader learns anything from it: somewhere something else was found than the last time
 * that anybody looked there.
 */
export function newsTeller(): (minute: TimelineEvent & { kind: 'minute' }) => 'first' | 'some' | 'none' {
  const known = new Map<string, string>();
  return ({ outcomes, minute: { runs } }) => {
    const isFirst = known.size === 0;
    const now = new Map([
      ...outcomes.map((outcome) => {
        const codes = findingsOf(outcome).flatMap(({ code, severity }) => (severity === 'info' ? [] : [code]));
        return [`${outcome.org} ${formatTarget(outcome)}`, codes.join(' ')] as const;
      }),
      ...runs.map(({ lambda, error }) => [lambda, error === undefined ? '' : 'broken'] as const),
    ]);
    const hasChanged = [...now].some(([where, what]) => (known.get(where) ?? '') !== what);
    for (const [where, what] of now) known.set(where, what);
    return isFirst ? 'first' : hasChanged ? 'some' : 'none';
  };
}
