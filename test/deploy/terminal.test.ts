import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { copyFile, mkdtemp, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { shardName, shardOf } from '../../lib/orgs/shards.ts';
import { isMotoInstalled, type Moto, startMoto } from './start-moto.ts';

/** The commands in the blocks of a section of the README. */
function commandsOf(heading: string): readonly string[] {
  const [, section = ''] = readFileSync('README.md', 'utf8').split(`\n## ${heading}\n`);
  const [own = ''] = section.split('\n## ');
  return [...own.matchAll(/^\$ (.+?)(?: +#.*)?$/gm)].flatMap(([, command]) => command ?? []);
}

const [bootstrap = '', deploy = '', deployInPipeline = '', destroy = '', ...others] = commandsOf('Deploy');

/** Runs a command in a pseudo-terminal, as `script` does. Python is there, because moto is written in it. */
const terminal =
  'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(["sh", "-c", "stty cols 160; " + sys.argv[1]])))';

/** The environment of a person's shell, without variables of npm, a pipeline, or the test runner. */
const personal = Object.entries(process.env).filter(([name]) => !/^(npm_|CI$|VITEST|NODE_ENV$|TEST)/i.test(name));

const why = isMotoInstalled ? '' : " (skipped: moto_server is not installed, pip install 'moto[server,all]')";

describe.skipIf(!isMotoInstalled)(
  `the commands of the README's section on deployment${why}`,
  () => {
    let moto: Moto;
    let folder: string;

    /** A folder that has all of this one, but for files that the commands write or people edit. */
    beforeAll(async () => {
      moto = await startMoto();
      folder = await mkdtemp(path.join(tmpdir(), 'terminal-'));
      const written = ['cdk.json', 'cdk.out', 'cdk.context.json', '.git'];
      const entries = (await readdir('.')).filter((entry) => !written.includes(entry));
      await Promise.all(entries.map((entry) => symlink(path.resolve(entry), path.join(folder, entry))));
      await copyFile('cdk.json', path.join(folder, 'cdk.json'));
      await runs(bootstrap, 'y');
    }, 900_000);

    afterAll(() => moto[Symbol.asyncDispose]());

    const write = (config: object) => writeFile(path.join(folder, 'my.jsonc'), JSON.stringify(config));
    /** Runs a command without a terminal, or in one in which a person gives the same answer to every question. */
    async function run(command: string, answer?: 'y' | 'n') {
      const args = answer === undefined ? ['sh', '-c', command] : ['python3', '-c', terminal, command];
      const quiet = { CDK_DISABLE_CLI_TELEMETRY: 'true', CDK_DISABLE_VERSION_CHECK: 'true' };
      const child = spawn(args[0] ?? '', args.slice(1), {
        ...{ cwd: folder, env: { ...Object.fromEntries(personal), ...moto.env, ...quiet } },
        stdio: [answer === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      });
      let output = '';
      let asked = 0;
      const { promise, resolve } = Promise.withResolvers<number | null>();
      const read = (chunk: Buffer) => {
        output += chunk;
        const questions = output.split('(y/n)').length - 1;
        for (; asked < questions; asked += 1) child.stdin?.write(`${answer}\n`);
      };
      child.stdout?.on('data', read);
      child.stderr?.on('data', read);
      child.on('close', resolve);
      return { code: await promise, output, asked };
    }

    async function runs(command: string, answer?: 'y' | 'n') {
      const done = await run(command, answer);
      expect(done, done.output).toMatchObject({ code: 0 });
      return done;
    }

    /** The names of the stacks, without the nested ones. */
    const stacks = async () =>
      (await moto.list('stacks'))
        .map((id) => id.split('/')[1] ?? '')
        .filter((name) => /^OktaSynthetics(-Orgs-\d+)?$/.test(name))
        .toSorted();

    const org = (name: string) => ({ name, domain: `${name}.okta.com` });

    test('are these', () => {
      expect([bootstrap, deploy, deployInPipeline, destroy].map((command) => command.split(' ').slice(0, 3))).toEqual([
        ['npx', 'cdk', 'bootstrap'],
        ['npm', 'run', 'deploy'],
        ['npm', 'run', 'deploy'],
        ['npx', 'cdk', 'destroy'],
      ]);
      expect(others).toEqual([]);
      expect(commandsOf('From nothing to a watched org')).toContain(deploy);
    });

    test('deploy and destroy one stack in a terminal, after a person has said yes, and nothing after a no', async () => {
      await write({ orgs: [org('acme')] });
      expect(await run(deploy, 'n')).toMatchObject({ code: 1, asked: 1 });
      expect(await stacks()).toEqual([]);
      expect(await runs(deploy, 'y')).toMatchObject({ asked: 1 });
      expect(await stacks()).toEqual(['OktaSynthetics']);
      expect(await runs(destroy, 'y')).toMatchObject({ asked: 1 });
      expect(await stacks()).toEqual([]);
    });

    test('are plain cdk deploy and cdk destroy once cdk.json has the configuration, and it may have tags', async () => {
      const file = path.join(folder, 'cdk.json');
      const before = await readFile(file, 'utf8');
      const { context, ...rest } = JSON.parse(before);
      const tags = [{ Key: 'team', Value: 'identity' }];
      await writeFile(file, JSON.stringify({ ...rest, tags, context: { ...context, config: 'my.jsonc' } }));
      expect(await runs('npx cdk deploy', 'y')).toMatchObject({ asked: 1 });
      const client = new CloudFormationClient({
        ...{ endpoint: moto.env.AWS_ENDPOINT_URL, region: moto.env.AWS_REGION ?? '' },
        credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      });
      const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: 'OktaSynthetics' }));
      expect(Stacks?.[0]?.Tags).toEqual(tags);
      await runs('npx cdk destroy', 'y');
      expect(await stacks()).toEqual([]);
      await writeFile(file, before);
    });

    describe('with further stacks', () => {
      const orgStacks = 2;
      const pages = [{ email: 'on-call@acme.test' }];
      const all = ['acme', 'globex', 'initech'].map((name) => ({ ...org(name), alerts: { pages, tickets: pages } }));
      const emptied = shardOf('acme', orgStacks) ?? -1;
      const left = all.filter(({ name }) => shardOf(name, orgStacks) !== emptied);
      const every = ['OktaSynthetics', ...[0, 1].map((index) => shardName('OktaSynthetics', index))];
      const orgsIn = async (index: number) => {
        const nested = new RegExp(`/${shardName('OktaSynthetics', index)}-Org(\\w+?)NestedStack`);
        return (await moto.list('stacks')).flatMap((id) => nested.exec(id)?.[1] ?? []).toSorted();
      };

      test('deploy and destroy all in a terminal', async () => {
        await write({ orgStacks, orgs: all });
        await runs(deploy, 'y');
        expect(await stacks()).toEqual(every);
        await runs(destroy, 'y');
        expect(await stacks()).toEqual([]);
      });

      /** Trap: moto confuses change sets of the same name, and answers 500 to a parameter that shall keep its default. */
      const direct = '--method direct --no-previous-parameters';

      test('deploy them side by side in a pipeline, where there is no terminal to ask in', async () => {
        await write({ orgStacks, orgs: all });
        expect(await runs(`${deployInPipeline} ${direct}`)).toMatchObject({ asked: 0 });
        expect(await stacks()).toEqual(every);
        expect(await orgsIn(emptied)).toEqual(all.filter((each) => !left.includes(each)).map(({ name }) => name));
      });

      test('leave nothing of the last org of a stack, and nothing at all once destroyed', async () => {
        await write({ orgStacks, orgs: left });
        await runs(`${deploy} ${direct}`, 'y');
        expect(await orgsIn(emptied)).toEqual([]);
        expect(await stacks()).toEqual(every);
        await runs(destroy, 'y');
        for (const kind of ['functions', 'topics', 'tables', 'logGroups', 'dashboards'] as const) {
          expect(await moto.list(kind)).toEqual([]);
        }
        expect(await stacks()).toEqual([]);
      });
    });
  },
  900_000,
);
