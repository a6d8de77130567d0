import type { Took } from '../statistics.ts';
import type { FiveSteps } from './five-steps.ts';

/** Where a peer is measured. */
export interface PeerBench {
  readonly steps: FiveSteps;
  /** The authority that it must trust, as a PEM file. */
  readonly caFile: string;
  /** A folder for its files. */
  readonly directory: string;
  /** How many times it makes the five steps. */
  readonly runs: number;
  /** The core that it runs on, if there is one. */
  readonly core: number | undefined;
  readonly signal: AbortSignal;
}

/** Another tool that makes the five steps, as its users would have it do them. */
export interface Peer {
  readonly name: string;
  /** What it must find in PATH. Of several names for the same program, one is enough. */
  readonly programs: readonly (readonly string[])[];
  /** What of the five steps it leaves out, and what else it does not do. */
  readonly checksLess: string;
  /** Arguments with which the first program prints its version. */
  readonly versionArguments: readonly string[];
  /**
   * The median of what the five steps took, with all child processes.
   *
   * @param programs the paths of its programs, in their order
   */
  measure(bench: PeerBench, programs: readonly string[]): Promise<Took>;
}
