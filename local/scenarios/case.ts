import type { FaultDomain } from '../../functions/model/fault-domain.ts';
import type { Severity } from '../../functions/model/finding.ts';
import { formatTarget } from '../../functions/model/target.ts';
import type { Fault } from '../simulator/environment.ts';
import type { ScenarioTarget } from './targets.ts';

/** The finding that the monitor must report. */
export interface Expected {
  readonly code: string;
  readonly domain: FaultDomain;
}

/** One way for a failure to happen at one target, and what the monitor must then report. */
export interface Variant {
  /** Where the finding must be reported. */
  readonly target: ScenarioTarget;
  /** What it looks like on the wire, in a few words. Unique among a case's variants at one target. */
  readonly symptom: string;
  readonly expected: Expected;
  /** Overrides the severity of the case. */
  readonly severity?: Severity;
  /** The finding is a warning of a probe that passes. */
  readonly isWarning?: boolean;
  /** Other probes of the same server may report the same finding, because they share the cause. */
  readonly alsoAtServer?: boolean;
  readonly faults: readonly Fault[];
}

/** A failure that the monitor must tell apart from all others. */
export interface Case {
  /** Permanent. */
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  readonly variants: readonly Variant[];
  /** Why there are no variants. */
  readonly skipReason?: string;
}

export function variant(
  target: ScenarioTarget,
  symptom: string,
  expected: Expected,
  ...faults: readonly Fault[]
): Variant {
  return { target, symptom, expected, faults };
}

/** A variant whose finding is a warning. */
export function warning(
  target: ScenarioTarget,
  symptom: string,
  expected: Expected,
  ...faults: readonly Fault[]
): Variant {
  return { target, symptom, expected, isWarning: true, faults };
}

/** How people select a case at a target: `O1@token@org`, or `O1` where the run itself reports it. */
export function variantName({ id }: Case, { target }: Variant): string {
  return target.probe === undefined ? id : `${id}@${formatTarget(target)}`;
}
