import type { Rule } from './composite-rule.ts';
import type { MetricIdentity } from './metric-store.ts';
import type { Expression } from './parse-expression.ts';

export const alarmStates = ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const;

export type AlarmState = (typeof alarmStates)[number];

export const missingDataTreatments = ['missing', 'ignore', 'breaching', 'notBreaching'] as const;

export type MissingData = (typeof missingDataTreatments)[number];

/** The supported comparison operators. Those for anomaly detection bands are unsupported. */
export const comparisons = {
  GreaterThanOrEqualToThreshold: { sign: '>=', breaches: (value: number, threshold: number) => value >= threshold },
  GreaterThanThreshold: { sign: '>', breaches: (value: number, threshold: number) => value > threshold },
  LessThanThreshold: { sign: '<', breaches: (value: number, threshold: number) => value < threshold },
  LessThanOrEqualToThreshold: { sign: '<=', breaches: (value: number, threshold: number) => value <= threshold },
} as const;

export type Comparison = keyof typeof comparisons;

export const statistics = ['Average', 'Minimum', 'Maximum', 'Sum', 'SampleCount'] as const;

export type Statistic = (typeof statistics)[number];

/** One entry of an alarm's metrics: a stored metric, or an expression over other entries. */
export type Query =
  | { readonly kind: 'metric'; readonly identity: MetricIdentity; readonly stat: Statistic; readonly unit?: string }
  | { readonly kind: 'expression'; readonly expression: Expression };

interface Common {
  readonly logicalId: string;
  readonly name: string;
  readonly description?: string;
  /** The logical ids of the topics to notify, by state. Empty if the alarm's actions are disabled. */
  readonly actions: Readonly<Record<AlarmState, readonly string[]>>;
}

export interface MetricAlarm extends Common {
  readonly kind: 'metric';
  readonly queries: Readonly<Record<string, Query>>;
  /** The id of the query that is compared with the threshold: the one that returns data. */
  readonly resultId: string;
  readonly periodMs: number;
  readonly comparison: Comparison;
  readonly threshold: number;
  /** N: the number of points that are evaluated. */
  readonly evaluationPeriods: number;
  /** M: the number of those points that must breach. */
  readonly datapointsToAlarm: number;
  readonly treatMissingData: MissingData;
  readonly warmUp?: WarmUp;
}

/** A new alarm stays in INSUFFICIENT_DATA and does not act until its warm-up ends. */
export interface WarmUp {
  readonly durationMs: number;
  /** Otherwise the warm-up ends early, with the first point of the newest period. */
  readonly lastsItsDuration: boolean;
}

export interface CompositeAlarm extends Common {
  readonly kind: 'composite';
  readonly rule: Rule;
  readonly suppressor?: { readonly alarm: string; readonly waitMs: number; readonly extensionMs: number };
}

export type Alarm = MetricAlarm | CompositeAlarm;
