import type { OktaStatus } from '../findings/okta-status.ts';
import type { FaultDomain } from '../model/fault-domain.ts';
import type { Route } from '../model/finding.ts';
import type { Group } from '../model/probe.ts';
import type { CellState, RunMark, Standing } from '../model/words.ts';

/** All that is shown of one org. Times are milliseconds since the epoch. */
export interface OrgBoard {
  readonly org: string;
  /** The time at which it is so. */
  readonly at: number;
  readonly standing: Standing;
  /** Who must act, why and since when, in words for everybody. */
  readonly sentence: string;
  readonly grid: Grid;
  /** The newest first. */
  readonly incidents: readonly BoardIncident[];
  readonly rateLimits: readonly BoardRateLimit[];
  readonly oktaStatus: OktaStatus;
  readonly measured: Measured;
}

/** The probes of an org by where they ask. */
export interface Grid {
  /** The ids of servers; undefined for the org as a whole. */
  readonly columns: readonly (string | undefined)[];
  readonly rows: readonly GridRow[];
  /** The groups that should run and do not, in words. */
  readonly notRunning: readonly string[];
}

export interface GridRow {
  readonly group: Group;
  readonly probe: string;
  /** One for each column; undefined where the probe does not run. */
  readonly cells: readonly (Cell | undefined)[];
}

export interface Cell {
  readonly state: CellState;
  /** The last run that has an outcome. */
  readonly at: number;
  /** The server's time for the request of the last run. */
  readonly durationMs?: number;
  /** The finding in a few words, or why it was skipped. */
  readonly because?: string;
  /** The last runs, the oldest first; undefined where no run is known. */
  readonly runs: readonly RunMark[];
  readonly intervalMinutes: number;
}

/** The number of runs that a cell shows. */
export const shownRuns = 60;

export interface BoardIncident {
  readonly alarm: string;
  readonly route: Route;
  readonly domain?: FaultDomain;
  readonly code?: string;
  readonly brief: string;
  readonly since: number;
  /** Whether it was seen to begin. */
  readonly startObserved: boolean;
  /** Who must act, if anybody is known to have to. */
  readonly whoMustAct: string;
  /** Where the last run shows it: `token@default`. */
  readonly where: readonly string[];
  /** The last message and its time. */
  readonly told: string;
  readonly toldAt: number;
  /** The group whose log has it. */
  readonly group?: Group;
  /** The heading of the runbook. */
  readonly heading: string;
}

/** A rate limit of the org, as the last run saw it. */
export interface BoardRateLimit {
  readonly bucket: string;
  readonly limit: number;
  readonly remaining: number;
  /** The requests that the monitor sends in a minute, in percent of the limit. */
  readonly ownPercent: number;
  readonly at: number;
}

/** The points of an org, from CloudWatch or another store. */
export interface Measured {
  readonly latency: readonly LatencySeries[];
  /** The lowest headroom of all limits, in percent. */
  readonly headroom: readonly Point[];
  /** The days until something expires. */
  readonly expiries: readonly { readonly name: string; readonly days: number }[];
  /** What could not be read, as whole sentences. */
  readonly problems: readonly string[];
}

export const nothingMeasured: Measured = { latency: [], headroom: [], expiries: [], problems: [] };

export interface Point {
  readonly at: number;
  readonly value: number;
}

/** One line of the graph of latency, in milliseconds: a probe at a server and a phase of its requests. */
export interface LatencySeries {
  readonly target: string;
  readonly phase: LatencyPhase;
  /** In order of time. */
  readonly points: readonly Point[];
  /** Between two points that are further apart, nothing is known. */
  readonly periodMs: number;
}

export const latencyPhases = ['DNS', 'TCP', 'TLS', 'first byte', 'body'] as const;

export type LatencyPhase = (typeof latencyPhases)[number];
