import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import {
  CloudWatchClient,
  GetMetricDataCommand,
  type MetricStat,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { GetFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetScheduleCommand, SchedulerClient, UpdateScheduleCommand } from '@aws-sdk/client-scheduler';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ListSubscriptionsByTopicCommand, SNSClient, SubscribeCommand, UnsubscribeCommand } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { faultDomains } from '../../functions/model/fault-domain.ts';
import type { Org } from '../../functions/model/org.ts';
import { mostBytes } from '../../functions/widget.ts';
import { loadConfig } from '../../lib/config/load-config.ts';
import { readFlatTemplate } from '../../lib/flat-template.ts';
import type { Examination } from '../../local/commands/doctor/diagnosis.ts';
import { AwsAccount } from '../../local/commands/game-day/aws-account.ts';
import type { DeployedAccount } from '../../local/commands/game-day/deployed-account.ts';
import { planGameDay, runGameDay } from '../../local/commands/game-day/game-day.ts';
import { targetIn } from '../../local/commands/game-day/target.ts';
import { emulateOrg } from '../../local/lab/simulation/emulated-org.ts';
import { startFunction } from '../../local/self-hosted/lambda/function-process.ts';
import { type OktaEmulator, startOktaEmulator } from '../../packages/okta-emulator/src/index.ts';
import { foreignMarkup, parseHtml } from '../support/parse-html.ts';
import { launch } from '../support/run-command.ts';
import { makeSchedules, placeOf, readAssembly } from './passed-over.ts';
import { isMotoInstalled, type Moto, startMoto } from './start-moto.ts';

const run = promisify(execFile);
const why = isMotoInstalled ? '' : " (skipped: moto_server is not installed, pip install 'moto[server,all]')";

/** The command line would ask for its newest version and tell AWS that it is used. */
const quiet = { CDK_DISABLE_CLI_TELEMETRY: 'true', CDK_DISABLE_VERSION_CHECK: 'true' };

interface Resource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: a template is what CloudFormation makes of it
  readonly Properties: any;
}

const kinds = ['functions', 'logGroups', 'topics', 'dashboards', 'roles', 'tables', 'stacks'] as const;

type Standing = Readonly<Record<(typeof kinds)[number], readonly string[]>>;

/** The resources of all deployments, by kind. */
async function standingIn(moto: Moto): Promise<Standing> {
  const entries = kinds.map(async (kind) => {
    const names = await moto.list(kind);
    return [kind, names.filter((name) => /okta-?synthetics|staging/i.test(name)).toSorted()] as const;
  });
  return Object.fromEntries(await Promise.all(entries)) as unknown as Standing;
}

const nothing = Object.fromEntries(kinds.map((kind) => [kind, []]));

