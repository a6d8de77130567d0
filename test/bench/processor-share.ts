import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Lambda gives a function of this size one whole virtual processor, and others their share of it. */
export const fullCoreMemoryMb = 1_769;

/** The period in which Lambda hands out a share, in microseconds: whoever has used it up waits for the next one. */
const periodUs = 20_000;

/** How a share is imposed: by a control group, by other processes that want the same core, or not at all. */
export const shareKinds = ['cgroup', 'load', 'none'] as const;

export type ShareKind = (typeof shareKinds)[number];

/** A limit on the processor time of the processes that are put into it. */
export interface ProcessorShare extends AsyncDisposable {
  /** How the limit is imposed, in words. */
  readonly means: string;
  add(pid: number): void;
}

/** The part of a core that Lambda gives a function with so much memory. */
export function shareOf(memoryMb: number): number {
  return Math.min(memoryMb, fullCoreMemoryMb) / fullCoreMemoryMb;
}

/** The first kind that this machine allows. `core` is the one that is measured on, if processes can be kept on it. */
export async function possibleShareKind(core: number | undefined): Promise<ShareKind> {
  const group = openGroup(fullCoreMemoryMb);
  await group?.[Symbol.asyncDispose]();
  return group ? 'cgroup' : core === undefined ? 'none' : 'load';
}

/** The processor's share of a Lambda function with so much memory. Undefined if this machine does not allow it. */
export function openProcessorShare(
  memoryMb: number,
  kind: ShareKind,
  core: number | undefined,
): ProcessorShare | undefined {
  if (kind === 'cgroup') return openGroup(memoryMb);
  if (memoryMb >= fullCoreMemoryMb) {
    const means = core === undefined ? 'as many cores as it wants' : 'one core';
    return { means, add: () => {}, [Symbol.asyncDispose]: async () => {} };
  }
  return kind === 'load' && core !== undefined ? openLoad(memoryMb, core) : undefined;
}

const versionOne = '/sys/fs/cgroup/cpu';
const versionTwo = '/sys/fs/cgroup';

/** It takes root, and a kernel with CFS bandwidth control. */
function openGroup(memoryMb: number): ProcessorShare | undefined {
  const quotaUs = Math.round(shareOf(memoryMb) * periodUs);
  const isVersionOne = existsSync(path.join(versionOne, 'cpu.cfs_quota_us'));
  const group = path.join(isVersionOne ? versionOne : versionTwo, `okta-synthetics-${process.pid}-${memoryMb}`);
  try {
    if (!isVersionOne && !readFileSync(path.join(versionTwo, 'cgroup.subtree_control'), 'utf8').includes('cpu'))
      return undefined;
    mkdirSync(group);
    if (isVersionOne) {
      writeFileSync(path.join(group, 'cpu.cfs_period_us'), `${periodUs}`);
      writeFileSync(path.join(group, 'cpu.cfs_quota_us'), `${quotaUs}`);
    } else writeFileSync(path.join(group, 'cpu.max'), `${quotaUs} ${periodUs}`);
  } catch {
    return undefined;
  }
  return {
    means: `control group, ${quotaUs / 1000} of each ${periodUs / 1000} ms`,
    add: (pid) => writeFileSync(path.join(group, 'cgroup.procs'), `${pid}`),
    [Symbol.asyncDispose]: async () => rmdirSync(group),
  };
}

/** Linux's weight of a process with this nice value, relative to one with the value 0. */
const weightOf = (nice: number) => 1.25 ** -nice;

/** The busy processes that leave another one on the same core this share: how many, and their nice value. */
export function loadFor(share: number): { readonly processes: number; readonly nice: number } {
  const weight = 1 / share - 1;
  const processes = Math.max(1, Math.ceil(weight));
  const nices = Array.from({ length: 20 }, (_, nice) => nice);
  const distance = (nice: number) => Math.abs(processes * weightOf(nice) - weight);
  return { processes, nice: nices.reduce((best, nice) => (distance(nice) < distance(best) ? nice : best)) };
}

/** Keeps the core busy, until the process that asked for it is gone. */
const busy = 'const parent = process.ppid; while (process.ppid === parent);';

/** Trap: a scheduler prefers who has slept, so this share is kinder than one by a control group. */
function openLoad(memoryMb: number, core: number): ProcessorShare {
  const { processes, nice } = loadFor(shareOf(memoryMb));
  const command = ['-c', `${core}`, 'nice', '-n', `${nice}`, process.execPath, '-e', busy];
  const children = Array.from({ length: processes }, () => spawn('taskset', command, { stdio: 'ignore' }));
  return {
    means: `one core, shared with ${processes} busy processes`,
    add: () => {},
    async [Symbol.asyncDispose]() {
      await Promise.all(
        children.map(async (child) => {
          const exited = once(child, 'exit');
          child.kill('SIGKILL');
          await exited;
        }),
      );
    },
  };
}
