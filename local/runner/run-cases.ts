import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import type { Group } from '../../functions/model/probe.ts';
import type { Case, Variant } from '../scenarios/case.ts';
import { healthyVariants } from '../scenarios/healthy-variants.ts';
import { type CaseWorker, openCaseWorker } from './case-worker.ts';
import type { Found, RunVerification } from './verify-run.ts';

/** A cell and what the monitor made of it. */
export interface Tried {
  readonly case: Case;
  readonly cell: Variant;
  readonly verdict: RunVerification;
}

/** A run without any fault that ended otherwise than healthy. */
export interface FalseAlarm {
  readonly group: Group;
  readonly looks: string;
  readonly found: readonly Found[];
  readonly error?: string;
}

export interface CasesReport {
  readonly tried: readonly Tried[];
  readonly waiting: readonly Case[];
  readonly healthyRuns: number;
  readonly falseAlarms: readonly FalseAlarm[];
  readonly seconds: number;
}

export interface CasesOptions {
  readonly cases: readonly Case[];
  readonly healthyRuns: number;
  readonly bundleOf: (group: Group) => string;
  readonly progress?: (done: number, of: number) => void;
}

/** Waiting for what never answers takes no processor time, so there are more lanes than processors. */
const lanesOf = (jobs: number) => Math.min(jobs, 2 * Math.max(2, Math.min(4, availableParallelism())));

/**
 * Stages every cell and judges what the monitor says, and runs it while all is well. Each lane takes the next job as
 * it becomes free; the report keeps the order of the table.
 */
export async function runCases({ cases, healthyRuns, bundleOf, progress }: CasesOptions): Promise<CasesReport> {
  const startedAt = performance.now();
  const cells = cases.flatMap((one) => one.variants.map((cell) => ({ case: one, cell })));
  const tried = new Map<Variant, RunVerification>();
  const falseAlarms: FalseAlarm[] = [];
  const looks = Object.entries(healthyVariants);

  const jobs = [
    ...cells.map(({ case: one, cell }) => async (lane: CaseWorker) => {
      tried.set(cell, await lane.try(one, cell));
    }),
    ...Array.from({ length: healthyRuns }, (_, run) => async (lane: CaseWorker) => {
      const group = lane.groups[run % lane.groups.length] ?? 'flows';
      const [name, steps] = looks[Math.floor(run / lane.groups.length) % looks.length] ?? ['plain', []];
      const { found, error } = await lane.runHealthy(group, steps);
      if (found.length > 0 || error !== undefined) {
        falseAlarms.push({ group, looks: name, found, ...(error !== undefined && { error }) });
      }
    }),
  ];
  const all = jobs.length;
  const directory = await mkdtemp(path.join(tmpdir(), 'okta-synthetics-cases-'));
  try {
    let done = 0;
    await Promise.all(
      Array.from({ length: lanesOf(all) }, async (_, number) => {
        await using lane = await openCaseWorker(bundleOf, directory, `lane-${number}`);
        for (let job = jobs.shift(); job; job = jobs.shift()) {
          await job(lane);
          done += 1;
          progress?.(done, all);
        }
      }),
    );
  } finally {
    await rm(directory, { recursive: true });
  }
  return {
    tried: cells.flatMap((one) => {
      const verdict = tried.get(one.cell);
      return verdict ? [{ ...one, verdict }] : [];
    }),
    waiting: cases.filter(({ skipReason }) => skipReason !== undefined),
    healthyRuns,
    falseAlarms,
    seconds: (performance.now() - startedAt) / 1000,
  };
}
