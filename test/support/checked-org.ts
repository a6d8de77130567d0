import { type FindingCode, finding } from '../../functions/findings/finding.ts';
import type { Outcome } from '../../functions/model/outcome.ts';
import { probes } from '../../functions/probes/index.ts';
import { enabledProbes, planProbes } from '../../functions/probes/plan.ts';
import { logLines } from '../../functions/run/log.ts';
import type { CheckedOrg } from '../../local/commands/check/check-orgs.ts';
import { fullOrg } from './full-org.ts';

const startedAt = Date.UTC(2030, 0, 1);

/** A check of the full org in which every probe passes, except for those that `change` replaces. */
export function checked(
  change: (target: string) => Partial<Outcome> | undefined = () => undefined,
  org = fullOrg,
): CheckedOrg {
  const planned = planProbes(org, probes);
  const outcomes = enabledProbes(planned).map(({ probe, target }) => ({
    ...{ ...target, probe: probe.id, status: 'passed', readings: {}, notes: [], warnings: [], exchanges: [] },
    ...change(target.server ? `${probe.id}@${target.server}` : probe.id),
  }));
  return { org, plan: planned, outcomes: logLines({ startedAt, minute: startedAt, outcomes: outcomes as Outcome[] }) };
}

/** Fails the targets that a pattern matches. */
export const failAt =
  (targets: RegExp, code: FindingCode, detail?: (target: string) => string) =>
  (target: string): Partial<Outcome> | undefined =>
    targets.test(target) ? { status: 'failed', finding: finding(code, { detail: detail?.(target) }) } : undefined;
