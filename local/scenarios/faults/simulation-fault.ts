import type { Step } from '../../simulator/environment.ts';
import type { Rehearsal } from '../../simulator/simulation.ts';
import { impatient } from './events.ts';

/** What acts leave behind for the reader of a row. */
export interface Tally {
  /** Requests that were lost on the way. */
  lost: number;
}

/** Takes back what an act did. */
export type TakeBack = () => unknown;

/** Something that goes wrong for the length of a phase. */
export type Act = (rehearsal: Rehearsal, org: string, tally: Tally) => TakeBack | Promise<TakeBack>;

/** Stages steps of a case at the row's org. */
export function stages(...steps: readonly Step[]): Act {
  return async (rehearsal, org) => {
    const staged = await rehearsal.stage(org, steps);
    return () => staged.undo();
  };
}

/** The same, where answers are long in coming: nobody waits for them as long as a deployed run does. */
export function stagesImpatiently(...steps: readonly Step[]): Act {
  return stages(impatient, ...steps);
}
