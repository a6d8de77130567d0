import { execFile } from 'node:child_process';
import { promisify, stripVTControlCharacters } from 'node:util';
import { type Command, execute, type Option } from '../../local/commands/command.ts';

/** How a command ended, and what it wrote. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command in this process. Its output has no colour. */
export async function runCommand<Options extends Readonly<Record<string, Option>>>(
  command: Command<Options>,
  ...args: readonly string[]
): Promise<Ended> {
  const written = { stdout: '', stderr: '' };
  const streamTo = (name: keyof typeof written) => ({
    write(text: string | Uint8Array) {
      written[name] += stripVTControlCharacters(String(text));
      return true;
    },
  });
  const code = await execute(command, args, { stdout: streamTo('stdout'), stderr: streamTo('stderr') });
  return { code, ...written };
}

/** Launches a command as npm does, with this text on its standard input. */
export function launch(
  name: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
  input = '',
): Promise<Ended> {
  const options = { env: { ...process.env, ...env }, maxBuffer: 16 * 1024 * 1024 };
  const running = promisify(execFile)(process.execPath, ['local/commands/main.ts', name, ...args], options);
  running.child.stdin?.end(input);
  return running.then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }: Ended) => ({ code, stdout, stderr }),
  );
}

/** The lines of a text that do not fit into a terminal of this width. */
export function tooLong(text: string, width = 100): readonly string[] {
  return text.split('\n').filter((line) => line.length > width);
}
