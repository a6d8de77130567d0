import type { Rule } from './composite-rule.ts';
import type { MetricIdentity } from './metric-store.ts';
import type { Expression } from './parse-expression.ts';

export const alarmStates = ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const;

export type AlarmState = (typeof alarmStates)[number];

export const missingDataTreatments = ['missing', 'ignore', 'breaching', 'notBreaching'] as const;

export type MissingData = (typeof missingDataTreatments)[number];

/** How a point breaches. The operators on bands belong to anomaly detection, which is not evaluated here. */
export const comparisons = {
  GreaterThanOrEqualToThreshold: { sign: '>=', breaches: (value: number, threshold: number) => value >= threshold },
  GreaterThanThreshold: { sign: '>', breaches: (value: number, threshold: number) => value > threshold },
  LessThanThreshold: { sign: '<', breaches: (value: number, threshold: number) => value < threshold },
  LessThanOrEqualToThreshold: { sign: '<=', breaches: (value: number, threshold: number) => value <= threshold },
} as const;

export type Comparison = keyof typeof comparisons;

export const statistics = ['Average', 'Minimum', 'Maximum', 'Sum', 'SampleCount'] as const;

export type Statistic = (typeof statistics)[number];

/** One entry of an alarm's metrics: a series as it is stored, or what is computed of others. */
export type Query =
  | { readonly kind: 'metric'; readonly identity: MetricIdentity; readonly stat: Statistic; readonly unit?: string }
  | { readonly kind: 'expression'; readonly expression: Expression };

interface Common {
  readonly logicalId: string;
  readonly name: string;
  readonly description?: string;
  /** The logical ids of the topics that hear of each state. Empty where actions are switched off. */
  readonly actions: Readonly<Record<AlarmState, readonly string[]>>;
}

export interface MetricAlarm extends Common {
  readonly kind: 'metric';
  readonly queries: Readonly<Record<string, Query>>;
  /** The id of the query that is compared with the threshold. */
  readonly watched: string;
  readonly periodMs: number;
  readonly comparison: Comparison;
  readonly threshold: number;
  /** N: how many points decide. */
  readonly evaluationPeriods: number;
  /** M: how many of them must breach. */
  readonly datapointsToAlarm: number;
  readonly treatMissingData: MissingData;
}

export interface CompositeAlarm extends Common {
  readonly kind: 'composite';
  readonly rule: Rule;
  readonly suppressor?: { readonly alarm: string; readonly waitMs: number; readonly extensionMs: number };
}

export type Alarm = MetricAlarm | CompositeAlarm;
