import type { FaultDomain } from '../../functions/model/fault-domain.ts';
import type { Severity } from '../../functions/model/finding.ts';
import type { Fault } from '../simulator/environment.ts';
import type { ScenarioTarget } from './targets.ts';

/** What the monitor must say: a finding's permanent code and who must act. */
export interface Expected {
  readonly code: string;
  readonly domain: FaultDomain;
}

/** One way for a failure to happen at one place, and what the monitor must then say. */
export interface Variant {
  /** Where the finding must appear: a probe at a server, or the run itself where no probe can say it. */
  readonly target: ScenarioTarget;
  /** How it looks on the wire, in a few words. It tells a case's cells at one site from one another. */
  readonly symptom: string;
  readonly expected: Expected;
  /** Where somebody else hears of it than of the case's other cells. */
  readonly severity?: Severity;
  /** The finding is a warning of a probe that passes. */
  readonly warns?: boolean;
  /** The same finding at other probes of the same server is right too: they share the cause, and none needs another. */
  readonly alsoAtServer?: boolean;
  /** How it is brought about. */
  readonly faults: readonly Fault[];
}

/** A failure that the monitor must tell from all others. */
export interface Case {
  /** Permanent. */
  readonly id: string;
  readonly title: string;
  /** Who hears of it: somebody is woken, waits for office hours, or only reads of it. */
  readonly severity: Severity;
  readonly variants: readonly Variant[];
  /** Why no cell can be staged yet. */
  readonly skipReason?: string;
}

/** One cell, by the parts that differ. */
export function variant(
  target: ScenarioTarget,
  symptom: string,
  expected: Expected,
  ...faults: readonly Fault[]
): Variant {
  return { target, symptom, expected, faults };
}

/** A cell whose finding is a warning. */
export function warning(
  target: ScenarioTarget,
  symptom: string,
  expected: Expected,
  ...faults: readonly Fault[]
): Variant {
  return { target, symptom, expected, warns: true, faults };
}

/** How people choose a cell: `O1`, or with the site `O1@token@org`. */
export function nameOf({ id }: Case, { target: { probe, server } }: Variant): string {
  return [id, probe, server].filter((part) => part !== undefined).join('@');
}
