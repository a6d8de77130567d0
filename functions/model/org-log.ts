/** An object in the org that is not a person. */
export interface Thing {
  /** Okta's name of the kind: `AppInstance`, `PolicyRule`. */
  readonly type: string;
  readonly id?: string;
  readonly name?: string;
}

/** Who acted. Of a user it is only known that it was one. */
export type Party =
  | { readonly type: 'user' | 'okta' | 'unknown' }
  | { readonly type: 'application'; readonly id?: string; readonly name?: string }
  | { readonly type: 'api-token'; readonly id: string };

/** Something that an administrator can change. */
export type ChangedThing =
  | 'policy'
  | 'policy-rule'
  | 'server'
  | 'scope'
  | 'claim'
  | 'application'
  | 'client'
  | 'credential'
  | 'application-key'
  | 'server-key'
  | 'zone'
  | 'feature'
  | 'authenticator'
  | 'identity-provider'
  | 'captcha'
  | 'api-token'
  | 'domain'
  | 'hook'
  | 'log-stream'
  | 'rate-limits'
  | 'assignment of a group'
  | 'group'
  | 'administrator role'
  | 'import';

export type Change = 'created' | 'updated' | 'deleted' | 'activated' | 'deactivated' | 'stopped';

/** A request of the monitor that leaves an event, by its `X-Okta-Request-Id`. */
export interface SentRequest {
  readonly requestId: string;
  /** In milliseconds since the epoch, as all times here. */
  readonly sentAtMs: number;
}

/** The counts of events in the org's System Log, without the monitor's own clients where events name them. */
export interface LogCounts {
  /** Attempts, successful or not. */
  readonly signIns: number;
  readonly signInFailures: number;
  readonly lockouts: number;
  /** Access tokens. */
  readonly tokensGranted: number;
  readonly tokensRefused: number;
  /** Requests that a network zone or ThreatInsight blocked. */
  readonly blocked: number;
  /** People who lost an application, a group or their account. */
  readonly removals: number;
}

/** Five minutes of the log, by when events happened. */
export interface LogSpan extends LogCounts {
  readonly atMs: number;
  /** Why sign-ins failed, by Okta's codes. */
  readonly reasons: Tally;
  /** Why tokens were refused, by Okta's codes. */
  readonly errors: Tally;
  /** The applications whose tokens were refused, by name, or by client id. */
  readonly applications: Tally;
}

/** Three minutes of what directories, messengers and provisioning did, by `kind/name/result`: `directory/LDAP/failed`. */
export interface ServiceSpan {
  readonly atMs: number;
  readonly counts: Tally;
}

export type Tally = Readonly<Record<string, number>>;

/** An hour of the log. */
export interface LogHour extends LogCounts {
  readonly atMs: number;
}

/** The counts that are watched for an unusual rise. */
export const watchedCounts = ['signInFailures', 'lockouts', 'tokensRefused', 'blocked'] as const;

export type WatchedCount = (typeof watchedCounts)[number];

/** How often something happens at this hour on other days. */
export interface UsualCount {
  /** Of a quarter of an hour. */
  readonly median: number;
  /** The median of the absolute deviations from it. */
  readonly deviation: number;
  /** Of a quarter of an hour too: what this hour of the week, or the one before or after it, has at its peak. */
  readonly peak: number;
  /** The share of it in all attempts, 0 to 1. */
  readonly share: number;
}

/** The usual counts at one hour. */
export interface UsualHour {
  readonly atMs: number;
  /** How many past days are known, and how many of them are the same day of the week. */
  readonly days: number;
  readonly weeks: number;
  /** A count that too few days have, because earlier versions did not count it, is absent. */
  readonly of: Readonly<Partial<Record<WatchedCount, UsualCount>>>;
  /** The fewest sign-ins of this hour and of the one before on the same days of the week. Absent while too few are known. */
  readonly fewestSignIns?: number;
  /** An hour of the last six had its usual sign-ins, so it is no holiday. */
  readonly isUsualDay?: boolean;
  /** The most removals in this hour, or the one beside it, on any day. */
  readonly mostRemovals?: number;
}

