import type { Fault } from '../../simulator/environment.ts';
import type { Simulation } from '../../simulator/simulation.ts';
import { shortTimeouts } from './configuration.ts';

/** What a run counts while faults are active. */
export interface Tally {
  packetsLost: number;
}

/** A fault in a simulated deployment, for the length of a phase. Returns the function that restores it. */
export type SimulationFault = (
  simulation: Simulation,
  org: string,
  tally: Tally,
) => (() => unknown) | Promise<() => unknown>;

/** Injects faults at the scenario's org. */
export function injects(...faults: readonly Fault[]): SimulationFault {
  return async (simulation, org) => {
    const injected = await simulation.inject(org, faults);
    return () => injected.restore();
  };
}

/** The same with short timeouts, for faults that would take as long as a deployed run waits. */
export function injectsWithShortTimeouts(...faults: readonly Fault[]): SimulationFault {
  return injects(shortTimeouts, ...faults);
}
