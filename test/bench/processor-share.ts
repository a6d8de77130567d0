import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Lambda gives a function of this size one whole virtual processor, and a smaller one a share in proportion. */
export const fullCoreMemoryMb = 1_769;

/** Lambda grants a share per period, in microseconds: a process that has used it up waits for the next period. */
const periodUs = 20_000;

/** A limit on the processor time of the processes that are added to it. */
export interface ProcessorShare extends Disposable {
  readonly means: string;
  add(pid: number): void;
}

const versionOne = '/sys/fs/cgroup/cpu';
const versionTwo = '/sys/fs/cgroup';

/**
 * Returns the share of a Lambda function with so much memory. It needs root and a kernel with CFS bandwidth control:
 * without these, a full core is not limited, and a smaller share is undefined.
 */
export function openProcessorShare(memoryMb: number): ProcessorShare | undefined {
  const quotaUs = Math.round((Math.min(memoryMb, fullCoreMemoryMb) / fullCoreMemoryMb) * periodUs);
  const isVersionOne = existsSync(path.join(versionOne, 'cpu.cfs_quota_us'));
  const group = path.join(isVersionOne ? versionOne : versionTwo, `okta-synthetics-${process.pid}-${memoryMb}`);
  const unlimited = { means: 'not limited', add: () => {}, [Symbol.dispose]: () => {} };
  try {
    if (!isVersionOne && !readFileSync(path.join(versionTwo, 'cgroup.subtree_control'), 'utf8').includes('cpu'))
      throw new Error('the processor is not among the controllers');
    mkdirSync(group);
    if (isVersionOne) {
      writeFileSync(path.join(group, 'cpu.cfs_period_us'), `${periodUs}`);
      writeFileSync(path.join(group, 'cpu.cfs_quota_us'), `${quotaUs}`);
    } else writeFileSync(path.join(group, 'cpu.max'), `${quotaUs} ${periodUs}`);
  } catch {
    return memoryMb >= fullCoreMemoryMb ? unlimited : undefined;
  }
  return {
    means: `control group, ${quotaUs / 1000} of each ${periodUs / 1000} ms`,
    add: (pid) => writeFileSync(path.join(group, 'cgroup.procs'), `${pid}`),
    [Symbol.dispose]: () => rmdirSync(group),
  };
}

/** One core for the measured processes, and the others for this process and everything else that it starts. */
export interface Cores extends Disposable {
  /** Absent where there is only one core, or no `taskset`. */
  readonly measured?: number | undefined;
  /** Moves all threads of a process to the measured core. */
  pin(pid: number): void;
}

/** Keeps this process off one core until disposal. */
export function openCores(): Cores {
  const allowed = allowedCores();
  const [measured, ...others] = allowed;
  if (measured === undefined || others.length === 0) return { pin: () => {}, [Symbol.dispose]: () => {} };
  setCores(process.pid, others);
  return {
    measured,
    pin: (pid) => setCores(pid, [measured]),
    [Symbol.dispose]: () => setCores(process.pid, allowed),
  };
}

function allowedCores(): readonly number[] {
  try {
    const [, list = ''] = execFileSync('taskset', ['-pc', `${process.pid}`], { encoding: 'utf8' }).split(': ');
    return coresIn(list.trim());
  } catch {
    return [];
  }
}

/** Reads a list of cores as `taskset` prints it: `0-2,5`. */
export function coresIn(list: string): readonly number[] {
  return list.split(',').flatMap((range) => {
    const [first = Number.NaN, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}

function setCores(pid: number, cores: readonly number[]): void {
  execFileSync('taskset', ['-apc', cores.join(','), `${pid}`], { stdio: 'ignore' });
}
