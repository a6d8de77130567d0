import { describe, expect, it } from 'vitest';
import { cases } from '../../../../local/cli/cases.ts';
import { check } from '../../../../local/cli/check.ts';
import type { Command } from '../../../../local/cli/command.ts';
import { cost } from '../../../../local/cli/cost.ts';
import { drill } from '../../../../local/cli/drill.ts';
import { okta } from '../../../../local/cli/okta.ts';
import { start } from '../../../../local/cli/start.ts';
import { watch } from '../../../../local/cli/watch.ts';
import { runCommand, tooLong } from '../../../support/run-command.ts';

const commands = [start, cases, check, drill, cost, okta, watch] as unknown as readonly Command[];

describe.each(commands.map((command) => [command.name, command] as const))('%s', (_, command) => {
  it('prints its usage with --help, with every flag', async () => {
    const { code, stdout } = await runCommand(command, '--help');
    expect(code).toBe(0);
    for (const flag of [...Object.keys(command.options), 'help']) expect(stdout).toContain(`  --${flag}`);
    expect(tooLong(stdout, 110)).toEqual([]);
  });

  it('ends with 2 and its usage for an unknown flag', async () => {
    const { code, stdout, stderr } = await runCommand(command, '--colour');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`Usage: ${command.name}`);
  });
});

it.each(['config', 'case', 'json', 'junit'])(
  'the flag --%s takes the same value in every command that has it',
  (flag) => {
    const described = commands.flatMap(({ options }) => options[flag] ?? []);
    expect(described.length).toBeGreaterThan(1);
    expect(new Set(described.map(({ type, value, multiple }) => JSON.stringify({ type, value, multiple }))).size).toBe(
      1,
    );
  },
);
