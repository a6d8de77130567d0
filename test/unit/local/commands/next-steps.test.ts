import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { type Command, parseFlags, verifyFlags } from '../../../../local/commands/command.ts';
import { deployCommands } from '../../../../local/commands/doctor/deployment.ts';
import { type CheckCall, formatVerdict } from '../../../../local/commands/reporters/check.ts';
import { nextOf } from '../../../../local/commands/setup.ts';
import { nextSteps } from '../../../../local/commands/start.ts';
import { loadCommand } from '../../../../local/commands/subcommands.ts';
import { readmeCommands } from '../../../deploy/readme.ts';

/** The name of a command: `npm run check`, `npx cdk bootstrap`. */
const nameOf = (command: string) => /^(?:npm (?:run )?|npx cdk )[a-z]+/.exec(command)?.[0] ?? command;

/** The names of the README's commands, in the order in which it introduces them. */
const order = [
  ...new Set(
    [...readmeCommands().values()]
      .flat()
      .flatMap((line) => line.split(' && '))
      .map(nameOf),
  ),
];

const wrote = (alerts: object) => {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'next-')), 'my.jsonc');
  writeFileSync(file, JSON.stringify({ alerts, orgs: [] }));
  return file;
};
const pages = [{ email: 'on-call@acme.com' }];

const afterCheck = (call: Partial<CheckCall>) =>
  formatVerdict([], { isFiltered: false, ...call })
    .map(stripVTControlCharacters)
    .join(' ');
const config = 'my.jsonc';

/** What each command says to run next, by the command that says it. */
const saidNext: readonly (readonly [by: string, text: string])[] = [
  ...nextSteps.map(([command]) => ['npm start', command] as const),
  ['npm run setup', nextOf({ config: wrote({ pages }), secrets: undefined })],
  ['npm run setup', nextOf({ config: wrote({ pages: [] }), secrets: 'secrets.json' })],
  ['npm run check', afterCheck({ config })],
  ['npm run check', afterCheck({ config, secrets: 'secrets.json' })],
  ['npm run check', afterCheck({ config, isFiltered: true })],
  ['npm run check', afterCheck({ config, from: 'lambda' })],
  ['npm run check', afterCheck({ config, from: 'both' })],
  ['npm run check', afterCheck({ deployed: 'okta-synthetics' })],
  ['npm run check', afterCheck({ domain: 'acme.okta.com' })],
  ['npm run doctor', deployCommands('my.jsonc').deploy],
];

const commandIn = (text: string) => /npm (?:run|start).*$/.exec(text.replaceAll(/\s+/g, ' '))?.[0] ?? text;
const next = saidNext.map(([by, text]) => [by, commandIn(text)] as const);

describe('the commands that a command says to run next', () => {
  it.each(next)('%s: %s comes later in the README, or begins its path', (by, command) => {
    const name = nameOf(command);
    const isBeginning = name === 'npm run setup' && by === 'npm run check';
    if (name === 'npm run watch') expect(by).toBe('npm run check');
    else if (!isBeginning) expect(order.indexOf(name)).toBeGreaterThanOrEqual(order.indexOf(by));
    expect(order.includes(name) || name === 'npm run watch').toBe(true);
  });

  it.each(next)('%s: %s is accepted as pasted, and overwrites nothing', async (_, line) => {
    const [call = '', flags = ''] = line.split(/ -- | --$/);
    expect(line).not.toMatch(/\bcp |>(?!$)(?<!<\w+>)| --yes\b| --remove\b/);
    const name = call.replace(/^npm (run )?/, '');
    // The CDK's own flags are not ours.
    if (name === 'deploy') return;
    const command = (await loadCommand(name)) as Command;
    expect(() => verifyFlags(command, parseFlags(command, flags.split(' ').filter(Boolean)))).not.toThrow();
  });
});
