import { execFile } from 'node:child_process';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { CloudWatchClient, GetMetricDataCommand, type MetricStat } from '@aws-sdk/client-cloudwatch';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { faultDomains } from '../../functions/model/fault-domain.ts';
import { type OktaEmulator, startOktaEmulator } from '../../local/emulators/okta/okta-emulator.ts';
import { emulateOrg } from '../../local/simulator/emulated-org.ts';
import { startFunction } from '../../local/simulator/lambda/function-process.ts';
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
    // The app is run by whatever `node` is first on the path.
    const PATH = [path.dirname(process.execPath), process.env.PATH].join(path.delimiter);
    env = { ...process.env, ...moto.env, ...quiet, PATH };
    await cdk('bootstrap', `aws://${moto.env.CDK_DEFAULT_ACCOUNT}/${moto.env.AWS_REGION}`);
  });

  afterAll(() => running.disposeAsync());

  async function cdk(...args: readonly string[]): Promise<string> {
    const options = ['--no-notices', '--output', `${directory}/cdk.out`];
    const bin = path.resolve('node_modules/aws-cdk/bin/cdk');
    const { stdout, stderr } = await run(process.execPath, [bin, ...args, ...options], { env, maxBuffer: 2 ** 24 });
    return stdout + stderr;
  }

  async function resources(type: string): Promise<readonly Resource[]> {
    const template = JSON.parse(await readFile(path.join(directory, 'cdk.out/OktaSynthetics.template.json'), 'utf8'));
    return Object.values(template.Resources as Record<string, Resource>).filter(({ Type }) => Type === type);
  }

  const names = ['flows', 'limits', 'notify-page', 'notify-ticket', 'status'];
  const kinds = ['functions', 'logGroups', 'topics', 'dashboards', 'roles'] as const;

  /** What of the stack is there, by kind. */
  async function standing() {
    const entries = kinds.map(async (kind) => {
      const names = await moto.list(kind);
      return [kind, names.filter((name) => /okta-?synthetics/i.test(name)).toSorted()] as const;
    });
    return Object.fromEntries(await Promise.all(entries));
  }

  test('makes functions, logs, topics, roles and a dashboard', async () => {
    expect(await cdk('deploy', '--require-approval', 'never')).toContain('✅  OktaSynthetics');
    expect(await standing()).toEqual({
      functions: names.map((name) => `okta-synthetics-${name}`),
      logGroups: names.map((name) => `/aws/lambda/okta-synthetics-${name}`),
      topics: ['page-alarms', 'pages', 'ticket-alarms', 'tickets'].map((name) => `okta-synthetics-${name}`),
      dashboards: ['okta-synthetics'],
      // One a function, and that of the schedules.
      roles: Array.from({ length: names.length + 1 }, () => expect.anything()),
    });
    const passedOver = [...moto.passedOver].filter((type) => !type.startsWith('AWS::CDK::')).toSorted();
    process.stdout.write(`moto knows nothing of, and passed over: ${passedOver.join(', ')}\n`);
  });

  test('lets the functions measure, on their schedules, all that the alarms look at', async () => {
    const at = { endpoint: moto.env.AWS_ENDPOINT_URL, region: moto.env.AWS_REGION };
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const secretsManager = new SecretsManagerClient({ ...at, credentials });
    const environment = { awsEndpoint: moto.env.AWS_ENDPOINT_URL, caFile: path.join(directory, 'ca.pem') };
    for (const { Properties } of await resources('AWS::Scheduler::Schedule')) {
      const event = JSON.parse(Properties.Target.Input);
      if ('selfTest' in event) continue;
      const { org, secrets } = emulateOrg(event, okta);
      for (const [Name, SecretString] of secrets) {
        // Two groups may name one secret.
        await secretsManager.send(new CreateSecretCommand({ Name, SecretString })).catch(() => {});
      }
      const group = Properties.Name.replace(/^acme-/, '');
      await using lambda = startFunction(path.resolve('dist', group, 'index.mjs'), environment);
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

  test('is undone by cdk destroy, which leaves nothing', async () => {
    await cdk('destroy', '--force');
    expect(await standing()).toEqual(Object.fromEntries(kinds.map((kind) => [kind, []])));
  });
});
