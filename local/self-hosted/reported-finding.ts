import type { Exchange } from '../../functions/model/exchange.ts';
import type { Finding } from '../../functions/model/finding.ts';
import type { FindingLine, LogLine, MonitorErrorLine } from '../../functions/model/log-line.ts';
import { findingsOf } from '../../functions/model/outcome.ts';
import type { ProbeTarget } from '../../functions/model/target.ts';
import { locate } from '../../functions/okta/endpoints.ts';
import { type Ascription, ascribe } from '../../functions/okta/sender.ts';

/** A finding in a run's log: its target is absent if the run reports it of itself. */
export interface ReportedFinding extends ProbeTarget, Pick<Finding, 'code' | 'domain' | 'severity' | 'suspect'> {
  /** Who sent the last answer of the probe. Absent if it made no request to the org or to an API of your own. */
  readonly answeredBy?: Ascription['by'];
  /** It is a warning of a probe that passed. */
  readonly isWarning: boolean;
}

/** The findings in the JSON lines that a run logged. */
export function reportedFindings(lines: readonly string[]): readonly ReportedFinding[] {
  return lines.flatMap((text): readonly ReportedFinding[] => {
    const line = JSON.parse(text) as LogLine | FindingLine | MonitorErrorLine;
    if (line.type === 'finding') return [report(line.finding, {}, false)];
    if (line.type !== 'outcome') return [];
    return findingsOf(line).map((finding) => report(finding, line, line.status === 'passed'));
  });
}

function report(
  { code, domain, severity, suspect }: Finding,
  { probe, server, exchanges = [] }: ProbeTarget & { readonly exchanges?: readonly Exchange[] },
  isWarning: boolean,
): ReportedFinding {
  const answeredBy = answererOf(exchanges);
  return {
    ...(probe && { probe }),
    ...(server && { server }),
    ...{ code, domain, severity, isWarning },
    ...(suspect && { suspect }),
    ...(answeredBy && { answeredBy }),
  };
}

/** Who sent the last answer. Undefined if no request was made to the org or to an API of your own. */
export function answererOf(exchanges: readonly Exchange[]): Ascription['by'] | undefined {
  const last = exchanges.findLast(({ url, ofResource }) => ofResource || locate(url));
  return last && ascribe(last).by;
}
