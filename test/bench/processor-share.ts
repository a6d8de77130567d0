import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Lambda gives a function of this size one whole virtual processor, and others their share of it. */
export const fullCoreMemoryMb = 1_769;

/** The period in which Lambda hands out a share, in microseconds: whoever has used it up waits for the next one. */
const periodUs = 20_000;

/** A limit on the processor time of the processes that are put into it. */
export interface ProcessorShare extends Disposable {
  /** How the limit is imposed, in words. */
  readonly means: string;
  add(pid: number): void;
}

const versionOne = '/sys/fs/cgroup/cpu';
const versionTwo = '/sys/fs/cgroup';

/**
 * The processor's share of a Lambda function with so much memory, by a control group. Undefined if this machine does not
 * allow one: that takes root, and a kernel with CFS bandwidth control.
 */
export function openProcessorShare(memoryMb: number): ProcessorShare | undefined {
  const quotaUs = Math.round((Math.min(memoryMb, fullCoreMemoryMb) / fullCoreMemoryMb) * periodUs);
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
    [Symbol.dispose]: () => rmdirSync(group),
  };
}
