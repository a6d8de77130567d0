import { formatTarget } from '../../../functions/model/target.ts';
import type { CheckedOrg } from '../check/check-orgs.ts';
import { type FailOn, isFailure } from '../check/fail-on.ts';
import { problemsOf } from '../problems.ts';

/**
 * A line for each problem, which GitHub Actions shows as an annotation of the run: an error if it makes the check fail, and
 * otherwise a warning.
 * https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
 */
export function toAnnotations(orgs: readonly CheckedOrg[], failOn: FailOn): readonly string[] {
  return orgs.flatMap((checked) =>
    problemsOf(checked).map(({ finding, title, org, outcomes, details }) => {
      const level = isFailure(finding, failOn) ? 'error' : 'warning';
      const where = `${org.name}: ${finding.code} (${finding.domain})`;
      const lines = [title, ...details, `At ${outcomes.map(formatTarget).join(', ')}`, ...finding.remedy.slice(0, 1)];
      return `::${level} title=${property(where)}::${data(lines.join('\n'))}`;
    }),
  );
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
