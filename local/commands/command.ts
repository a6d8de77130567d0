import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { inspect, type ParseArgsOptionDescriptor, parseArgs } from 'node:util';
import { insecureSetting } from '../../functions/model/tls.ts';
import { ConfigError } from '../../lib/config/config-error.ts';
import { isStream, replaceFile } from '../../lib/replace-file.ts';
import { UsageError } from '../lab/result.ts';
import { type ResultDocument, toJunit } from './reporters/pipelines.ts';
import type { ProgressStream } from './reporters/progress.ts';
import { printable, toJson, wrap } from './reporters/text.ts';
import type { HiddenInput } from './terminal.ts';

/** A flag of a command line, with its text in the usage. */
export interface Option extends ParseArgsOptionDescriptor {
  readonly help: string;
  /** The placeholder for its value in the usage: `<path>`. */
  readonly value?: string;
  /** The values that it takes. By default, it takes any. */
  readonly choices?: readonly string[];
  /** Makes the flag mandatory. The text says what to give. */
  readonly required?: string;
}

/** The flags that several commands have. They mean the same in each. */
export const sharedOptions = {
  config: {
    type: 'string',
    value: '<path>',
    default: 'lib/config/example.jsonc',
    help: 'the configuration file (default: the commented example)',
  },
  case: {
    type: 'string',
    value: '<id>',
    multiple: true,
    help: 'only this case: K1, k1 or K1@token@default; repeat it or separate by commas',
  },
  json: { type: 'boolean', default: false, help: 'print one JSON document instead of text' },
  junit: { type: 'string', value: '<file>', help: 'also write the results as JUnit XML' },
} as const satisfies Record<string, Option>;

const help = { type: 'boolean', short: 'h', default: false, help: 'print this' } as const satisfies Option;

type Options = Readonly<Record<string, Option>>;

/** The values of a command's flags. A required one is always there. */
export type FlagValues<Flags extends Options> = ReturnType<typeof parseArgs<{ readonly options: Flags }>>['values'] & {
  readonly [Flag in keyof Flags as Flags[Flag] extends { readonly required: string } ? Flag : never]: string;
};

/** Where a command writes: results to `stdout`, progress and errors to `stderr`. */
export interface Output {
  readonly stdout: ProgressStream;
  readonly stderr: ProgressStream;
  /** The source of secrets and answers. Absent in a test that reads none. */
  readonly stdin?: HiddenInput;
}

/** Which flags go together. A flag is its name, or its name with a value: `from=lambda`. */
export interface FlagRules {
  /** The first flag of each list excludes each of the others. */
  readonly exclusive?: readonly (readonly [string, ...string[]])[];
  /** The first flag of each list requires one of the others. */
  readonly requires?: readonly (readonly [string, ...string[]])[];
}

export interface Command<Flags extends Options = Options> extends FlagRules {
  /** The subcommand: `drill`. */
  readonly name: string;
  readonly options: Flags;
  /** Text below the flags in the usage. */
  readonly notes?: string;
  /** How to give a token to this command. A flag whose value looks like a token is refused with this text. */
  readonly tokenInput?: string;
  /**
   * Does the work and returns the exit code: 0 if everything passed, 1 if something failed. Throws `UsageError` for a
   * mistake in the command line and `ConfigError` for a configuration that cannot be used: then it is 2.
   */
  run(values: FlagValues<Flags>, output: Output): number | Promise<number>;
}

export function defineCommand<const Flags extends Options>(command: Command<Flags>): Command<Flags> {
  return command;
}

/** How people call a command: `npm run drill`. */
export function callOf({ name }: Pick<Command, 'name'>): string {
  return name === 'start' ? 'npm start' : `npm run ${name}`;
}

/**
 * Runs a command and returns its exit code: that of `run`, or 2 if it could not run. Refuses to run where the environment asks
 * for insecure connections, because people pass tokens and secrets. Everything that it writes is printable.
 */
