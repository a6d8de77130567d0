/** Runs the Okta emulator alone, so that other clients can be tried against it: `npm run okta`. Stops on Ctrl-C. */
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type OktaEmulator, startOktaEmulator } from '../emulators/okta/okta-emulator.ts';
import { describeOkta, formatDescription } from '../reporters/okta.ts';
import { bold } from '../reporters/text.ts';
import { defineCommand, integerOf, main, type Output, sharedOptions } from './command.ts';

export const okta = defineCommand({
  name: 'npm run okta',
  options: {
    port: {
      ...{ type: 'string', value: '<number>', default: '8443' },
      help: 'the port on loopback; 0 takes a free one (default: 8443)',
    },
    json: sharedOptions.json,
  },
  async run(values, output) {
    const stopped = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
    const emulator = await start(integerOf('port', values.port, 0, 65_535), output);
    if (!emulator) return 1;
    const folder = await mkdtemp(path.join(tmpdir(), 'okta-emulator-'));
    const files = { ca: path.join(folder, 'ca.pem'), privateKey: path.join(folder, 'private-key.json') };
    await writeFile(files.ca, emulator.ca);
    const { privateJwk } = emulator.clients.service;
    await writeFile(files.privateKey, `${JSON.stringify(privateJwk, null, 2)}\n`, { mode: 0o600 });
    const description = describeOkta(emulator, files);
    output.stdout.write(
      values.json
        ? `${JSON.stringify(description, null, 2)}\n`
        : `${formatDescription(description, bold)}\n\nPress Ctrl-C to stop.\n`,
    );
    await stopped;
    await emulator.close();
    await rm(folder, { recursive: true });
    return 0;
  },
});

async function start(port: number, { stderr }: Output): Promise<OktaEmulator | undefined> {
  try {
    return await startOktaEmulator({ port });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    stderr.write(`Port ${port} is already in use. Try npm run okta -- --port 0\n`);
    return undefined;
  }
}

if (import.meta.main) await main(okta);
