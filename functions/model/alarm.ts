/** Who hears of an alarm: a page wakes somebody, a ticket waits for office hours. */
export const audiences = ['page', 'ticket'] as const;

export type Audience = (typeof audiences)[number];

/** An alarm on one metric of a probe, at each of its targets. */
export interface AlarmDefinition<Metric extends string = string> {
  /** Permanent and kebab-case: the alarm's name ends in it. */
  readonly id: string;
  readonly metric: Metric;
  /** One sentence: what is true when it rises. */
  readonly meaning: string;
  readonly condition: { readonly below: number } | { readonly above: number };
  /** It rises when `breaching` of the last `of` points breach. */
  readonly breaching: number;
  readonly of: number;
  readonly audience: Audience;
}
