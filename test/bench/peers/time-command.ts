import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { medianTook, type Took } from '../statistics.ts';
import type { PeerBench } from './peer.ts';

/**
 * What a command takes, with all its child processes, as bash's `time` counts it: the median of several runs. Throws with
 * the end of its output if it fails: a tool that does not make the steps has no figures.
 */
export async function timeCommand(
  { caFile, directory, runs, core, signal }: PeerBench,
  command: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Took> {
  const script = 'TIMEFORMAT="time %3R %3U %3S"; time "$@" 2>&1';
  const pinned = core === undefined ? ['bash'] : ['taskset', '-c', `${core}`, 'bash'];
  const [program = 'bash', ...args] = [...pinned, '-c', script, 'bash', ...command];
  const taken: Took[] = [];
  for (let run = 0; run < runs; run += 1) {
    const { stderr } = await promisify(execFile)(program, args, {
      ...{ cwd: directory, signal },
      env: { PATH: process.env.PATH, HOME: directory, LC_ALL: 'C', NODE_EXTRA_CA_CERTS: caFile, ...env },
    }).catch((error: Error & { readonly stdout?: string }) => {
      signal.throwIfAborted();
      const said = `${error.stdout ?? ''}`.trim().split('\n').slice(-5).join('\n');
      throw new Error(`${command[0]} failed: ${said || error.message}`);
    });
    taken.push(readTime(stderr));
  }
  return medianTook(taken);
}

/** Reads what bash's `time` printed: seconds by the clock, as a user and in the kernel. */
export function readTime(text: string): Took {
  const [, ...seconds] = /^time ([\d.]+) ([\d.]+) ([\d.]+)$/m.exec(text) ?? [];
  const [real = Number.NaN, user = Number.NaN, system = Number.NaN] = seconds.map(Number);
  return { ms: real * 1000, processorMs: (user + system) * 1000 };
}
