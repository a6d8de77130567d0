import type { Outcome } from '../model/outcome.ts';
import { locate } from '../okta/endpoints.ts';

/**
 * Reports a failure of the whole org once. If the probe of the org itself fails, every other probe that failed with the
 * same finding becomes skipped.
 *
 * People read one finding, but not eleven identical ones.
 */
export function onlyRootCause(outcomes: readonly Outcome[]): readonly Outcome[] {
  const root = outcomes.find(({ exchanges }) => exchanges.some(({ url }) => locate(url)?.endpoint === 'organization'));
  if (root?.status !== 'failed') return outcomes;
  return outcomes.map((outcome) => {
    if (outcome === root || outcome.status !== 'failed' || outcome.finding.code !== root.finding.code) return outcome;
    const { finding: _, readings: __, ...rest } = outcome;
    return { ...rest, status: 'skipped', because: `${root.probe} failed: ${root.finding.code}` };
  });
}
