import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cases } from '../../../../local/cli/cases.ts';
import { check } from '../../../../local/cli/check.ts';
import { type Command, defineCommand, execute } from '../../../../local/cli/command.ts';
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

describe('an environment that asks for insecure connections', () => {
  const endings = async (environment: NodeJS.ProcessEnv) => {
    const written: string[] = [];
    const stream = { write: (text: string | Uint8Array) => written.push(String(text)) > 0 };
    const command = defineCommand({ name: 'npm run any', options: {}, run: () => 0 });
    return { code: await execute(command, [], { stdout: stream, stderr: stream }, environment), written };
  };

  it.each([
    [{ NODE_TLS_REJECT_UNAUTHORIZED: '0' }, 'NODE_TLS_REJECT_UNAUTHORIZED=0'],
    [{ AWS_ENDPOINT_URL: 'http://canary:canary@aws.example.com' }, 'AWS_ENDPOINT_URL '],
    [{ AWS_ENDPOINT_URL_SECRETS_MANAGER: 'http://127.example.com' }, 'AWS_ENDPOINT_URL_SECRETS_MANAGER '],
  ])('keeps every command from starting, with one line that shows no address: %j', async (environment, says) => {
    const { code, written } = await endings(environment);
    expect(code).toBe(2);
    expect(written).toEqual([expect.stringMatching(/^.+: unset it\.\n$/)]);
    expect(written[0]).toContain(says);
    expect(written[0]).not.toMatch(/canary|example/);
  });

  it.each([
    { NODE_TLS_REJECT_UNAUTHORIZED: '1' },
    { AWS_ENDPOINT_URL: 'http://localhost:4566', AWS_ENDPOINT_URL_SNS: 'http://127.0.0.1:1' },
    { AWS_ENDPOINT_URL: 'https://vpce.example.com' },
    { NODE_EXTRA_CA_CERTS: 'ca.pem' },
  ])('is not one with %j', async (environment) => {
    expect((await endings(environment)).code).toBe(0);
  });

  it('is looked for by each command that npm starts', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
    const files = Object.values(scripts).flatMap((script) => /^node (local\/cli\/\S+)/.exec(script)?.[1] ?? []);
    const others = files.filter((file) => !/await main\(/.test(readFileSync(file, 'utf8')));
    // They only write files of this repository.
    expect(others).toEqual(['local/cli/prepack.ts', 'local/cli/docs.ts']);
  });
});
