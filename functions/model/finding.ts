import type { FaultDomain } from './fault-domain.ts';

/** How a finding is told: a page wakes somebody, a ticket waits for office hours, an information never notifies by itself. */
export const severities = ['page', 'ticket', 'info'] as const;

export type Severity = (typeof severities)[number];

/** What a severity is worth in the `Severity` metric: the worse, the higher, and 0 is nothing to act on. */
export const severityLevels: Readonly<Record<Severity, number>> = { info: 0, ticket: 1, page: 2 };

/** A named cause: what is wrong, who must act and what to do. The exchanges of its outcome are the evidence. */
export interface Finding {
  /** Permanent and kebab-case: alarms, runbooks and people's searches hang on it. */
  readonly code: string;
  readonly domain: FaultDomain;
  readonly severity: Severity;
  readonly summary: string;
  /** What was seen this time, where the summary cannot say it. */
  readonly detail?: string;
  /** The likeliest first, where several share a shape. */
  readonly causes: readonly string[];
  /** Steps, in the words of Okta's admin console where they are taken there. */
  readonly remedy: readonly string[];
  /** The public page that says more. */
  readonly doc?: string;
  /** What the token said, where a token is the matter. */
  readonly token?: TokenFacts;
}

/** What may be told of a token: never the token, and of claims no value but these. */
export interface TokenFacts {
  readonly alg?: string;
  readonly kid?: string;
  readonly issuer?: string;
  readonly audience?: string;
  readonly scopes?: readonly string[];
  /** ISO 8601 in UTC. */
  readonly issuedAt?: string;
  readonly expiresAt?: string;
  readonly claimNames?: readonly string[];
}
