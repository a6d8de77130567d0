import { LogQueryVisualizationType, LogQueryWidget } from 'aws-cdk-lib/aws-cloudwatch';
import type { MonitorFunction } from '../functions/monitor-function.ts';

export interface OutcomeTableProps {
  readonly org: string;
  readonly functions: readonly MonitorFunction[];
  readonly width: number;
  readonly height: number;
}

/**
 * How each probe of an org fares, from the logs: a series a probe would be half of what the monitor costs.
 *
 * Trap: a query that a page runs costs half a cent a gigabyte of log read, so it reads no more than the page's hours.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
 */
export class OutcomeTable extends LogQueryWidget {
  constructor({ org, functions, width, height }: OutcomeTableProps) {
    super({
      title: `${org}: outcomes by probe`,
      logGroupNames: functions.map(({ logGroupName }) => logGroupName),
      queryLines: [
        `filter type = "outcome" and org = "${org}"`,
        // It gives 1 or 0, which is how this language counts by a condition.
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
