/**
 * `npm run okta` runs the Okta emulator alone, so that you can try clients against it.
 *
 * Stops on Ctrl-C. Exits with 2 for an invalid flag, and with 1 if it cannot start.
 */
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, styleText } from 'node:util';
import { type OktaEmulator, startOktaEmulator } from '../emulators/okta/okta-emulator.ts';
import { describeOkta, formatDescription } from '../reporters/okta.ts';
import { runCommand } from './command.ts';

const usage = `Usage: npm run okta -- [--port <number>] [--json]

Runs the Okta emulator and prints its URLs, clients and credentials.

  --port <number>  port on loopback; 0 selects a free port (default: 8443)
  --json           print one JSON document instead of text
  --help           print this help
`;

interface Flags {
  readonly port: number;
  readonly json: boolean;
  readonly help: boolean;
}

function flags(): Flags {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '8443' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port > 65_535) throw new Error(`'${values.port}' is not a valid port`);
  return { ...values, port };
}

async function start(port: number): Promise<OktaEmulator | undefined> {
  try {
    return await startOktaEmulator({ port });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    process.stderr.write(`Port ${port} is already in use. Use another port: npm run okta -- --port 0\n`);
    return undefined;
  }
}

async function run({ port, json }: Flags): Promise<number> {
  const stopped = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  const okta = await start(port);
  if (!okta) return 1;

  const folder = await mkdtemp(join(tmpdir(), 'okta-emulator-'));
  const files = { ca: join(folder, 'ca.pem'), privateKey: join(folder, 'private-key.json') };
  await writeFile(files.ca, okta.ca);
  await writeFile(files.privateKey, `${JSON.stringify(okta.clients.service.privateJwk, null, 2)}\n`, { mode: 0o600 });

  const description = describeOkta(okta, files);
  if (json) {
    process.stdout.write(`${JSON.stringify(description, null, 2)}\n`);
  } else {
    // styleText adds colour only if the stream is a terminal that supports it.
    const title = (text: string) => styleText('bold', text, { stream: process.stdout });
    process.stdout.write(`${formatDescription(description, title)}\n\nRunning. Press Ctrl-C to stop.\n`);
  }

  await stopped;
  await okta.close();
  await rm(folder, { recursive: true });
  return 0;
}

await runCommand({ usage, flags, run });