export async function execute<Flags extends Options>(
  command: Command<Flags>,
  args: readonly string[],
  streams: Output,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<number> {
  const output = { ...streams, stdout: printing(streams.stdout), stderr: printing(streams.stderr) };
  const fail = (text: string): number => {
    output.stderr.write(`${text}\n`);
    return 2;
  };
  let parsed: { readonly values: FlagValues<Flags> & { readonly help?: boolean }; readonly given: ReadonlySet<string> };
  try {
    parsed = parseFlags(command, args) as typeof parsed;
  } catch (error) {
    const reason = await explain(error as NodeJS.ErrnoException, Object.keys(command.options));
    const taken = takenByNpm(command, new Set(), environment);
    return fail(`${taken ?? reason}\n\n${usageOf(command).trimEnd()}`);
  }
  const taken = takenByNpm(command, parsed.given, environment);
  if (taken !== undefined) return fail(taken);
  const { values } = parsed;
  if (values.help) {
    output.stdout.write(usageOf(command));
    return 0;
  }
  const insecure = insecureSetting(environment);
  if (insecure !== undefined) return fail(`${insecure}: unset it.`);
  try {
    if (command.tokenInput !== undefined) refuseTokens(values, command.tokenInput);
    verifyFlags(command as unknown as Command, parsed);
    return await command.run(values, output);
  } catch (error) {
    if (!(error instanceof ConfigError || error instanceof UsageError)) throw error;
    return fail(error.message);
  }
}

/** A command line, parsed by the flags of a command. */
export interface ParsedFlags {
  readonly values: Readonly<Record<string, unknown>>;
  /** The flags that the line names. */
  readonly given: ReadonlySet<string>;
}

/** Parses a command line. Throws the error of `parseArgs` for a flag that the command does not have. */
export function parseFlags({ options: own }: { readonly options: Options }, args: readonly string[]): ParsedFlags {
  const options: Options = { ...own, help };
  const { values, tokens } = parseArgs({ options, args: [...args], tokens: true });
  const names = tokens.flatMap((token) => (token.kind === 'option' ? [token.name] : []));
  return { values, given: new Set(names) };
}

/** Throws `UsageError` for a missing flag, an unknown value, and flags that do not go together. */
export function verifyFlags(
  { options, exclusive = [], requires = [] }: Pick<Command, 'options' | keyof FlagRules>,
  { values, given }: ParsedFlags,
): void {
  const isGiven = (flag: string) => {
    const [name = '', value] = flag.split('=');
    return given.has(name) && (value === undefined || values[name] === value);
  };
  const shown = (flag: string) => `--${flag.replace('=', ' ')}`;
  for (const [first, ...others] of exclusive) {
    const other = isGiven(first) ? others.find(isGiven) : undefined;
    if (other !== undefined) throw new UsageError(`${shown(first)} and ${shown(other)} are mutually exclusive.`);
  }
  for (const [flag, { choices, required }] of Object.entries(options)) {
    const value = values[flag];
    if (required !== undefined && value === undefined) throw new UsageError(`--${flag} is required: ${required}.`);
    if (choices && value !== undefined && !choices.includes(String(value)))
      throw new UsageError(`--${flag} must be one of ${choices.join(', ')}.`);
  }
  for (const [flag, ...alternatives] of requires) {
    if (isGiven(flag) && !alternatives.some(isGiven))
      throw new UsageError(`${shown(flag)} requires ${alternatives.map(shown).join(' or ')}.`);
  }
}

/**
 * Throws `UsageError` if the value of a flag looks like a token. The message does not repeat the value.
 *
 * Trap: the history of the shell keeps arguments, and every process of the machine can read them.
 */
function refuseTokens(values: object, instead: string): void {
  const looksLikeToken = (value: unknown) => typeof value === 'string' && /eyJ[\w-]{10,}|^00[\w-]{40}$/.test(value);
  const [flag] = Object.entries(values).find(([, value]) => [value].flat().some(looksLikeToken)) ?? [];
  if (flag === undefined) return;
  throw new UsageError(
    `The value of --${flag} looks like a token, which is never an argument: ${instead}.\nIt is in the history of your shell now: revoke it.`,
  );
}

/** A stream for texts of strangers: the terminal gets visible characters only. */
function printing(stream: ProgressStream): ProgressStream {
  return { isTTY: stream.isTTY === true, write: (text: unknown) => stream.write(printable(String(text))) };
}

/** The flags of ours that npm has too, so that its own settings may set them. */
const npmFlags = ['json', 'yes', 'dry-run'];

/** Explains that npm took flags for itself, because a line lacks the `--` before them. Undefined if it took none. */
function takenByNpm(
  command: { readonly name: string; readonly options: Options },
  given: ReadonlySet<string>,
  environment: NodeJS.ProcessEnv,
): string | undefined {
  const taken = Object.entries(command.options).filter(
    ([flag]) =>
      !given.has(flag) &&
      !npmFlags.includes(flag) &&
      environment[`npm_config_${flag.replaceAll('-', '_')}`] !== undefined,
  );
  if (taken.length === 0) return undefined;
  const flags = taken.map(([flag, { value }]) => `--${flag}${value === undefined ? '' : ` ${value}`}`).join(' ');
  return `npm took ${taken.map(([flag]) => `--${flag}`).join(', ')} for itself. Write -- before the flags: ${callOf(command)} -- ${flags}`;
}

/** Trap: people pass secrets as arguments, and Node.js's own messages repeat an argument that no flag takes. */
async function explain({ code, message }: NodeJS.ErrnoException, flags: readonly string[]): Promise<string> {
  if (code === 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL')
    return 'There is an argument without a flag. It is not repeated here, because it may be a secret.';
  const [, unknown] = /^Unknown option '(.*?)'/s.exec(message) ?? [];
  if (unknown === undefined) return message;
  if (!/^--?[a-z-]{1,20}$/.test(unknown)) return 'There is an unknown flag.';
  const { similarKey } = await import('../../lib/config/schema-errors.ts');
  const similar = similarKey(unknown.replace(/^-+/, ''), flags);
  return similar === undefined ? message : `Unknown option '${unknown}'. Did you mean --${similar}?`;
}

/** Runs a command with the process's own streams. */
export async function main<Flags extends Options>(
  command: Command<Flags>,
  args: readonly string[] = process.argv.slice(2),
): Promise<void> {
  // A reader such as `head` may close the pipe early. That is not an error: the command goes on.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  // Node.js would print the error as it is, and it may quote a stranger.
  process.on('uncaughtException', (error) => {
    process.stderr.write(`${printable(inspect(error))}\n`);
    process.exit(1);
  });
  const { stdin, stdout, stderr } = process;
  process.exitCode = await execute(command, args, { stdin, stdout, stderr });
}

/** The columns of a terminal. */
const columns = 80;

/** Names with their explanations, in two columns. */
export function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.flatMap(([name, text]) =>
    wrap(text, columns - width - 4).map((line, index) => `  ${(index === 0 ? name : '').padEnd(width)}  ${line}\n`),
  );
  return lines.join('');
}

/** What `--help` prints. */
export function usageOf(command: {
  readonly name: string;
  readonly options: Options;
  readonly notes?: string;
}): string {
  const { options, notes } = command;
  const rows = Object.entries<Option>({ ...options, help }).map(
    ([flag, { value, help: text }]) => [`--${flag}${value ? ` ${value}` : ''}`, text] as const,
  );
  const after = notes === undefined ? '' : `\n${wrap(notes, columns).join('\n')}\n`;
  return `Usage: ${callOf(command)} -- [options]\n\n${table(rows)}${after}`;
}

/** The result of a command, in each form that it may be printed in. */
export interface CommandResult {
  readonly passed: boolean;
  text(): string;
  /** The members of the JSON document besides `passed`. */
  document(): object;
  /** The results for JUnit, for a command that has `--junit`. */
  junit?(): ResultDocument;
}

/** Prints a result as text or with `--json` as JSON, writes it to the file of `--junit`, and returns the exit code. */
export function finish(
  { stdout }: Output,
  { json, junit }: { readonly json: boolean; readonly junit?: string | undefined },
  result: CommandResult,
): number {
  const { passed } = result;
  stdout.write(`${json ? toJson(passed, result.document()) : result.text()}\n`);
  if (junit !== undefined && result.junit) writeReport(junit, toJunit(result.junit()));
  return passed ? 0 : 1;
}

/** A mark in each of our reports. A file without one belongs to its user and is not replaced. */
const marks = ['All times are UTC.', '"generatedAt": "', '<testsuites name="okta-synthetics '];

/**
 * Writes a report to the file of a flag, over nothing but an earlier report. Throws `UsageError` if it cannot. Trap: print the
 * result first, so that it is not lost.
 */
export function writeReport(file: string, text: string): void {
  try {
    const old = statSync(file, { throwIfNoEntry: false });
    if (old?.isFile() && old.size > 0 && !isStream(file)) {
      const before = readFileSync(file, 'utf8');
      if (!marks.some((mark) => before.includes(mark)))
        throw new UsageError(`${file} exists and is no report of this tool: name another file.`);
    }
    replaceFile(file, text);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${file} cannot be written (${(error as NodeJS.ErrnoException).code}): check its folder.`);
  }
}

/** Throws `UsageError` if a port is not free, before anything is written for a server that cannot start. */
export async function requireFree(address: { readonly host: string; readonly port: number }): Promise<void> {
  const server = createServer().listen(address.port, address.host);
  await listening(address, once(server, 'listening'));
  server.close();
  await once(server, 'close');
}

/** Waits for a server. Throws `UsageError` if its port is not free. */
export async function listening<Server>(
  { host, port }: { readonly host: string; readonly port: number },
  server: Promise<Server>,
): Promise<Server> {
  try {
    return await server;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new UsageError(`Port ${port} of ${host} cannot be used (${code}): choose another with --port.`);
  }
}

/** Returns a signal that Ctrl-C and SIGTERM abort. A second Ctrl-C ends the process, as always. */
export function interrupted(): AbortController & Disposable {
  const stop = new AbortController();
  const abort = () => stop.abort();
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.once(signal, abort);
  return Object.assign(stop, {
    [Symbol.dispose]() {
      for (const signal of signals) process.off(signal, abort);
    },
  });
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
