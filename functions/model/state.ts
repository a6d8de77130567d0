import type { Group } from './probe.ts';
import type { Slo } from './slo.ts';

/**
 * The state table's item of one group of an org: its recent runs, compressed.
 *
 * Trap: it is written as JSON and read by other versions of the monitor. Times are relative to the last run; others are
 * `RunMoment`s.
 */
export interface GroupState {
  readonly last: RunMoment;
  /** The Scheduler's id of the last run: the same event may be delivered twice. */
  readonly executionId?: string;
  readonly intervalMinutes?: number;
  /** The groups that run for the org, in the item of `flows`: a group that never ran has no item to show it. */
  readonly expects?: Readonly<Partial<Record<Group, ExpectedGroup>>>;
  /** The org's service level objective, in the item of `flows`. */
  readonly slo?: Slo;
  /** The latest token requests that were granted: each leaves an event in the org's System Log. Absent without any. */
  readonly tokenRequests?: readonly { readonly requestId: string; readonly at: string }[];
  /** The org's rate limits by bucket, from the answers of the last run. Absent if they named none. */
  readonly rateLimits?: Readonly<Record<string, KeptRateLimit>>;
  /** The last run without a finding that needs action. */
  readonly lastGood?: RunMoment;
  /** Since when no run is missing here. Before that, the group did not run, or the table failed. */
  readonly unbroken?: RunMoment;
  /** The first of the runs since then. Absent while the last run is good. */
  readonly failing?: RunMoment;
  /** Runs that began more than this many milliseconds before the last one are left out. Absent if none is. */
  readonly reachesBackMs?: number;
  /** The different outcomes of the runs below. */
  readonly outcomes: readonly KeptOutcome[];
  /** Runs with the same outcomes, together. `of` has the positions of these in `outcomes`. */
  readonly runs: readonly { readonly of: readonly number[]; readonly agoMs: readonly number[] }[];
}

/** The time of a run in ISO 8601: the minute that it was due in, or when it began if no schedule started it. */
export type RunMoment = { readonly due: string } | { readonly at: string };

export interface ExpectedGroup {
  readonly intervalMinutes: number;
  /** How long before the last run the group was first expected. */
  readonly agoMs: number;
}

/** A rate limit of the org as the answers of one run named it. */
export interface KeptRateLimit {
  /** Requests in a minute. */
  readonly limit: number;
  /** The lowest that any answer of the run named. */
  readonly remaining: number;
  /** How many requests of the run it counted. */
  readonly requests: number;
}

/** Content that several runs share: an outcome that passed, in few words, or the last log lines with it. */
export type KeptOutcome = PassedOutcome | { readonly lines: readonly object[] };

/** A probe that passed without a warning. */
export interface PassedOutcome {
  readonly probe: string;
  readonly server?: string;
  readonly retriedAfter?: string;
  readonly notes?: readonly string[];
  /** The server's time for its request in the last run. Absent if it had none, or if the last run ended otherwise. */
  readonly durationMs?: number;
}
