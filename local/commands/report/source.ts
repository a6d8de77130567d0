import type { LoggedLine } from '../../../functions/model/log-line.ts';
import type { MetricIdentity } from '../../../functions/model/metric.ts';

/** From `start` to before `end`, epoch ms. */
export interface Period {
  readonly start: number;
  readonly end: number;
}

/** A statistic of a metric as CloudWatch names it. */
export type Statistic = 'Maximum' | 'Minimum' | 'Sum' | 'SampleCount' | `p${number}`;

export interface SeriesQuery {
  readonly identity: MetricIdentity;
  readonly statistic: Statistic;
}

/** A change of an alarm's state. */
export interface AlarmChange {
  readonly at: number;
  readonly to: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
}

/** The log lines of a period, and in words the parts that could not be read. */
export interface FoundEvidence {
  readonly lines: readonly LoggedLine[];
  readonly problem?: string;
}

/** Where a report reads what happened. Errors of the source itself are thrown. */
export interface ReportSource {
  /** For the reader: `CloudWatch, eu-west-1`. */
  readonly name: string;
  /** The shortest period, in minutes, in which points of a time can still be read. */
  finestMinutes(at: number): number;
  /** One list of values for each query, with one value per period. Undefined where there are no points. */
  statistics(
    queries: readonly SeriesQuery[],
    period: Period,
    periodMinutes: number,
  ): Promise<readonly (readonly (number | undefined)[])[]>;
  /** The changes of an alarm, oldest first. */
  alarmChanges(alarm: string, period: Period): Promise<readonly AlarmChange[]>;
  /** Since when changes of alarms are known, epoch ms. */
  readonly alarmsKnownSince: number;
  /** Returns the log lines of an org's probes. */
  evidence(org: string, period: Period): Promise<FoundEvidence>;
  /** Why nothing ran, where the source knows it. */
  reasons(period: Period): readonly (Period & { readonly reason: string })[];
}
