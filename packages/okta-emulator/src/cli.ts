#!/usr/bin/env node
import { once } from 'node:events';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { describeOrg, formatOrg } from './describe-org.ts';
import { cacheFolder, portInUse, startKeptOrg } from './kept-org.ts';

const usage = `Usage: okta-emulator [options]

Starts an Okta org on this machine, prints its URLs, clients and credentials, and stops on Ctrl-C.

  --port <number>    the port on loopback; 0 takes a free one (default: 8443)
  --folder <path>    where the org's identity and its files are kept (default: okta-emulator in the user's cache)
  --fresh            new CA, clients and keys, not those of the last start
  --json             print one JSON document instead of text
  -h, --help         print this
`;

interface Streams {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

/** Runs the command until `stopped`. Resolves to its exit code: 2 for a mistake in the arguments, 1 for another failure. */
export async function runCli(
  args: readonly string[],
  { stdout, stderr }: Streams,
  stopped: Promise<unknown>,
): Promise<number> {
  let flags: ReturnType<typeof parseFlags>;
  try {
    flags = parseFlags(args);
  } catch (error) {
    stderr.write(`${error instanceof Error ? error.message : error}\n\n${usage}`);
    return 2;
  }
  if (flags.help) {
    stdout.write(usage);
    return 0;
  }
  try {
    const folder = flags.folder ?? path.join(cacheFolder(), 'okta-emulator');
    const org = await startKeptOrg(path.resolve(folder), flags.port, flags.fresh);
    await using _ = org.okta;
    const description = describeOrg(org);
    const text = flags.json
      ? JSON.stringify(description, null, 2)
      : `${formatOrg(description)}\n\nPress Ctrl-C to stop.`;
    stdout.write(`${text}\n`);
    await stopped;
    return 0;
  } catch (error) {
    stderr.write(`${portInUse(error, 'okta-emulator --port 0') ?? String(error)}\n`);
    return 1;
  }
}

function parseFlags(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string', default: '8443' },
      folder: { type: 'string' },
      fresh: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const port = /^\d{1,5}$/.test(values.port) ? Number(values.port) : Number.NaN;
  if (!(port <= 65_535)) throw new Error('--port must be a whole number from 0 to 65535');
  return { ...values, port };
}

if (import.meta.main) {
  const stopped = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  process.exitCode = await runCli(process.argv.slice(2), process, stopped);
}
