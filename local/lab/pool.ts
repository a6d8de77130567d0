import { availableParallelism } from 'node:os';

/** Why a job takes real time: it waits for a timeout, has much to compute, or neither. */
export type Pace = 'waits' | 'long' | 'short';

export interface Job<Worker, Outcome> {
  readonly pace?: Pace | undefined;
  run(worker: Worker): Promise<Outcome>;
}

/** How many workers prefer each kind of job. */
export interface PoolSize {
  readonly busy: number;
  readonly waiting: number;
}

/** How many processors a pool uses at the most. */
export const processors = Math.max(1, Math.min(4, availableParallelism()));

/** Busy workers keep the processors busy. Waiting workers take no processor time, so there are some more of them. */
const defaultSize: PoolSize = { busy: 2 * processors, waiting: 3 };

/** Long jobs start early, so that no worker waits for one at the end. */
const preferences: Readonly<Record<keyof PoolSize, readonly Pace[]>> = {
  busy: ['long', 'short', 'waits'],
  // A worker that has nothing more to wait for ends, and frees its memory.
  waiting: ['waits'],
};

export interface PoolOptions {
  readonly size?: PoolSize | undefined;
  /** Called after each job with the number of jobs done. */
  readonly onDone?: (done: number) => void;
}

/**
 * Runs jobs on several workers at the same time. Each worker takes the next job that it prefers, and is closed at the end.
 * Returns the outcomes in the order of the jobs, and how many seconds all of them took.
 */
export async function runPool<Worker extends AsyncDisposable, Outcome>(
  jobs: readonly Job<Worker, Outcome>[],
  open: () => Promise<Worker>,
  { size = defaultSize, onDone }: PoolOptions = {},
): Promise<{ readonly outcomes: readonly Outcome[]; readonly seconds: number }> {
  const startedAt = performance.now();
  const left = new Set(jobs);
  const outcomes = new Map<Job<Worker, Outcome>, Outcome>();
  const next = (kind: keyof PoolSize): Job<Worker, Outcome> | undefined => {
    const order = preferences[kind];
    const rank = ({ pace = 'short' }: Job<Worker, Outcome>) => order.indexOf(pace);
    const [job] = [...left].filter((each) => rank(each) >= 0).toSorted((one, other) => rank(one) - rank(other));
    if (job) left.delete(job);
    return job;
  };
  const work = async (kind: keyof PoolSize) => {
    let job = next(kind);
    if (!job) return;
    await using worker = await open();
    for (; job; job = next(kind)) {
      outcomes.set(job, await job.run(worker));
      onDone?.(outcomes.size);
    }
  };
  const waiting = Math.min(size.waiting, jobs.filter(({ pace }) => pace === 'waits').length);
  await Promise.all([
    ...Array.from({ length: waiting }, () => work('waiting')),
    ...Array.from({ length: Math.min(size.busy, jobs.length - waiting) }, () => work('busy')),
  ]);
  return {
    outcomes: jobs.map((job) => outcomes.get(job) as Outcome),
    seconds: (performance.now() - startedAt) / 1000,
  };
}
