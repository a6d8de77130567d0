import type { FaultDomain } from './fault-domain.ts';

/** How a finding notifies people: a page at once, a ticket during working hours, an info finding never. */
export const severities = ['page', 'ticket', 'info'] as const;

export type Severity = (typeof severities)[number];

/** Where an alarm's messages go: a page wakes people, a ticket waits for office hours. */
export const routes = ['page', 'ticket'] as const;

export type Route = (typeof routes)[number];

/** The value of each severity in the `Severity` metric. Higher is worse; 0 means that no action is needed. */
export const severityLevels: Readonly<Record<Severity, number>> = { info: 0, ticket: 1, page: 2 };

/**
 * Who is at fault for a failure that shows it only together with what else was reached. `our way` is the monitor's own path
 * to the Internet; `custom domain` its DNS record, its CDN or Okta's edge for it; `unknown` is said of what the System Log counts.
 */
export const suspects = [
  'okta',
  'okta or administrators',
  'okta or custom domain',
  'custom domain',
  'our way',
  'unknown',
] as const;

export type Suspect = (typeof suspects)[number];

/** A named cause: the problem, who must act, and the remedy. The outcome's exchanges are the evidence. */
export interface Finding {
  /** Permanent, in kebab case: alarms, runbooks and searches depend on it. */
  readonly code: string;
  readonly domain: FaultDomain;
  readonly severity: Severity;
  /** The cause in a few words, for a subject line: `Okta 500`, `scope not granted`. */
  readonly brief: string;
  readonly summary: string;
  /** The thing by its own name, and its day: `SAML certificate of Payroll expires 2026-12-05`. */
  readonly about?: string;
  /** The observation of this occurrence, beyond the summary. */
  readonly detail?: string;
  /** Most likely first. */
  readonly causes: readonly string[];
  /** Steps, in the words of the Okta admin console if they are taken there. */
  readonly remedy: readonly string[];
  /** A public page with more information. */
  readonly doc?: string;
  /** Expected and found values. Trap: never the value of a claim that may be personal. */
  readonly comparisons?: readonly Comparison[];
  /**
   * Present for a notice, which is sent once and not while it lasts: a key for each statement, `certificate payroll#14`.
   * Trap: keys contain no personal data. A new key makes a new notice.
   */
  readonly once?: readonly string[];
  /** Present where an answer is missing or does not show its sender, and the rest of the run shows who is at fault. */
  readonly suspect?: Suspect;
  /** What else was asked in the same run, and whether it answered: a sentence for people. */
  readonly reach?: string;
  /** Facts about the token, if the finding is about a token. */
  readonly token?: TokenFacts;
}

/** A setting or a value that differs from the expected one. */
export interface Comparison {
  /** Such as `audience`, `redirect URI` or `token_endpoint in discovery`. */
  readonly name: string;
  readonly expected: string;
  /** `missing`, if there was none; `not shown`, if the response does not say. */
  readonly found: string;
}

/** The parts of a token that may be shown: never the token itself, and no claim values other than these. */
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
