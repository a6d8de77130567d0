import { type Severity, severityLevels } from '../../../functions/model/finding.ts';

/** What makes a check fail, from the least to the most that is tolerated. */
export const failOnLevels = ['warning', 'ticket', 'page'] as const;

export type FailOn = (typeof failOnLevels)[number];

/** A warning is a finding that sends no notification. */
const severityOf: Readonly<Record<FailOn, Severity>> = { warning: 'info', ticket: 'ticket', page: 'page' };

/** Whether a finding makes a check fail. */
export function isFailure({ severity }: { readonly severity: Severity }, failOn: FailOn): boolean {
  return severityLevels[severity] >= severityLevels[severityOf[failOn]];
}

/** Returns the worst of some findings, in the words of `--fail-on`. Undefined without findings. */
export function worstOf(findings: readonly { readonly severity: Severity }[]): FailOn | undefined {
  return failOnLevels.findLast((level) => findings.some((finding) => isFailure(finding, level)));
}
