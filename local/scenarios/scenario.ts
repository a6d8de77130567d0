import type { Route } from '../../functions/alarms/subject.ts';
import type { FaultDomain } from '../../functions/model/fault-domain.ts';
import type { DeploymentVariant } from './deployment-variants.ts';
import type { SimulationFault } from './faults/simulation-fault.ts';
import type { Message, Trace } from './trace.ts';

/** Some minutes in which things are as they are told here. Without acts, all is well. */
export interface Phase {
  readonly minutes: number;
  readonly faults?: readonly SimulationFault[];
}

/** What a message must say for the person who reads it to know what is wrong. */
export interface ExpectedFinding {
  /** What it must lead with: a finding's code, or what an alarm of the monitor's own is called. */
  readonly code: string;
  readonly domain: FaultDomain;
  /** Texts that must stand in it besides. */
  readonly says?: readonly string[];
}

/** Something that people must hear of once, and once more when it is over. */
export interface ExpectedNotification {
  /** The alarm's whole name. */
  readonly alarm: string;
  readonly route: Route;
  /** In minutes from the first bad run: the earliest, 0 where it is absent, and the latest. */
  readonly notBefore?: number;
  readonly within: number;
  /** How often the alarm learns anything, in minutes. */
  readonly every: number;
  /** Absent where the alarm itself must reach people, because nothing is left to make a message of it. */
  readonly finding?: ExpectedFinding;
  /** When what is wrong ends: with the bad phases, where it is absent. */
  readonly ends?: number;
  /** How many minutes the message of its end may say that it lasted: least and most. */
  readonly lasted?: readonly [least: number, most: number];
}

/** One row: what happens, minute by minute, and what people must hear of it. */
export interface Scenario {
  /** Unique: `N1@organization, ENOTFOUND`, or what a scenario is called. */
  readonly name: string;
  readonly kind: 'case' | 'scenario';
  /** What it is chosen by: a case's id, or what a scenario is called. Several rows may share it. */
  readonly id: string;
  readonly title: string;
  /** Where it happens, in a word or two. */
  readonly target: string;
  readonly deployment: DeploymentVariant;
  /** The org that it happens to. */
  readonly org: string;
  /** What comes before: ten healthy minutes, unless the row needs something else. */
  readonly before?: readonly Phase[];
  /** Minutes are counted from the first of these. */
  readonly faultPhases: readonly Phase[];
  /** How many healthy minutes there are at most for all alarms to be over. */
  readonly recoversWithin?: number;
  readonly expected: readonly ExpectedNotification[];
  /** Alarms that rise besides, and of which nobody can hear. */
  readonly allowedAlarms?: readonly string[];
  /** What people may hear besides. */
  readonly allowedMessages?: (message: Message) => boolean;
  /** What it must hold besides. Gives what is wrong, in plain words. */
  readonly checks?: readonly ((trace: Trace) => readonly string[])[];
  /** A word on what was tried. */
  readonly remark?: (trace: Trace) => string;
  /** It needs a world that was just opened, and leaves none for others. */
  readonly fresh?: boolean;
  /** Whether it takes real time because its requests wait for what never comes, or because it has so many minutes. */
  readonly pace?: 'waits' | 'long' | 'short';
}

/** How many minutes phases last together. */
export function minutesOf(phases: readonly Phase[]): number {
  return phases.reduce((sum, { minutes }) => sum + minutes, 0);
}
