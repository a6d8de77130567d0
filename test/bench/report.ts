import type { ProfilePart } from './cpu-profile.ts';
import type { Exactness } from './errors-of-run.ts';
import type { Part } from './parts.ts';
import type { ShareKind } from './processor-share.ts';
import type { Spread, Took } from './statistics.ts';

/** What `npm run bench` measured: its JSON document. Bytes are bytes, `…Ms` are milliseconds, prices are US dollars. */
export interface BenchReport {
  readonly schema_version: 1;
  /** When it began, ISO 8601 in UTC. */
  readonly at: string;
  /** What was to be measured. */
  readonly parts: readonly Part[];
  readonly machine: Machine;
  /** How many runs a figure is made of. */
  readonly runs: number;
  /** How long the reference server held each answer back. */
  readonly delayMs: number;
  /** The error of the measurement itself: a bare client over one kept connection. */
  readonly floor?: Exactness;
  /** `flows` in the share of a processor that Lambda gives to each size. */
  readonly sizes?: readonly SizeReading[];
  /** What warm runs of `flows` spend a full core on. */
  readonly profile?: ProfileReading;
  readonly coldStarts?: readonly ColdStart[];
  readonly peers?: readonly PeerReading[];
  readonly growth?: readonly GrowthReading[];
  readonly loads?: readonly LoadReading[];
  /** What could not be measured, and why. */
  readonly skipped: readonly Omission[];
}

export interface Machine {
  readonly processor: string;
  /** How many cores this process may use. */
  readonly cores: number;
  readonly platform: string;
  readonly node: string;
  readonly shareKind: ShareKind;
  /** Whether what is measured has a core that nothing else of the bench runs on. */
  readonly ownCore: boolean;
}

export interface Omission {
  readonly what: string;
  readonly why: string;
}

/** What `flows` is like in a function of one size. */
export interface SizeReading {
  readonly memoryMb: number;
  /** How the processor's share is imposed, in words. */
  readonly means: string;
  /** Of warm runs. */
  readonly exactness: Exactness;
  readonly first: {
    /** The largest absolute error of the first runs: of all readings, and of those that are not marked. */
    readonly worstErrorMs: number;
    readonly worstPublishedMs: number;
    readonly load: Took;
    readonly run: Took;
  };
  readonly warm: {
    readonly ms: Spread;
    readonly meanMs: number;
    readonly processorMs: number;
    readonly requests: number;
    readonly connections: number;
    /** How many of the connections resumed a TLS session. */
    readonly resumed: number;
  };
  readonly peakRssBytes: number;
  /** Runs in which a probe did not pass. */
  readonly failedRuns: number;
  /** Runs that were repeated, because the machine had no time even for the reference server. */
  readonly repeatedRuns: number;
  /** Lambda's price for `flows` of one org each minute, with a cold start an hour. */
  readonly dollarsAMonth: number;
}

/** Means of a warm run, in milliseconds of a processor. */
export interface ProfileReading {
  readonly processorMs: number;
  /** What the main thread spent it on, with the profiler's own part in each. */
  readonly parts: readonly ProfilePart[];
  /** What a run cannot do without: how often, and what a bare script spends on it each time. */
  readonly needs: readonly (ProfilePart & { readonly count: number })[];
}

/** The start of a function in a new process: medians. */
export interface ColdStart {
  readonly function: string;
  readonly bundleBytes: number;
  readonly load: Took;
  /** Absent where nothing here answers what it asks. */
  readonly firstRun?: Took & { readonly server: 'reference' | 'embedded Okta' };
  readonly peakRssBytes?: number;
}

export interface PeerReading extends Took {
  readonly name: string;
  readonly version: string;
  /** What of the five steps it leaves out, and what else it does not do. */
  readonly checksLess: string;
}

export interface GrowthReading {
  readonly orgs: number;
  readonly runs: number;
  readonly processorMs: number;
  /** How many runs one core can compute in a minute. */
  readonly runsAMinute: number;
  readonly rssBytes: number;
  readonly dollarsAMonth: readonly { readonly memoryMb: number; readonly dollars: number }[];
}

/** What a process is like after each run. */
export interface LoadSample {
  readonly rssBytes: number;
  /** After the garbage was collected. */
  readonly heapBytes: number;
  readonly sockets: number;
}

export interface LoadReading {
  readonly id: string;
  readonly what: string;
  /** How many orgs were handled at once, between two samples. */
  readonly orgs: number;
  readonly samples: readonly LoadSample[];
}