/** The real command line, the real SDK, the bundles as deployed, and in place of AWS and Okta what speaks like them. */
describe.skipIf(!isMotoInstalled)(`cdk deploy${why}`, () => {
  const running = new AsyncDisposableStack();
  let okta: OktaEmulator;
  let moto: Moto;
  let directory: string;
  let env: NodeJS.ProcessEnv;

  beforeAll(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'deploy-'));
    okta = running.use(await startOktaEmulator());
    moto = running.use(await startMoto());
    await writeFile(path.join(directory, 'ca.pem'), okta.ca);
    // The first `node` on the path runs the app.
    const PATH = [path.dirname(process.execPath), process.env.PATH].join(path.delimiter);
    env = { ...process.env, ...moto.env, ...quiet, PATH };
    await cdk('bootstrap', `aws://${moto.env.CDK_DEFAULT_ACCOUNT}/${moto.env.AWS_REGION}`);
  });

  afterAll(() => running.disposeAsync());

  async function cdk(...args: readonly string[]): Promise<string> {
    const options = ['--no-notices', ...(args.includes('--output') ? [] : ['--output', `${directory}/cdk.out`])];
    const bin = path.resolve('node_modules/aws-cdk/bin/cdk');
    const { stdout, stderr } = await run(process.execPath, [bin, ...args, ...options], { env, maxBuffer: 2 ** 24 });
    return stdout + stderr;
  }

  async function resources(type: string): Promise<readonly Resource[]> {
    const assembly = path.join(directory, 'cdk.out');
    const { Resources } = readFlatTemplate([path.join(assembly, 'OktaSynthetics.template.json')], assembly);
    return Object.values(Resources as Record<string, Resource>).filter(({ Type }) => Type === type);
  }

  const names = ['flows', 'limits', 'notify-page', 'notify-ticket', 'status', 'sweep', 'widget'];

  const standing = () => standingIn(moto);

  test('makes functions, logs, topics, roles and a dashboard', async () => {
    expect(await cdk('deploy', '--require-approval', 'never')).toContain('✅  OktaSynthetics');
    expect(await standing()).toEqual({
      functions: names.map((name) => `okta-synthetics-${name}`),
      logGroups: names.map((name) => `/aws/lambda/okta-synthetics-${name}`),
      topics: ['page-alarms', 'pages', 'ticket-alarms', 'tickets'].map((name) => `okta-synthetics-${name}`),
      dashboards: [`okta-synthetics-${moto.env.AWS_REGION}`],
      tables: ['okta-synthetics-state'],
      // One for shared resources, and one for each org.
      stacks: [expect.stringContaining('/OktaSynthetics-MonitorOrgacme'), expect.stringContaining('/OktaSynthetics/')],
      // One a function, and that of the schedules.
      roles: Array.from({ length: names.length + 1 }, () => expect.anything()),
    });
    const passedOver = [...moto.passedOver].filter((type) => !type.startsWith('AWS::CDK::')).toSorted();
    process.stdout.write(`moto knows nothing of, and passed over: ${passedOver.join(', ')}\n`);
  });

  test('has functions that npm run check -- --from lambda finds and asks, which moto cannot run', async () => {
    const { code, stdout, stderr } = await launch(
      'check',
      ['--config', 'lib/config/example.jsonc', '--from', 'lambda'],
      env,
    );
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('The function okta-synthetics-flows in us-east-1 ended with an unknown error.');
  });

  test('lets the functions measure, on their schedules, all that the alarms look at', async () => {
    const at = { endpoint: moto.env.AWS_ENDPOINT_URL, region: moto.env.AWS_REGION };
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const secretsManager = new SecretsManagerClient({ ...at, credentials });
    const environment = { awsEndpoint: moto.env.AWS_ENDPOINT_URL, caFile: path.join(directory, 'ca.pem') };
    for (const { Properties } of await resources('AWS::Scheduler::Schedule')) {
      const event = JSON.parse(Properties.Target.Input);
      if (!('servers' in event)) continue;
      const { org, secrets } = emulateOrg(event, okta);
      for (const [Name, SecretString] of secrets) {
        // Two groups may name one secret.
        await secretsManager.send(new CreateSecretCommand({ Name, SecretString })).catch(() => {});
      }
      const group = Properties.Name.replace(/^acme-/, '');
      const variables = await variablesOf(group);
      await using lambda = startFunction(path.resolve('dist', group, 'index.mjs'), { ...environment, variables });
      expect(await lambda.invoke(org)).not.toHaveProperty('error');
    }

    const cloudWatch = new CloudWatchClient({ ...at, credentials });
    const seen: Record<string, number | undefined> = {};
    for (const [name, metric] of await alarmed()) {
      const { MetricDataResults } = await cloudWatch.send(
        new GetMetricDataCommand({
          StartTime: new Date(Date.now() - 600_000),
          EndTime: new Date(Date.now() + 60_000),
          MetricDataQueries: [{ Id: 'm', MetricStat: metric }],
        }),
      );
      seen[name] = MetricDataResults?.[0]?.Values?.[0];
    }
    const expected = faultDomains.map((domain) => [`Severity Maximum Domain=${domain} Org=acme`, 0]);
    // Only flows say each time how many probes were tried twice.
    expect(seen).toEqual({ ...Object.fromEntries(expected), 'Retries SampleCount Org=acme': 1 });
  });

  test('shows in its widget what the functions have left, without a script and far below the size limit', async () => {
    const { code, variables } = await deployed('okta-synthetics-widget');
    const environment = { awsEndpoint: moto.env.AWS_ENDPOINT_URL, caFile: path.join(directory, 'ca.pem'), variables };
    await using widget = startFunction(path.join(code, 'index.mjs'), environment);
    const ask = async (params: object) => {
      const answer = await widget.invoke({ widgetContext: { params, theme: 'dark' } });
      if ('error' in answer) throw new Error(answer.error);
      return String(answer.value);
    };
    const [all, acme] = [await ask({}), await ask({ org: 'acme' })];
    for (const markup of [all, acme]) {
      expect(foreignMarkup(markup)).toEqual([]);
      expect(Buffer.byteLength(markup)).toBeLessThan(mostBytes / 4);
      expect(parseHtml(markup).text).toMatch(/acme.*All well: \d+ checks pass\./);
    }
    expect(parseHtml(acme).elements.filter(({ attributes }) => attributes.class === 'curve').length).toBeGreaterThan(0);
    expect(await widget.invoke({ describe: true })).toMatchObject({ value: expect.stringMatching(/^## /) });
  });

  /** The code and the environment of a function as they were deployed. moto runs no function without Docker. */
  async function deployed(name: string) {
    const [endpoint, region] = [moto.env.AWS_ENDPOINT_URL, moto.env.AWS_REGION ?? ''];
    const client = new LambdaClient({
      endpoint,
      region,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    const { Configuration } = await client.send(new GetFunctionCommand({ FunctionName: name }));
    const found = (await resources('AWS::Lambda::Function')).find(({ Properties }) => Properties.FunctionName === name);
    const { S3Bucket, S3Key } = found?.Properties.Code ?? {};
    const bucket = String(S3Bucket['Fn::Sub'])
      .replace(/\$\{AWS::AccountId\}/, moto.env.CDK_DEFAULT_ACCOUNT ?? '')
      .replace(/\$\{AWS::Region\}/, region);
    const zip = await moto.download(bucket, S3Key);
    expect(createHash('sha256').update(zip).digest('base64')).toBe(Configuration?.CodeSha256);
    const [archive, code] = [path.join(directory, `${name}.zip`), path.join(directory, name)];
    await writeFile(archive, zip);
    // Node.js reads no archives, and moto brings Python.
    await run('python3', ['-m', 'zipfile', '-e', archive, code]);
    return { code, variables: Configuration?.Environment?.Variables ?? {} };
  }

  /** The environment variables of a function, as its template sets them. */
  async function variablesOf(name: string): Promise<Readonly<Record<string, string>>> {
    const found = (await resources('AWS::Lambda::Function')).find(({ Properties }) =>
      Properties.FunctionName.endsWith(`-${name}`),
    );
    const texts = Object.entries<unknown>(found?.Properties.Environment?.Variables ?? {});
    return Object.fromEntries(texts.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
  }

  /** The series of our own that alarms look at. */
  async function alarmed(): Promise<ReadonlyMap<string, MetricStat>> {
    const found = new Map<string, MetricStat>();
    for (const { Properties: alarm } of await resources('AWS::CloudWatch::Alarm')) {
      const stats: readonly MetricStat[] = alarm.Metrics
        ? alarm.Metrics.flatMap(({ MetricStat }: { MetricStat?: MetricStat }) => MetricStat ?? [])
        : [{ Metric: alarm, Period: alarm.Period, Stat: alarm.Statistic }];
      for (const { Metric, Period, Stat } of stats) {
        const { Namespace, MetricName, Dimensions = [] } = Metric ?? {};
        if (Namespace?.startsWith('AWS/')) continue;
        const name = [MetricName, Stat, ...Dimensions.map(({ Name, Value }) => `${Name}=${Value}`)].join(' ');
        found.set(name, { Metric: { Namespace, MetricName, Dimensions }, Period, Stat });
      }
    }
    return found;
  }

  describe('a game day', () => {
    const config = loadConfig('lib/config/example.jsonc');
    const place = () => placeOf(moto);

    /** moto's CloudFormation passes over schedules, subscriptions and alarms. Its own services make them, as in the template. */
    beforeAll(async () => {
      const deployment = readAssembly(path.join(directory, 'cdk.out'));
      const { topics, alarms } = deployment;
      const [sns, cloudWatch] = [new SNSClient(place()), new CloudWatchClient(place())];
      await makeSchedules(moto, deployment);
      const home = `${moto.env.AWS_REGION}:${moto.env.CDK_DEFAULT_ACCOUNT}`;
      for (const { arn: TopicArn, subscriptions } of topics) {
        for (const { protocol: Protocol, endpoint } of subscriptions) {
          const Endpoint = Protocol === 'lambda' ? `arn:aws:lambda:${home}:function:${endpoint}` : endpoint;
          await sns.send(new SubscribeCommand({ TopicArn, Protocol, Endpoint }));
        }
      }
      const { series, alarm: name } = targetIn(config, { finding: 'internal-error', page: true });
      const alarm = alarms.alarms.find((each) => each.name === name);
      if (alarm?.kind !== 'metric') throw new Error(`${name} is not in the template`);
      await cloudWatch.send(
        new PutMetricAlarmCommand({
          ...{
            AlarmName: name,
            Namespace: series.namespace,
            MetricName: series.name,
            Statistic: 'Maximum',
            Period: 60,
          },
          Dimensions: Object.entries(series.dimensions).map(([Name, Value]) => ({ Name, Value })),
          ...{ EvaluationPeriods: alarm.evaluationPeriods, DatapointsToAlarm: alarm.datapointsToAlarm, Threshold: 1 },
          ComparisonOperator: 'GreaterThanThreshold',
          AlarmActions: alarm.actions.ALARM.flatMap(
            (id) => topics.find(({ logicalId }) => logicalId === id)?.arn ?? [],
          ),
        }),
      );
      await cloudWatch.send(new SetAlarmStateCommand({ AlarmName: name, StateValue: 'OK', StateReason: 'it is new' }));
    });

    /** The account as the game day sees it by the SDK. moto runs no function, so the bundles run here. No minute passes. */
    function account(): DeployedAccount {
      const real = new AwsAccount(place());
      const environment = { awsEndpoint: moto.env.AWS_ENDPOINT_URL, caFile: path.join(directory, 'ca.pem') };
      return Object.assign(Object.create(real) as AwsAccount, {
        wait: async () => {},
        async invoke(lambda: string, event: object) {
          const name = lambda.replace(/^okta-synthetics-/, '').replace(/^notify-.*/, 'notify');
          const variables = await real.variables(lambda);
          await using process = startFunction(path.resolve('dist', name, 'index.mjs'), { ...environment, variables });
          const result = await process.invoke(
            'servers' in event ? { ...event, ...emulateOrg(event as Org, okta).org } : event,
          );
          return 'error' in result ? { error: result.error } : { value: result.value };
        },
      });
    }

    async function gameDay(stopAfter: string) {
      const stopper = new AbortController();
      const target = targetIn(config, { finding: 'internal-error', page: true });
      const plan = await planGameDay(account(), target);
      const { steps } = await runGameDay(account(), plan, {
        signal: stopper.signal,
        onStep: ({ name }) => name === stopAfter && stopper.abort(),
      });
      const tried = steps.slice(0, steps.findIndex(({ name }) => name === stopAfter) + 1);
      return { plan, tried, problems: tried.flatMap(({ problems }) => problems.map(({ what }) => what)) };
    }

    test('finds the stacks, and all that it tries until the values are drilled', async () => {
      const { plan, problems } = await gameDay('drill');
      expect(plan.caller).toMatchObject({ account: moto.env.CDK_DEFAULT_ACCOUNT, region: moto.env.AWS_REGION });
      expect(plan.alarm).toMatchObject({ state: 'OK', periodMs: 60_000, datapointsToAlarm: 2, evaluationPeriods: 10 });
      expect(plan.told).toEqual(['o…@example.com']);
      // moto has no DescribeAlarmHistory, which the notifiers need.
      expect(problems).toEqual(
        ['page', 'ticket'].map((route) =>
          expect.stringMatching(
            new RegExp(
              `^okta-synthetics-notify-${route} failed: Error: the self-test failed: the alarm's history could not be read: \\w+$`,
            ),
          ),
        ),
      );
      const { series } = plan.target;
      const values = await account().values(series, 'Maximum', Date.now() - 300_000, Date.now() + 60_000);
      expect(Math.max(...values.map(({ value }) => value))).toBe(2);
    });

    test('names a subscription that is missing, and a schedule that is disabled', async () => {
      const { audience = '' } = (await gameDay('stack')).plan;
      const sns = new SNSClient(place());
      const { Subscriptions = [] } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn: audience }));
      await Promise.all(
        Subscriptions.map(({ SubscriptionArn }) => sns.send(new UnsubscribeCommand({ SubscriptionArn }))),
      );
      const scheduler = new SchedulerClient(place());
      const name = { GroupName: 'okta-synthetics', Name: 'acme-limits' };
      const { ScheduleExpression, FlexibleTimeWindow, Target } = await scheduler.send(new GetScheduleCommand(name));
      const rest = { ScheduleExpression, FlexibleTimeWindow, Target };
      await scheduler.send(new UpdateScheduleCommand({ ...name, ...rest, State: 'DISABLED' }));
      expect((await gameDay('schedules')).problems).toEqual([
        'There is no subscription to okta-synthetics-pages',
        'The schedule acme-limits is disabled',
      ]);
    });

    test('is a command, which ends with 1 where something is missing', async () => {
      const args = ['--live', '--yes', '--stack', 'No'];
      const { code, stdout } = await launch('drill', args, moto.env);
      expect([code, stdout]).toEqual([1, expect.stringContaining('There is no stack No in this account and Region.')]);
    });

    test('names the right that the caller lacks, and the stack that is not there', async () => {
      const target = targetIn(config, {
        finding: 'internal-error',
        page: true,
        stack: 'No',
      });
      expect((await planGameDay(account(), target)).stacks.problems).toHaveLength(1);
      await expect(account().items('no-such-table', 'acme', 'group#')).rejects.toThrow(
        'dynamodb:Query failed: ResourceNotFoundException',
      );
    });
  });

  test('is undone by cdk destroy, which leaves nothing', async () => {
    await cdk('destroy', '--force');
    expect(await standing()).toEqual(nothing);
  });

  describe('two deployments side by side, with three orgs each', () => {
    const org = (name: string) => ({ name, domain: `${name}.okta.com` });
    const three = ['acme', 'globex', 'initech'].map(org);
    /**
     * Trap: moto loses change sets of the same name, and answers 500 to a parameter that shall keep its default.
     */
    const updates = ['--method', 'direct', '--no-previous-parameters'];
    /** Stack ids and their templates, by the name of the deployment's stack and of the org's. */
    type Templates = Readonly<Record<string, string>>;

    async function configFile(deployment: string, orgs: readonly object[]): Promise<string> {
      const file = path.join(directory, `${deployment}.json`);
      const people = { pages: [{ email: 'on-call@acme.test' }], tickets: [{ email: 'team@acme.test' }] };
      await writeFile(file, JSON.stringify({ deployment, alerts: people, orgs }));
      return file;
    }

    async function run(command: 'deploy' | 'destroy', deployment: string, orgs: readonly object[]): Promise<void> {
      const consent = command === 'deploy' ? ['--require-approval', 'never', ...updates] : ['--force'];
      const config = ['--context', `config=${await configFile(deployment, orgs)}`];
      await cdk(command, ...consent, ...config, '--output', path.join(directory, `cdk.out-${deployment}`));
    }

    async function templates(): Promise<Templates> {
      const ids = (await standing()).stacks;
      return Object.fromEntries(await Promise.all(ids.map(async (id) => [id, await moto.templateOf(id)] as const)));
    }

    /** The stacks that were changed, made or deleted, as `deployment org`, or `deployment` for what its orgs share. */
    function changes(before: Templates, after: Templates): readonly string[] {
      const ids = [...new Set([...Object.keys(before), ...Object.keys(after)])];
      const names = ids.flatMap((id) => {
        const [, stack = '', nested] =
          /:stack\/(OktaSynthetics(?:-staging)?)(?:-MonitorOrg([a-z]+)Nested[^/]*)?\//.exec(id) ?? [];
        const deployment = stack.endsWith('staging') ? 'staging' : 'okta-synthetics';
        return before[id] === after[id] ? [] : [[deployment, nested].filter(Boolean).join(' ')];
      });
      return names.toSorted();
    }

    /** The types of the resources that differ in the stacks that are in both, other than those of one org. */
    function sharedChanges(before: Templates, after: Templates): readonly string[] {
      const types = Object.keys(before)
        .filter((id) => id in after)
        .flatMap((id) => {
          const [old, now] = [before, after].map((each) => JSON.parse(each[id] ?? '{}').Resources);
          const ids = [...new Set([...Object.keys(old), ...Object.keys(now)])];
          const differs = (key: string) => JSON.stringify(old[key]) !== JSON.stringify(now[key]);
          return ids.filter(differs).map((key) => (now[key] ?? old[key]).Type);
        });
      return [...new Set(types)].toSorted();
    }

    test('share nothing, and the second changes nothing of the first', async () => {
      await run('deploy', 'okta-synthetics', three);
      const alone = await templates();
      await run('deploy', 'staging', three);
      const both = await templates();
      expect(changes(alone, both)).toEqual(['staging', 'staging acme', 'staging globex', 'staging initech']);
      const { stacks, ...shared } = await standing();
      for (const names of Object.values(shared)) {
        const ours = names.filter((name) => !/staging/.test(name));
        expect(names).toHaveLength(2 * ours.length);
      }
    });

    test('are what npm run doctor finds, with the same configuration and with another one', async () => {
      const doctor = async (orgs: readonly object[]) => {
        const { stdout } = await launch('doctor', ['--config', await configFile('staging', orgs), '--json'], env);
        return Object.fromEntries(
          (JSON.parse(stdout).examinations as readonly Examination[])
            .filter(({ part }) => ['AWS', 'Deployment'].includes(part))
            .flatMap(({ diagnoses }) => diagnoses.map(({ what, status }) => [what, status])),
        );
      };
      expect(await doctor(three)).toEqual({
        // moto does not know GetAccountSettings, and passes over subscriptions.
        ...{ 'AWS credentials': 'ok', 'CDK bootstrap': 'ok', 'Lambda concurrency': 'open' },
        ...{ stack: 'ok', configuration: 'ok', functions: 'ok', subscriptions: 'warning', encryption: 'ok' },
      });
      expect(await doctor(three.slice(1))).toMatchObject({ stack: 'ok', configuration: 'warning' });
    });

    const [acme, globex, initech] = three;
    const renamed = { ...globex, name: 'globex-eu' };
    const umbrella = org('umbrella');

    test.each([
      ['adding an org', [acme, globex, initech, umbrella], ['umbrella']],
      ['renaming one', [acme, renamed, initech, umbrella], ['globex', 'globexeu']],
      ['removing one', [acme, renamed, umbrella], ['initech']],
    ])('%s changes nothing of another, and nothing of the other deployment', async (_, orgs, touched) => {
      const before = await templates();
      const standingBefore = await standing();
      await run('deploy', 'staging', orgs as readonly object[]);
      const after = await templates();
      expect(changes(before, after)).toEqual(['staging', ...touched.map((name) => `staging ${name}`)].toSorted());
      expect(sharedChanges(before, after)).toEqual(['AWS::CloudFormation::Stack']);
      // Functions, topics, logs, roles, the table and the dashboard stay.
      const { stacks: _stacks, ...others } = await standing();
      expect(standingBefore).toMatchObject(others);
    });

    test('are destroyed one after the other, and leave nothing', async () => {
      const both = await templates();
      const left = [acme, renamed, umbrella];
      await run('destroy', 'staging', left as readonly object[]);
      expect(changes(both, await templates())).toEqual([
        'staging',
        'staging acme',
        'staging globexeu',
        'staging umbrella',
      ]);
      await run('destroy', 'okta-synthetics', three);
      expect(await standing()).toEqual(nothing);
    });
  });
});
