import type { Secret, Secrets } from '../../../functions/aws/secrets.ts';
import { userSecretOf } from '../../../functions/journey/user-secret.ts';
import { resourceName } from '../../../functions/model/deployment.ts';
import { SecretUnreadable } from '../../../functions/model/errors.ts';
import { routes } from '../../../functions/model/finding.ts';
import type { Org } from '../../../functions/model/org.ts';
import { privateKeyOf } from '../../../functions/run/private-key.ts';
import { textOf } from '../../../functions/run/secret-members.ts';
import { configDigest, digestOutput } from '../../../lib/config/config-digest.ts';
import type { Config } from '../../../lib/config/schema.ts';
import { probeEvents } from '../../../lib/functions/probe-event.ts';
import { concurrency } from '../../../lib/limits/quotas.ts';
import { stackName } from '../../../lib/monitor-stack.ts';
import { monitoredOrgs } from '../../../lib/monitored-org.ts';
import { awsProblem } from '../aws-problem.ts';
import type { AccountSubscription, DeployedStack, ExaminedAccount } from '../game-day/deployed-account.ts';
import { quoted } from '../reporters/text.ts';
import { type Diagnosis, lookAt } from './diagnosis.ts';

/** Compares the deployment with the configuration at this path. */
export async function examineDeployment(
  aws: ExaminedAccount,
  config: Config,
  path: string,
): Promise<readonly Diagnosis[]> {
  const name = stackName(config);
  const commands = deployCommands(path);
  let stack: DeployedStack | undefined;
  const stacks = await lookAt(
    'stack',
    { action: 'cloudformation:DescribeStacks', on: `the stack ${name}` },
    async () => {
      stack = await aws.stack(name);
      return diagnoseStack(name, stack, configDigest(config), commands);
    },
  );
  if (!stack) return stacks;
  const { outputs } = stack;
  const found = await Promise.all([diagnoseFunctions(aws, config, commands), diagnoseTopics(aws, config, outputs)]);
  return [...stacks, ...found.flat()];
}

interface DeployCommands {
  readonly deploy: string;
  readonly diff: string;
}

/** The commands for a configuration. Without it, they would be for the shipped example. */
export function deployCommands(path: string): DeployCommands {
  const context = `--context config=${quoted(path)}`;
  return { deploy: `npm run deploy -- ${context}`, diff: `npx cdk diff ${context}` };
}

function diagnoseStack(
  name: string,
  stack: DeployedStack | undefined,
  digest: string,
  commands: DeployCommands,
): readonly Diagnosis[] {
  const what = 'stack';
  if (!stack)
    return [
      {
        ...{ what, status: 'open', found: `${name} is not deployed in this account and Region` },
        remedy: `Deploy it: ${commands.deploy}`,
      },
    ];
  const { status, outputs } = stack;
  const found = `${name}: ${status}`;
  const isFailed = /FAILED|ROLLBACK/.test(status) && status !== 'UPDATE_ROLLBACK_COMPLETE';
  const remedy = 'Read its events: aws cloudformation describe-stack-events. Then deploy again.';
  const diagnosis: Diagnosis = isFailed
    ? { what, status: 'problem', found, remedy }
    : status === 'UPDATE_ROLLBACK_COMPLETE'
      ? { what, status: 'warning', found: `${found}: the last deployment was taken back`, remedy }
      : status.endsWith('_IN_PROGRESS')
        ? { what, status: 'warning', found, remedy: 'Wait until it has ended.' }
        : { what, status: 'ok', found };
  return [diagnosis, diagnoseDigest(outputs[digestOutput], digest, commands)];
}

function diagnoseDigest(deployed: string | undefined, own: string, { deploy, diff }: DeployCommands): Diagnosis {
  const what = 'configuration';
  if (deployed === undefined)
    return {
      ...{ what, status: 'open', found: 'the stack does not say from which configuration it was deployed' },
      remedy: 'An older version, or an app of your own, deployed it.',
    };
  if (deployed === own) return { what, status: 'ok', found: 'the stack was deployed from this configuration' };
  return {
    ...{ what, status: 'warning', found: 'the stack was deployed from another configuration, or by another version' },
    remedy: `See what differs: ${diff}. Deploy it: ${deploy}`,
  };
}

async function diagnoseFunctions(
  aws: ExaminedAccount,
  config: Config,
  { deploy }: DeployCommands,
): Promise<readonly Diagnosis[]> {
  const what = 'functions';
  const groups = new Set(
    monitoredOrgs(config)
      .flatMap(probeEvents)
      .map(({ group }) => group),
  );
  const names = [...groups, ...routes.map((route) => `notify-${route}`), 'sweep'].map((name) =>
    resourceName(config.deployment, name),
  );
  return lookAt(what, { action: 'lambda:GetFunctionConfiguration', on: 'the functions' }, async () => {
    const states = await Promise.all(
      names.map(async (name) => {
        const found = await aws.functionState(name);
        if (!found) return { name, wrong: 'missing' };
        const { state, lastUpdate } = found;
        return { name, wrong: state === 'Failed' ? 'failed' : lastUpdate === 'Failed' ? 'not updated' : undefined };
      }),
    );
    const wrong = states.flatMap(({ name, wrong: how }) => (how === undefined ? [] : [`${name} (${how})`]));
    if (wrong.length === 0) return { what, status: 'ok', found: `all ${names.length} are there` };
    return { what, status: 'problem', found: wrong.join(', '), remedy: `Deploy it: ${deploy}` };
  });
}

