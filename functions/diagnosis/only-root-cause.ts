import type { Outcome } from '../model/outcome.ts';
import { locate } from '../okta/endpoints.ts';

/**
 * Leaves one failure where one cause failed the whole org: when the org itself cannot be reached, or answers with an
 * error, every probe that fails with the same finding is skipped because of it.
 *
 * One finding is read; eleven alike are not.
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
