import { describe, expect, it } from 'vitest';
import { type FindingCode, findings } from '../../../../functions/findings/finding.ts';
import { confirmCommands } from '../../../../functions/notify/confirm-commands.ts';
import { probes } from '../../../../functions/probes/index.ts';
import { type Command, parseFlags, verifyFlags } from '../../../../local/commands/command.ts';
import { loadCommand } from '../../../../local/commands/subcommands.ts';
import { at, exchange, outcome } from '../../../support/log-of.ts';

const time = at('12:00');

/** Parses `npm run check -- --org acme` as the command itself does, without running it. */
async function parse(line: string): Promise<void> {
  // The CDK's own, which have no flags of ours.
  if (/^npm run (deploy|synth)$/.test(line)) return;
  const [, name = ''] = /^(?:npm run (?:--silent )?|npm (?=start))([a-z-]+)/.exec(line) ?? [];
  const command = await loadCommand(name);
  if (!command) throw new Error(`no such command: ${line}`);
  const [, flags = ''] = line.split(' -- ');
  verifyFlags(command as Command, parseFlags(command, flags.split(' ').filter(Boolean)));
}

const inMessages = new Set(
  (Object.keys(findings) as FindingCode[]).flatMap((code) =>
    probes.flatMap(({ id }) =>
      ['@default', ''].flatMap((server) =>
        confirmCommands(
          code,
          outcome(time, `${id}${server}`, code, { exchanges: [exchange(time, '/oauth2/default/v1/keys')] }).line,
        ),
      ),
    ),
  ),
);
const ours = [...inMessages].filter((command) => command.startsWith('npm '));

describe('the commands in messages', () => {
  it('are accepted as pasted, from here and from Lambda, also of another deployment', async () => {
    expect(ours.length).toBeGreaterThan(50);
    for (const command of ours)
      for (const more of ['', ' --from lambda', ' --deployment eu', ' --deployment eu --from lambda'])
        await expect(parse(`${command}${more}`)).resolves.toBeUndefined();
  });

  it('would fail this test if a flag did not exist, or if one were missing', async () => {
    await expect(parse('npm run check -- --orgs acme')).rejects.toThrow('--orgs');
    await expect(parse('npm run setup -- --yes')).rejects.toThrow('--domain is required');
    await expect(parse('npm run chek -- --org acme')).rejects.toThrow('no such command');
  });

  it.each(Object.entries(findings))('are in the texts of a finding only as they are: %s', async (_, definition) => {
    const texts = JSON.stringify(definition).matchAll(/npm (?:run [a-z-]+|start)(?: -- [\w .:/=@-]+)?/g);
    for (const [command] of texts) await expect(parse(command)).resolves.toBeUndefined();
  });
});