async function diagnoseTopics(
  aws: ExaminedAccount,
  { deployment }: Config,
  outputs: DeployedStack['outputs'],
): Promise<readonly Diagnosis[]> {
  const named = Object.entries(outputs).flatMap(([name, value]) => (/^Topic\w+s$/.test(name) ? [value] : []));
  const isOwn = (arn: string) => {
    const name = arn.split(':').at(-1) ?? '';
    return (
      named.includes(arn) ||
      (name.startsWith(deployment) && /^(_|-(pages|tickets))/.test(name.slice(deployment.length)))
    );
  };
  const subscriptions = await lookAt(
    'subscriptions',
    { action: 'sns:ListSubscriptions', on: 'this account' },
    async () =>
      diagnoseSubscriptions(
        (await aws.allSubscriptions()).filter(({ topicArn }) => isOwn(topicArn)),
        named,
      ),
  );
  const keys = await lookAt('encryption', { action: 'sns:GetTopicAttributes', on: 'the topics' }, async () =>
    diagnoseKeys(await Promise.all(named.map(async (arn) => ({ arn, key: await aws.topicKey(arn) })))),
  );
  return [...subscriptions, ...keys];
}

const unnamed = 'not known: the stack does not name its topics';

/** Trap: the address of anything but e-mail may contain a secret, so it is not shown. */
export function diagnoseSubscriptions(
  subscriptions: readonly AccountSubscription[],
  topics: readonly string[],
): readonly Diagnosis[] {
  const what = 'subscriptions';
  const pending = subscriptions.filter(({ isConfirmed }) => !isConfirmed);
  const nameOf = ({ protocol, endpoint, topicArn }: AccountSubscription) =>
    `${protocol.startsWith('email') ? endpoint : `one by ${protocol}`} to ${topicArn.split(':').at(-1)}`;
  const silent = topics.filter(
    (arn) => !subscriptions.some(({ topicArn, isConfirmed }) => topicArn === arn && isConfirmed),
  );
  return [
    ...(pending.length > 0
      ? [
          {
            ...{ what, status: 'problem' as const, found: `not confirmed: ${pending.map(nameOf).join(', ')}` },
            remedy: 'Have each receiver follow the link in the message of AWS Notifications. It is valid for two days.',
          },
        ]
      : []),
    ...(silent.length > 0
      ? [
          {
            ...{ what, status: 'warning' as const },
            found: `no subscription to ${silent.map((arn) => arn.split(':').at(-1)).join(', ')}`,
            remedy: 'Add a receiver to alerts in the configuration, or confirm that messages go elsewhere.',
          },
        ]
      : []),
    ...(topics.length === 0 ? [{ what, status: 'open' as const, found: unnamed }] : []),
    ...(topics.length > 0 && pending.length + silent.length === 0
      ? [{ what, status: 'ok' as const, found: `all ${subscriptions.length} are confirmed` }]
      : []),
  ];
}

export function diagnoseKeys(topics: readonly { readonly arn: string; readonly key: string | undefined }[]): Diagnosis {
  const what = 'encryption';
  const names = (some: typeof topics) => some.map(({ arn }) => arn.split(':').at(-1)).join(', ');
  if (topics.length === 0) return { what, status: 'open', found: unnamed };
  const unfit = topics.filter(({ key }) => key !== undefined && /(^|:)alias\/aws\/sns$/.test(key));
  const open = topics.filter(({ key }) => key === undefined);
  if (unfit.length > 0)
    return {
      ...{ what, status: 'problem', found: `CloudWatch may not use the key that AWS manages for SNS: ${names(unfit)}` },
      remedy: 'Encrypt the topic with a key of your own: see docs/cdk.md.',
    };
  if (open.length > 0)
    return {
      ...{ what, status: 'warning', found: `not encrypted: ${names(open)}` },
      remedy: 'Encrypt the topic with a key of your own: see docs/cdk.md.',
    };
  return { what, status: 'ok', found: 'the topics are encrypted with a key of the account' };
}

/** How a secret is read: what must be in it. Throws `SecretUnreadable`. */
type Reading = (secret: Secret, name: string) => unknown;

