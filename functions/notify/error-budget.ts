import type { BudgetUse } from '../findings/slo.ts';
import type { Slo } from '../model/slo.ts';

/** How much of an org's error budget is used. */
export interface ErrorBudget extends BudgetUse {
  readonly slo: Slo;
}

/** How much is left, for people: `64.3 % of 216 minutes in 30 days (99.5 %)`. Cut, and not rounded up. */
export function describeErrorBudget({ slo, minutes, used, leftPercent }: ErrorBudget): string {
  const cut = (percent: number) => `${Math.floor(percent * 10) / 10}`;
  const range = (one: string, other: string) => (one === other ? one : `${one} to ${other}`);
  const left =
    leftPercent.most < 0 ? 'used up' : `${range(cut(Math.max(0, leftPercent.least)), cut(leftPercent.most))} % left`;
  const bad = `${range(String(used.least), String(used.most))} of ${Math.round(minutes * 10) / 10} minutes`;
  return `error budget: ${left}, ${bad} used in ${slo.windowDays} days (objective ${slo.objectivePercent} %, ${slo.domains.join(', ')})`;
}
