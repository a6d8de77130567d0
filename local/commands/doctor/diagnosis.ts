import { type AwsCallName, awsProblem } from '../aws-problem.ts';

/**
 * - `ok`: as it should be.
 * - `problem`: the monitor, or its deployment, does not work with it.
 * - `warning`: it works, and is worth a look.
 * - `open`: it could not be looked at, or there is nothing yet to look at. No failure.
 */
export type DiagnosisStatus = 'ok' | 'problem' | 'warning' | 'open';

/** The result of one check of the doctor. */
export interface Diagnosis {
  /** The subject of the check: `Node.js`. */
  readonly what: string;
  readonly status: DiagnosisStatus;
  readonly found: string;
  /** How to mend it. Absent if there is nothing to mend. */
  readonly remedy?: string;
}

/** The diagnoses of one part: this machine, AWS, the deployment, an org. */
export interface Examination {
  readonly part: string;
  readonly diagnoses: readonly Diagnosis[];
}

/** Turns an AWS call into a diagnosis. A call that fails is `open`, with the right that it lacks: the result is unknown. */
export async function lookAt(
  what: string,
  call: AwsCallName,
  look: () => Promise<Diagnosis | readonly Diagnosis[]>,
): Promise<readonly Diagnosis[]> {
  try {
    return [await look()].flat();
  } catch (error) {
    const { why, remedy } = awsProblem(error, call);
    return [{ what, status: 'open', found: `not looked at: ${why}`, remedy }];
  }
}