/** Whether the secrets of an org exist and have the shape that is needed. No value is shown or sent anywhere. */
export async function diagnoseSecrets(org: Org, secrets: Secrets): Promise<readonly Diagnosis[]> {
  const readings = new Map(readingsOf(org));
  return Promise.all(
    [...readings].map(async ([name, reading]): Promise<Diagnosis> => {
      const what = `secret ${name}`;
      try {
        await reading(await secrets.read(name), name);
        return { what, status: 'ok', found: 'exists and can be read' };
      } catch (error) {
        if (!(error instanceof SecretUnreadable)) throw error;
        return diagnoseUnreadable(what, name, error.message);
      }
    }),
  );
}

/** The reason and the remedy are one text: `secret "x": reason: remedy`. */
function diagnoseUnreadable(what: string, name: string, message: string): Diagnosis {
  const text = message.replace(`secret ${JSON.stringify(name)}: `, '');
  const at = text.indexOf(': ');
  const found = at < 0 ? text : text.slice(0, at);
  // Who may not read a secret knows nothing of it.
  const isOpen = /AWS credentials|AccessDenied|cannot be asked|no AWS region|throttles/i.test(text);
  return {
    what,
    status: isOpen ? 'open' : 'problem',
    found,
    ...(at >= 0 && { remedy: `${capitalized(text.slice(at + 2))}.` }),
  };
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function readingsOf({ servers, api, user }: Org): readonly (readonly [name: string, reading: Reading])[] {
  const key: Reading = privateKeyOf;
  const text =
    (member: 'clientSecret' | 'apiToken'): Reading =>
    (secret, name) =>
      textOf(secret, name, member);
  return [
    ...servers.flatMap(({ service, web }) => [
      ...(service
        ? [[service.secret, service.authentication === 'private_key_jwt' ? key : text('clientSecret')] as const]
        : []),
      ...(web?.secret !== undefined
        ? [[web.secret, web.authentication === 'private_key_jwt' ? key : text('clientSecret')] as const]
        : []),
    ]),
    ...(api ? [[api.secret, api.kind === 'token' ? text('apiToken') : key] as const] : []),
    ...(user ? [[user.secret, userSecretOf as Reading] as const] : []),
  ];
}

/** The version of the bootstrap stack that this CDK's templates need. */
const leastBootstrapVersion = 6;

/** The load that a deployment puts on Lambda. */
export interface PlannedRuns {
  /** The schedules, all of which may begin in the same second. */
  readonly schedules: number;
  readonly runsPerMinute: number;
}

/** Whether AWS can be used at all: who asks, and in which Region. */
export async function diagnoseIdentity(aws: ExaminedAccount): Promise<Diagnosis> {
  const what = 'AWS credentials';
  try {
    const { account, region, by } = await aws.caller();
    return { what, status: 'ok', found: `account ${account}, Region ${region}, as ${by}` };
  } catch (error) {
    const { why, remedy, kind } = awsProblem(error, { action: 'sts:GetCallerIdentity', on: 'these credentials' });
    return { what, status: kind === 'credentials' ? 'problem' : 'open', found: why, remedy };
  }
}

/** The account and the Region, before anything is deployed. */
export async function examineAccount(aws: ExaminedAccount, planned: PlannedRuns): Promise<readonly Diagnosis[]> {
  const found = await Promise.all([diagnoseBootstrap(aws), diagnoseConcurrency(aws, planned)]);
  return found.flat();
}

function diagnoseBootstrap(aws: ExaminedAccount): Promise<readonly Diagnosis[]> {
  const what = 'CDK bootstrap';
  const remedy = 'Run npx cdk bootstrap in this account and Region.';
  return lookAt(what, { action: 'ssm:GetParameter', on: '/cdk-bootstrap/hnb659fds/version' }, async () => {
    const version = await aws.bootstrapVersion();
    if (version === undefined) return { what, status: 'problem', found: 'the CDK is not bootstrapped here', remedy };
    if (Number(version) >= leastBootstrapVersion) return { what, status: 'ok', found: `version ${version}` };
    return { what, status: 'problem', found: `version ${version}, and ${leastBootstrapVersion} is needed`, remedy };
  });
}

function diagnoseConcurrency(
  aws: ExaminedAccount,
  { schedules, runsPerMinute }: PlannedRuns,
): Promise<readonly Diagnosis[]> {
  const what = 'Lambda concurrency';
  return lookAt(what, { action: 'lambda:GetAccountSettings', on: 'this account' }, async () => {
    const most = await aws.unreservedConcurrency();
    if (most === undefined)
      return { what, status: 'open', found: 'AWS does not say how many functions may run at once' };
    const found = `${most} functions may run at once, for ${schedules} schedules`;
    const remedy = `Ask AWS for more in Service Quotas: Lambda, Concurrent executions. An account has ${concurrency.account.most.toLocaleString('en-US')} by default, and a new one ${concurrency.newAccount.most}.`;
    // A run takes about a second.
    if (runsPerMinute / 60 > most)
      return { what, status: 'problem', found: `${found}: not all runs can be made`, remedy };
    if (schedules > most)
      return {
        what,
        status: 'warning',
        found: `${found}: runs that begin in the same second wait for each other`,
        remedy,
      };
    return { what, status: 'ok', found };
  });
}
