import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Command, callOf, defineCommand, execute } from '../../../../local/commands/command.ts';
import { loadCommand, subcommands } from '../../../../local/commands/subcommands.ts';
import { launch, runCommand, tooLong } from '../../../support/run-command.ts';

const commands = (await Promise.all(Object.keys(subcommands).map(loadCommand))) as readonly Command[];

describe.each(commands.map((command) => [callOf(command), command] as const))('%s', (call, command) => {
  it('prints its usage with --help, with every flag', async () => {
    const { code, stdout } = await runCommand(command, '--help');
    expect(code).toBe(0);
    for (const flag of [...Object.keys(command.options), 'help']) expect(stdout).toContain(`  --${flag}`);
    expect(tooLong(stdout, 80)).toEqual([]);
  });

  it('ends with 2 and its usage for an unknown flag', async () => {
    const { code, stdout, stderr } = await runCommand(command, '--colour');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`Usage: ${call}`);
  });

  it('has rules about its own flags and their values only', () => {
    const { options, exclusive = [], requires = [] } = command;
    for (const flag of [...exclusive, ...requires].flat()) {
      const [name = '', value] = flag.split('=');
      expect(Object.keys(options)).toContain(name);
      if (value !== undefined) expect(options[name]?.choices).toContain(value);
    }
  });
});

it('every command has the name under which it is called', () => {
  expect(commands.map(({ name }) => name)).toEqual(Object.keys(subcommands));
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

describe('the flags of a command', () => {
  const command = defineCommand({
    name: 'any',
    options: {
      config: { type: 'string', required: 'a path', help: '' },
      from: { type: 'string', choices: ['here', 'lambda'], help: '' },
      watch: { type: 'boolean', default: false, help: '' },
      every: { type: 'string', help: '' },
      port: { type: 'string', default: '80', help: '' },
      org: { type: 'string', multiple: true, help: '' },
    },
    tokenInput: 'use the prompt',
    exclusive: [
      ['watch', 'port', 'org'],
      ['from=lambda', 'org'],
    ],
    requires: [['every', 'watch', 'from=lambda']],
    run: ({ config }) => config.length,
  });
  const run = (...args: readonly string[]) => runCommand(command, ...args);
  const config = ['--config', 'abc'];
  const token = `00${'a'.repeat(40)}`;

  it.each([
    [['--watch', '--every', '5s']],
    [['--from', 'lambda', '--every', '5s']],
    [['--from', 'here', '--org', 'acme']],
    [['--port', '80']],
  ])('reach it if they go together: %j', async (args) => {
    expect(await run(...config, ...args)).toEqual({ code: 3, stdout: '', stderr: '' });
  });

  it.each([
    [[], '--config is required: a path.\n'],
    [[...config, '--from', 'mars'], '--from must be one of here, lambda.\n'],
    [[...config, '--watch', '--org', 'acme'], '--watch and --org are mutually exclusive.\n'],
    [[...config, '--watch', '--port', '80'], '--watch and --port are mutually exclusive.\n'],
    [[...config, '--from', 'lambda', '--org', 'a'], '--from lambda and --org are mutually exclusive.\n'],
    [[...config, '--every', '5s'], '--every requires --watch or --from lambda.\n'],
  ])('end with 2 otherwise: %j', async (args, stderr) => {
    expect(await run(...args)).toEqual({ code: 2, stdout: '', stderr });
  });

  it('are suggested for a similar one', async () => {
    expect((await run('--confg', 'abc')).stderr).toContain("Unknown option '--confg'. Did you mean --config?\n");
    expect((await run('--zzzzzzzz')).stderr).not.toContain('Did you mean');
  });

  it.each([token, 'eyJhbGciOiJSUzI1NiJ9.e30.x'])('are no place for a token, which is not repeated', async (value) => {
    for (const flags of [
      ['--org', value],
      ['--watch', '--org', 'acme', '--org', value],
    ]) {
      const { code, stdout, stderr } = await run(...flags);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toContain('The value of --org looks like a token, which is never an argument: use the prompt.');
      expect(stderr).not.toContain(value);
    }
  });

  it('are no place for a token in any command that takes one', async () => {
    const taking = commands.filter(({ tokenInput }) => tokenInput !== undefined);
    expect(taking.map(({ name }) => name)).toEqual(['setup', 'check']);
    for (const each of taking) {
      const { code, stderr } = await runCommand(each, '--domain', 'acme.okta.com', '--org', token);
      expect(code).toBe(2);
      expect(stderr).toContain('looks like a token');
      expect(stderr).not.toContain(token);
    }
  });
});

it.each([
  ['--help', 0],
  ['other', 2],
])('without a known command, all of them are listed: %s', async (name, code) => {
  const ended = await launch(name, []);
  expect(ended.code).toBe(code);
  const listed = code === 0 ? ended.stdout : ended.stderr;
  for (const command of commands) expect(listed).toContain(`  ${callOf(command)} `);
  expect(tooLong(listed, 80)).toEqual([]);
});

describe('an environment that asks for insecure connections', () => {
  const endings = async (environment: NodeJS.ProcessEnv) => {
    const written: string[] = [];
    const stream = { write: (text: string | Uint8Array) => written.push(String(text)) > 0 };
    const command = defineCommand({ name: 'any', options: {}, run: () => 0 });
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
    const started = Object.entries(scripts).flatMap(([name, script]) => {
      const [command] = /^node local\/commands\/\S+ [a-z]+/.exec(script) ?? [];
      return command === undefined ? [] : [[name, command]];
    });
    const expected = Object.keys(subcommands).map((name) => [name, `node local/commands/run.mjs ${name}`]);
    expect(started.sort()).toEqual(expected.sort());
  });
});

describe('a command of npm before npm ci', () => {
  const launcher = path.resolve('local/commands/run.mjs');
  const run = (node: string, cwd: string, ...args: readonly string[]) =>
    spawnSync(node, [launcher, ...args], { cwd, encoding: 'utf8' });
  const hint = /^Run npm ci first: .*\(This is Node\.js [\d.]+\.\)\n$/;

  it('says in one line that the packages are missing', () => {
    expect(run(process.execPath, tmpdir(), 'check')).toMatchObject({ status: 2, stderr: expect.stringMatching(hint) });
    expect(run(process.execPath, '.')).toMatchObject({ status: 0, stdout: '', stderr: '' });
  });

  const system = '/usr/bin/node';
  const isOld =
    existsSync(system) && /^v(1\d|20)\./.test(spawnSync(system, ['--version'], { encoding: 'utf8' }).stdout);
  it.skipIf(!isOld)('says the same by a Node.js that reads no TypeScript', () => {
    expect(run(system, '.', 'check')).toMatchObject({ status: 2, stdout: '', stderr: expect.stringMatching(hint) });
  });
});
