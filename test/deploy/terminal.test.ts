import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { shardName, shardOf } from '../../lib/orgs/shards.ts';
import { type Finished, freshClone, readmeCommands, Shell } from './readme.ts';
import { isMotoInstalled, type Moto, startMoto } from './start-moto.ts';

const [bootstrap = '', deploy = '', deployInPipeline = '', destroy = ''] = readmeCommands().get('Deploy') ?? [];

const why = isMotoInstalled ? '' : " (skipped: moto_server is not installed, pip install 'moto[server,all]')";

describe.skipIf(!isMotoInstalled)(
  `the commands of the README's section on deployment${why}`,
  () => {
    let moto: Moto;
    let folder: string;
    let shell: Shell;

    beforeAll(async () => {
      moto = await startMoto();
      folder = await freshClone();
      shell = new Shell(folder, moto.env);
      await runs(bootstrap, 'y');
    }, 900_000);

    afterAll(() => moto[Symbol.asyncDispose]());

    const write = (config: object) => writeFile(path.join(folder, 'my.jsonc'), JSON.stringify(config));
    /** Runs a command without a terminal, or in one in which a person gives the same answer to every question. */
    const run = (command: string, answer?: 'y' | 'n'): Promise<Finished> =>
      answer === undefined ? shell.piped(command) : shell.inTerminal(command, [['(y/n)', answer]]);

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
