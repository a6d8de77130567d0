import { ConfigError } from '../../lib/config/config-error.ts';

/** A call that cannot be met. Its message says what can, which is more than the usage does. */
export class UsageError extends Error {}

export interface Command<Flags extends { readonly help: boolean }> {
  readonly usage: string;
  /** Reads the command line. Whatever it throws is a mistake in the call. */
  readonly flags: () => Flags;
  /** Does the work and returns the exit code. Throws `WrongCall` for what shows only then to be a mistake in the call. */
  readonly run: (flags: Flags) => number | Promise<number>;
}

/**
 * Runs a command: prints the usage where it is asked for, and ends with 2 for a wrong call, with 1 for a configuration
 * that cannot be used, else with what the work comes to.
 */
export async function runCommand<Flags extends { readonly help: boolean }>(command: Command<Flags>): Promise<void> {
  process.stdout.on('error', ignoreClosedPipe);
  process.exitCode = await exitCodeOf(command);
}

/** Whoever reads may have read enough, as `head` does. That is no error, and what was begun is ended as it should be. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

async function exitCodeOf<Flags extends { readonly help: boolean }>({ usage, flags, run }: Command<Flags>) {
  let given: Flags;
  try {
    given = flags();
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${usage}`);
    return 2;
  }
  if (given.help) {
    process.stdout.write(usage);
    return 0;
  }
  try {
    return await run(given);
  } catch (error) {
    if (!(error instanceof ConfigError || error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}
