import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** How a command ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command of `local/` as npm does, and waits for its end, whatever that is. */
export function runLocal(
  command: string,
  flags: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const options = { env: { ...process.env, ...env }, maxBuffer: 16 * 1024 * 1024 };
  return promisify(execFile)(process.execPath, [`local/cli/${command}.ts`, ...flags], options).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }: Ended) => ({ code, stdout, stderr }),
  );
}
