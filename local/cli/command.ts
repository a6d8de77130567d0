import { inspect, type ParseArgsOptionDescriptor, parseArgs } from 'node:util';
import { insecureSetting } from '../../functions/model/tls.ts';
import { ConfigError } from '../../lib/config/config-error.ts';
import type { ProgressStream } from '../reporters/progress.ts';
import { printable, wrap } from '../reporters/text.ts';
import { UsageError } from '../runner/select.ts';
import type { HiddenInput } from './read-hidden.ts';

/** A flag of a command line, with what the usage says about it. */
export interface Option extends ParseArgsOptionDescriptor {
  readonly help: string;
  /** What stands for its value in the usage: `<path>`. */
  readonly value?: string;
}

/** The flags that several commands have. They mean the same in each. */
export const sharedOptions = {
  config: {
    ...{ type: 'string', value: '<path>', default: 'lib/config/example.jsonc' },
    help: 'the configuration file (default: the commented example)',
  },
  case: {
    ...{ type: 'string', value: '<id>', multiple: true },
    help: 'only this case: K1, k1 or K1@token@default; repeat it or separate by commas',
  },
  json: { type: 'boolean', default: false, help: 'print one JSON document instead of text' },
  junit: { type: 'string', value: '<file>', help: 'also write the results as JUnit XML' },
} as const satisfies Record<string, Option>;

const help = { type: 'boolean', short: 'h', default: false, help: 'print this' } as const satisfies Option;

/** The values of a command's flags. */
export type FlagValues<Options extends Readonly<Record<string, Option>>> = ReturnType<
  typeof parseArgs<{ readonly options: Options }>
>['values'];

/** Where a command writes: results to `stdout`, progress and errors to `stderr`. */
export interface Output {
  readonly stdout: ProgressStream;
  readonly stderr: ProgressStream;
  /** Where a secret is read from. Absent in a test that reads none. */
  readonly stdin?: HiddenInput;
}

export interface Command<Options extends Readonly<Record<string, Option>> = Readonly<Record<string, Option>>> {
  /** How people call it: `npm run drill`. */
  readonly name: string;
  readonly options: Options;
  /** What the usage says below the flags. */
  readonly notes?: string;
  /**
   * Does the work and returns the exit code: 0 if everything passed, 1 if something failed. Throws `UsageError` for a
   * mistake in the command line and `ConfigError` for a configuration that cannot be used: then it is 2.
   */
  run(values: FlagValues<Options>, output: Output): number | Promise<number>;
}

export function defineCommand<const Options extends Readonly<Record<string, Option>>>(
  command: Command<Options>,
): Command<Options> {
  return command;
}

/**
 * Runs a command and returns its exit code: what `run` returns, or 2 if it could not run. It does not run where the
 * environment asks for insecure connections, because people pass tokens and secrets. What it writes is printable.
 */
export async function execute<Options extends Readonly<Record<string, Option>>>(
  command: Command<Options>,
  args: readonly string[],
  streams: Output,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<number> {
  const output = { ...streams, stdout: printing(streams.stdout), stderr: printing(streams.stderr) };
  let values: FlagValues<Options> & { readonly help?: boolean };
  try {
    values = parseArgs({ options: { ...command.options, help }, args: [...args] }).values as typeof values;
  } catch (error) {
    output.stderr.write(`${explain(error as NodeJS.ErrnoException)}\n\n${usageOf(command)}`);
    return 2;
  }
  if (values.help) {
    output.stdout.write(usageOf(command));
    return 0;
  }
  const insecure = insecureSetting(environment);
  if (insecure !== undefined) {
    output.stderr.write(`${insecure}: unset it.\n`);
    return 2;
  }
  try {
    return await command.run(values, output);
  } catch (error) {
    if (!(error instanceof ConfigError || error instanceof UsageError)) throw error;
    output.stderr.write(`${error.message}\n`);
    return 2;
  }
}

/** A stream to which strangers' texts can be written: nothing in them reaches the terminal but characters. */
function printing(stream: ProgressStream): ProgressStream {
  return { isTTY: stream.isTTY === true, write: (text: unknown) => stream.write(printable(String(text))) };
}

/** Trap: people pass secrets as arguments, and Node.js's own messages repeat an argument that no flag takes. */
function explain({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL')
    return 'There is an argument without a flag. It is not repeated here, because it may be a secret.';
  const [, unknown] = /^Unknown option '(.*?)'/s.exec(message) ?? [];
  return unknown === undefined || /^--?[a-z-]{1,20}$/.test(unknown) ? message : 'There is an unknown flag.';
}

/** Runs a command with the process's own arguments and streams. */
export async function main<Options extends Readonly<Record<string, Option>>>(command: Command<Options>): Promise<void> {
  // A reader such as `head` may close the pipe early. That is not an error, and the work ends as it should.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  // Node.js would print the error as it is, and it may quote a stranger.
  process.on('uncaughtException', (error) => {
    process.stderr.write(`${printable(inspect(error))}\n`);
    process.exit(1);
  });
  const { stdin, stdout, stderr } = process;
  process.exitCode = await execute(command, process.argv.slice(2), { stdin, stdout, stderr });
}

/** The columns of a terminal. */
const columns = 80;

function usageOf({
  name,
  options,
  notes,
}: {
  readonly name: string;
  readonly options: Readonly<Record<string, Option>>;
  readonly notes?: string;
}): string {
  const all = Object.entries<Option>({ ...options, help }).map(([flag, { value, help: text }]) => ({
    flag: `--${flag}${value ? ` ${value}` : ''}`,
    text,
  }));
  const width = Math.max(...all.map(({ flag }) => flag.length));
  const lines = all.flatMap(({ flag, text }) =>
    wrap(text, columns - width - 4).map((line, index) => `  ${(index === 0 ? flag : '').padEnd(width)}  ${line}\n`),
  );
  const after = notes === undefined ? '' : `\n${wrap(notes, columns).join('\n')}\n`;
  return `Usage: ${name} -- [options]\n\n${lines.join('')}${after}`;
}

/** The values of a flag that may be repeated, or separated by commas. */
export function listOf(values: readonly string[] | undefined): readonly string[] | undefined {
  return values?.flatMap((value) => value.split(',')).filter((value) => value.trim() !== '');
}

/** A whole number from a flag's value. Throws `UsageError`. */
export function integerOf(flag: string, value: string, least = 0, most = 999_999): number {
  const number = Number(value);
  if (/^\d+$/.test(value) && number >= least && number <= most) return number;
  throw new UsageError(`--${flag} must be a whole number from ${least} to ${most}, not '${value}'.`);
}

/** Seconds from a flag's value: `90`, `30s`, `5m`, `1h`. Throws `UsageError`. */
export function secondsOf(flag: string, value: string, least: number, most: number): number {
  const [, number = '', unit = 's'] = /^(\d{1,6})([smh])?$/.exec(value) ?? [];
  const seconds = Number(number) * { s: 1, m: 60, h: 3_600 }[unit as 's' | 'm' | 'h'];
  if (number !== '' && seconds >= least && seconds <= most) return seconds;
  throw new UsageError(`--${flag} must be a time from ${least}s to ${most}s, such as 30s or 5m, not '${value}'.`);
}
