import type { Group } from '../../functions/model/probe.ts';
import { groups } from '../../functions/model/probe.ts';
import { type MonitoredOrg, planOf } from '../../lib/monitored-org.ts';
import { healthyVariants } from '../scenarios/healthy-variants.ts';
import type { ReportedFinding } from '../simulator/reported-finding.ts';
import { type CaseWorker, openCaseWorker } from './case-worker.ts';
import { type Job, runPool } from './pool.ts';
import type { Skipped } from './result.ts';
import type { SelectedVariant } from './select.ts';
import type { RunVerification } from './verify-run.ts';

/** A variant and how the monitor diagnosed it. */
export interface TriedVariant extends SelectedVariant {
  readonly verification: RunVerification;
  readonly seconds: number;
}

/** A healthy run that reported a finding or failed. */
export interface FalseAlarm {
  readonly group: Group;
  /** The healthy variant, by its name. */
  readonly variant: string;
  readonly findings: readonly ReportedFinding[];
  readonly error?: string;
}

export interface CasesReport {
  readonly tried: readonly TriedVariant[];
  readonly skipped: readonly Skipped[];
  readonly healthyRuns: number;
  readonly falseAlarms: readonly FalseAlarm[];
  readonly seconds: number;
}

export interface CasesOptions {
  readonly orgs: readonly MonitoredOrg[];
  readonly variants: readonly SelectedVariant[];
  readonly healthyRuns: number;
  readonly progress?: (done: number, of: number) => void;
}

/** Tries every variant, and runs the groups while nothing is wrong. The report keeps the order of the variants. */
export async function runCases(options: CasesOptions): Promise<Omit<CasesReport, 'skipped'>> {
  const { orgs, variants, healthyRuns, progress } = options;
  const startedAt = performance.now();
  const tried = new Map<SelectedVariant, TriedVariant>();
  const falseAlarms: FalseAlarm[] = [];
  const jobs: readonly Job<CaseWorker>[] = [
    ...variants.map((selected) => ({
      async run(worker: CaseWorker) {
        const triedAt = performance.now();
        const verification = await worker.try(selected);
        tried.set(selected, { ...selected, verification, seconds: (performance.now() - triedAt) / 1000 });
      },
    })),
    ...healthyJobs(orgs, healthyRuns, falseAlarms),
  ];
  let done = 0;
  const counted = jobs.map((job) => ({
    async run(worker: CaseWorker) {
      await job.run(worker);
      done += 1;
      progress?.(done, jobs.length);
    },
  }));
  await runPool(counted, () => openCaseWorker(orgs));
  return {
    tried: variants.flatMap((selected) => tried.get(selected) ?? []),
    healthyRuns,
    falseAlarms,
    seconds: (performance.now() - startedAt) / 1000,
  };
}

/** Takes the groups of all orgs in turn, and with each round the next healthy variant. */
function healthyJobs(
  orgs: readonly MonitoredOrg[],
  count: number,
  falseAlarms: FalseAlarm[],
): readonly Job<CaseWorker>[] {
  const running = orgs.flatMap((org) =>
    groups.filter((group) => planOf(org, group).length > 0).map((group) => ({ org, group })),
  );
  const looks = Object.entries(healthyVariants);
  return Array.from({ length: count }, (_, index) => ({
    async run(worker: CaseWorker) {
      const at = running[index % running.length];
      const [variant, faults] = looks[Math.floor(index / running.length) % looks.length] ?? ['plain', []];
      if (!at) return;
      const { findings, error } = await worker.runHealthy(at.org, at.group, faults);
      if (findings.length === 0 && error === undefined) return;
      falseAlarms.push({ group: at.group, variant, findings, ...(error !== undefined && { error }) });
    },
  }));
}
