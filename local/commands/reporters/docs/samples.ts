import { stripVTControlCharacters } from 'node:util';
import { type Command, execute, type Option } from '../../command.ts';
import { drill } from '../../drill.ts';
import { start } from '../../start.ts';
import { type Sections, textBlock } from './markdown.ts';

/**
 * The samples of the docs, by page and marker: what commands print. They run in virtual time, which begins at the same time
 * each time. They take minutes, so only the slow tests compare them with the pages.
 */
export const samples: Readonly<Record<string, Sections>> = {
  'README.md': {
    start: async () => textBlock(startSample(await outputOf(start, []))),
  },
  'docs/game-day.md': {
    drill: async () => textBlock(drillSample(await outputOf(drill, ['--case', drilled, '--scenario', scenario]))),
  },
};

const drilled = 'N1,O1,Q1,C8,K1,K2,M4@schedule-stopped';
const scenario = 'flapping';

/**
 * Returns the outage that `npm start` prints, without the links of its messages. The address of the emulator and the request
 * ids differ from run to run: the sample has the org's own name, and letters for digits.
 */
export function startSample(output: string): string {
  const [, outage] = /^(\d\d:\d\d {2}Fault injected.*?)^✓ Case /ms.exec(output) ?? [];
  if (outage === undefined) throw new Error(`npm start printed no outage:\n${output}`);
  return outage
    .replace(/^ │ LINKS .*?(?=^(?! │))/gms, ' │ …\n')
    .replace(/localhost:\d+/g, 'acme.okta.com')
    .replace(/\b[\da-f]{32}\b/g, (id) => 'x'.repeat(id.length))
    .replace(/\n{3,}/g, '\n\n')
    .replace(/\n*$/, '\n');
}

/** Returns the tables that `npm run drill` prints, without how long it took and how busy the machine was. */
export function drillSample(output: string): string {
  const [tables = ''] = output.split(/^\d+ of \d+ scenarios passed$/m);
  return tables.replace(/^this machine is busy: .*$/m, '').replace(/^\n+/, '');
}

/** Returns what a command prints. Throws if it fails, because a sample of a failure would mislead. */
async function outputOf<Flags extends Readonly<Record<string, Option>>>(
  command: Command<Flags>,
  args: readonly string[],
): Promise<string> {
  const printed = { stdout: '', stderr: '' };
  const streamTo = (name: keyof typeof printed) => ({
    write(text: unknown) {
      printed[name] += stripVTControlCharacters(String(text));
      return true;
    },
  });
  const code = await execute(command, args, { stdout: streamTo('stdout'), stderr: streamTo('stderr') });
  if (code !== 0) {
    const all = `${printed.stderr}${printed.stdout}`;
    throw new Error(`${command.name} ended with ${code}; on a busy machine, try again:\n${all}`);
  }
  return printed.stdout;
}
