import type { Fault } from '../../simulator/environment.ts';
import type { Simulation } from '../../simulator/simulation.ts';
import { shortTimeouts } from './configuration.ts';

/** What acts leave behind for the reader of a row. */
export interface Tally {
  /** Requests that were lost on the way. */
  lost: number;
}

/** Takes back what an act did. */
export type Restore = () => unknown;

/** Something that goes wrong for the length of a phase. */
export type SimulationFault = (rehearsal: Simulation, org: string, tally: Tally) => Restore | Promise<Restore>;

/** Stages faults of a case at the row's org. */
export function injects(...faults: readonly Fault[]): SimulationFault {
  return async (rehearsal, org) => {
    const staged = await rehearsal.inject(org, faults);
    return () => staged.restore();
  };
}

/** The same, where answers are long in coming: nobody waits for them as long as a deployed run does. */
export function injectsWithShortTimeouts(...faults: readonly Fault[]): SimulationFault {
  return injects(shortTimeouts, ...faults);
}
