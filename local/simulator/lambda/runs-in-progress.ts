import type { MessageAlarm } from '../sns/sns.ts';
import type { ClockShift } from './clock-shift.ts';

/** A run of a function in virtual time. */
export interface RunInProgress {
  /** Virtual, epoch ms. */
  readonly startedAt: number;
  /** Real, epoch ms. */
  readonly beganAt: number;
  /** From the clock of the function to the virtual one. */
  readonly shift: ClockShift;
  /** The alarm in its event. */
  readonly alarm?: MessageAlarm;
}

/** Knows which run makes an AWS call, and when in virtual time: each container signs with an access key of its own. */
export interface RunsInProgress {
  begin(accessKeyId: string, run: RunInProgress): void;
  /** Whether an access key is that of a container. */
  isKnown(accessKeyId: string | undefined): boolean;
  /** The last run in a container. */
  ofCaller(accessKeyId: string | undefined): RunInProgress | undefined;
  /** The time of a call: the start of its run, and the real time that has passed since. */
  timeOf(accessKeyId: string | undefined): number;
}

export function openRunsInProgress(startedAt: number): RunsInProgress {
  const runs = new Map<string, RunInProgress>();
  let newest: RunInProgress | undefined;
  const ofCaller = (accessKeyId: string | undefined) => runs.get(accessKeyId ?? '') ?? newest;
  return {
    begin(accessKeyId, run) {
      runs.set(accessKeyId, run);
      newest = run;
    },
    isKnown: (accessKeyId) => runs.has(accessKeyId ?? ''),
    ofCaller,
    timeOf(accessKeyId) {
      const run = ofCaller(accessKeyId);
      return run ? run.startedAt + Date.now() - run.beganAt : startedAt;
    },
  };
}
