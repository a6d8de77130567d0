import type { FaultDomain } from '../../functions/model/fault-domain.ts';
import type { Severity } from '../../functions/model/finding.ts';
import type { Step } from '../simulator/environment.ts';
import type { Site } from './targets.ts';

/** What the monitor must say: a finding's permanent code and who must act. */
export interface Expected {
  readonly code: string;
  readonly domain: FaultDomain;
}

/** One way for a failure to happen at one place, and what the monitor must then say. */
export interface Cell {
  /** Where the finding must appear: a probe at a server, or the run itself where no probe can say it. */
  readonly site: Site;
  /** How it looks on the wire, in a few words. It tells a case's cells at one site from one another. */
  readonly wire: string;
  readonly expected: Expected;
  /** Where somebody else hears of it than of the case's other cells. */
  readonly hears?: Severity;
  /** The finding is a warning of a probe that passes. */
  readonly warns?: boolean;
  /** The same finding at other probes of the same server is right too: they share the cause, and none needs another. */
  readonly spreads?: boolean;
  /** How it is brought about. */
  readonly steps: readonly Step[];
}

/** A failure that the monitor must tell from all others. */
export interface Case {
  /** Permanent. */
  readonly id: string;
  readonly title: string;
  /** Who hears of it: somebody is woken, waits for office hours, or only reads of it. */
  readonly hears: Severity;
  readonly cells: readonly Cell[];
  /** Why no cell can be staged yet. */
  readonly waiting?: string;
}

/** One cell, by the parts that differ. */
export function cell(site: Site, wire: string, expected: Expected, ...steps: readonly Step[]): Cell {
  return { site, wire, expected, steps };
}

/** A cell whose finding is a warning. */
export function warning(site: Site, wire: string, expected: Expected, ...steps: readonly Step[]): Cell {
  return { site, wire, expected, warns: true, steps };
}

/** How people choose a cell: `O1`, or with the site `O1@token@org`. */
export function nameOf({ id }: Case, { site: { probe, server } }: Cell): string {
  return [id, probe, server].filter((part) => part !== undefined).join('@');
}
