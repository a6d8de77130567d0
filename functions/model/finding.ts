import type { FaultDomain } from './fault-domain.ts';

/** A named cause: what is wrong, who must act and what to do. The exchanges of its outcome are the evidence. */
export interface Finding {
  /** Permanent and kebab-case: alarms, runbooks and people's searches hang on it. */
  readonly code: string;
  readonly domain: FaultDomain;
  readonly summary: string;
  /** What was seen this time, where the summary cannot say it. */
  readonly detail?: string;
  /** The likeliest first, where several share a shape. */
  readonly causes: readonly string[];
  readonly remedy: readonly string[];
  /** The public page that says more. */
  readonly doc?: string;
}