/** A rate limit that was touched within the last hour, and by which client. */
export interface TouchedLimit {
  readonly limit: 'warning' | 'burst' | 'violation' | 'notification' | 'concurrency';
  readonly scope: 'org' | 'client' | 'token' | 'user' | 'operation';
  /** Okta's name of the bucket: `/api/v1/users`. */
  readonly bucket?: string;
  readonly operation?: string;
  /** Requests in the period. */
  readonly threshold?: number;
  /** Who sent the request that reached it. That one need not have sent the most. */
  readonly by: Party;
  /** The minutes in which it happened, in order. */
  readonly minutesMs: readonly number[];
  readonly readAtMs: number;
}

/** What an administrator changed, without who it was. */
export interface LogChange {
  /** The `uuid` of the event. */
  readonly id: string;
  readonly atMs: number;
  readonly what: ChangedThing;
  readonly change: Change;
  readonly by: Party;
  readonly targets: readonly Thing[];
  /** Whether the monitor uses the changed object: an application, a server. */
  readonly isWatched: boolean;
}

/** An event of Okta's ThreatInsight, agents, hooks or streams. */
export interface LogEvidence {
  readonly id: string;
  readonly atMs: number;
  /** `agent down`, `threat detected`. */
  readonly what: string;
  readonly targets: readonly Thing[];
  /** How often since `atMs`. */
  readonly count: number;
  /** Somebody changed it, so it can explain findings about settings, and none about Okta or the network. */
  readonly isChange?: boolean;
}

/**
 * The monitor's memory of an org's System Log from run to run: the item `memory#system-log` of the state table.
 *
 * Trap: other versions of the monitor read it, so read it with `readLogMemory`. It has no personal data, by construction: all of it comes from `OrgEvent`s.
 */
export interface LogMemory {
  /** When the log was first read. What happened before is not counted. */
  readonly beganAtMs: number;
  /** The cursor of the next page, as Okta's link has it. */
  readonly after?: string;
  /** When the newest event happened that was read: a poll without a cursor begins there. */
  readonly newestAtMs: number;
  /** What identifies the events that such a poll would read again, by when they were read. */
  readonly seen: readonly { readonly readAtMs: number; readonly ids: string }[];
  /** The number of runs with more events than they could read. */
  readonly runsBehind: number;
  /** The counts of the run at this time. Trap: it need not have published them. */
  readonly batch: { readonly dueMs: number; readonly counts: LogCounts };
  /** The last twenty minutes. */
  readonly spans: readonly LogSpan[];
  /** The hours that are not in the memory of past days yet. */
  readonly hours: readonly LogHour[];
  /** All hours before this one are in the memory of past days. */
  readonly hoursKeptUntilMs: number;
  readonly usual?: UsualHour;
  readonly limits: readonly TouchedLimit[];
  readonly changes: readonly LogChange[];
  readonly evidence: readonly LogEvidence[];
  /** What others did for the org in the last hour, in spans of three minutes. */
  readonly services: readonly ServiceSpan[];
  /** How many codes are usually sent and used, by how they reach people: older ones count less and less. */
  readonly usualCodes: Tally;
  /** The monitor's own token requests. */
  readonly own: {
    /** Their events have not been read. */
    readonly missing: readonly SentRequest[];
    /** When the latest request was sent that is known here. */
    readonly knownUntilMs: number;
    /** Requests of own clients whose events have been read, lately: a run may read an event before `flows` is kept. */
    readonly read: readonly { readonly requestId: string; readonly readAtMs: number }[];
    /** When the latest request was sent whose event has been read. */
    readonly arrivedUntilMs?: number;
  };
}

/** The events that a run has read in the System Log, for the probes that judge them. */
export interface OrgLog {
  readonly memory: LogMemory;
  readonly readAtMs: number;
  /** The run read to the end of the log. */
  readonly isComplete: boolean;
  /** How many seconds the slowest event of our own requests took until it was read, of those that this run read. */
  readonly lagSeconds?: number;
  /** Denials and failures that have no series of their own, in this run. */
  readonly others: Tally;
  /** Why sign-ins failed, in this run. */
  readonly reasons: Tally;
  /** From how many networks, and of how many users, the requests were that were blocked in this run. */
  readonly blocked: { readonly networks: number; readonly users: number };
}
