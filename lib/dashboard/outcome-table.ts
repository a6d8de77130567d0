import { LogQueryVisualizationType, LogQueryWidget } from 'aws-cdk-lib/aws-cloudwatch';

export interface OutcomeTableProps {
  readonly org: string;
  /** Of the functions that run probes. */
  readonly logGroupNames: readonly string[];
  readonly width: number;
  readonly height: number;
}

/**
 * The outcomes of each probe of an org, from the logs. One metric per probe would be half of the monitor's cost.
 *
 * Trap: each query costs half a cent per gigabyte of log that it scans. It scans only the dashboard's time range.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
 */
export class OutcomeTable extends LogQueryWidget {
  constructor({ org, logGroupNames, width, height }: OutcomeTableProps) {
    super({
      title: `${org}: outcomes by probe`,
      logGroupNames: [...logGroupNames],
      queryLines: [
        `filter type = "outcome" and org = "${org}"`,
        // strcontains returns 1 or 0. Logs Insights has no conditional count, so the query sums these.
        'fields status, finding.code, server, probe, durationMs, strcontains(status, "failed") as isFailed, strcontains(status, "skipped") as isSkipped',
        'stats latest(status) as last, latest(finding.code) as lastFinding, sum(isFailed) as failed, sum(isSkipped) as skipped, count(*) as runs, avg(durationMs) as averageMs by server, probe',
        'sort failed desc, server asc, probe asc',
      ],
      view: LogQueryVisualizationType.TABLE,
      width,
      height,
    });
  }
}
