import { describe, expect, it } from 'vitest';
import { configDigest } from '../../../../../lib/config/config-digest.ts';
import { checkConfig } from '../../../../../lib/config/load-config.ts';
import { AccountError } from '../../../../../local/commands/aws-problem.ts';
import {
  deployCommands,
  diagnoseIdentity,
  examineAccount,
  examineDeployment,
} from '../../../../../local/commands/doctor/deployment.ts';
import type { Diagnosis } from '../../../../../local/commands/doctor/diagnosis.ts';
import type { ExaminedAccount } from '../../../../../local/commands/game-day/deployed-account.ts';

const config = checkConfig({
  orgs: [{ name: 'acme', domain: 'acme.okta.com', servers: [{ id: 'default', audience: 'api://default' }] }],
});
const topic = (name: string) => `arn:aws:sns:eu-west-1:123456789012:okta-synthetics-${name}`;
const outputs = {
  ConfigurationDigest: configDigest(config),
  ...{ TopicPages: topic('pages'), TopicTickets: topic('tickets'), DashboardUrl: 'https://console' },
};
const subscribed = (name: string, endpoint: string, isConfirmed = true, protocol = 'email') => ({
  ...{ topicArn: topic(name), protocol, endpoint, isConfirmed },
});

/** AWS where everything is as it should be, except for what a test changes. */
function aws(change: Partial<ExaminedAccount> = {}): ExaminedAccount {
  return {
    caller: async () => ({ account: '123456789012', region: 'eu-west-1', by: 'assumed-role/Admin/me' }),
    bootstrapVersion: async () => '28',
    unreservedConcurrency: async () => 1000,
    stack: async () => ({ status: 'UPDATE_COMPLETE', outputs }),
    functionState: async () => ({ state: 'Active', lastUpdate: 'Successful' }),
    allSubscriptions: async () => [subscribed('pages', 'a@example.com'), subscribed('tickets', 'b@example.com')],
    topicKey: async () => 'arn:aws:kms:eu-west-1:123456789012:key/1',
    ...change,
  };
}

/** An error of the SDK, as the account passes it on. Its message may quote what was sent. */
const fail =
  (name: string, message = 'canary') =>
  () =>
    Promise.reject(new AccountError('refused', { cause: Object.assign(new Error(message), { name }) }));

const planned = { schedules: 3, runsPerMinute: 3 };
const statuses = (found: readonly Diagnosis[]) => Object.fromEntries(found.map(({ what, status }) => [what, status]));

describe('the doctor, where all is well in AWS', () => {
  it('finds nothing', async () => {
    expect(await diagnoseIdentity(aws())).toEqual({
      ...{ what: 'AWS credentials', status: 'ok' },
      found: 'account 123456789012, Region eu-west-1, as assumed-role/Admin/me',
    });
    expect(statuses(await examineAccount(aws(), planned))).toEqual({
      'CDK bootstrap': 'ok',
      'Lambda concurrency': 'ok',
    });
    expect(statuses(await examineDeployment(aws(), config, 'my.jsonc'))).toEqual({
      ...{ stack: 'ok', configuration: 'ok', functions: 'ok', subscriptions: 'ok', encryption: 'ok' },
    });
  });
});

type Case = [name: string, change: Partial<ExaminedAccount>, status: Diagnosis['status'], says: string];

describe('the doctor finds', () => {
  it.each<Case>([
    [
      'that there are no credentials',
      { caller: fail('CredentialsProviderError') },
      'problem',
      'there are no AWS credentials',
    ],
    ['that the credentials have expired', { caller: fail('ExpiredToken') }, 'problem', 'have expired'],
    ['that no Region is set', { caller: fail('Error', 'Region is missing') }, 'problem', 'no AWS Region is set'],
    ['that AWS cannot be reached', { caller: fail('TimeoutError') }, 'open', 'cannot be asked (TimeoutError)'],
  ])('%s', async (_, change, status, says) => {
    const found = await diagnoseIdentity(aws(change));
    expect(found).toMatchObject({ status, found: expect.stringContaining(says), remedy: expect.anything() });
    expect(JSON.stringify(found)).not.toContain('canary');
  });

  it.each<Case>([
    ['that the CDK is not bootstrapped', { bootstrapVersion: async () => undefined }, 'problem', 'not bootstrapped'],
    [
      'a bootstrap stack that is too old',
      { bootstrapVersion: async () => '5' },
      'problem',
      'version 5, and 6 is needed',
    ],
    [
      'that it may not read the version',
      { bootstrapVersion: fail('AccessDeniedException') },
      'open',
      'ssm:GetParameter',
    ],
    [
      'schedules that wait for each other',
      { unreservedConcurrency: async () => 2 },
      'warning',
      '2 functions may run at once, for 3',
    ],
    ['that not all runs can be made', { unreservedConcurrency: async () => 0 }, 'problem', 'not all runs can be made'],
    [
      'that it may not read the quota',
      { unreservedConcurrency: fail('AccessDeniedException') },
      'open',
      'lambda:GetAccountSettings',
    ],
  ])('%s', async (_, change, status, says) => {
    const found = await examineAccount(aws(change), planned);
    expect(found).toContainEqual(expect.objectContaining({ status, found: expect.stringContaining(says) }));
    expect(found.filter((each) => each.status === 'ok')).toHaveLength(1);
    expect(JSON.stringify(found)).not.toContain('canary');
  });

  it.each<Case>([
    ['that nothing is deployed yet', { stack: async () => undefined }, 'open', 'OktaSynthetics is not deployed'],
    [
      'a deployment that failed',
      { stack: async () => ({ status: 'ROLLBACK_COMPLETE', outputs }) },
      'problem',
      'ROLLBACK_COMPLETE',
    ],
    [
      'a deployment that was taken back',
      { stack: async () => ({ status: 'UPDATE_ROLLBACK_COMPLETE', outputs }) },
      'warning',
      'taken back',
    ],
    [
      'one that is under way',
      { stack: async () => ({ status: 'UPDATE_IN_PROGRESS', outputs }) },
      'warning',
      'UPDATE_IN_PROGRESS',
    ],
    [
      'that another configuration is deployed',
      { stack: async () => ({ status: 'CREATE_COMPLETE', outputs: { ...outputs, ConfigurationDigest: '0' } }) },
      ...(['warning', 'another configuration'] as const),
    ],
    [
      'that a stack does not say which',
      { stack: async () => ({ status: 'CREATE_COMPLETE', outputs: { TopicPages: topic('pages') } }) },
      ...(['open', 'does not say from which'] as const),
    ],
    [
      'a function that is missing',
      { functionState: async () => undefined },
      'problem',
      'okta-synthetics-flows (missing)',
    ],
    [
      'a function that failed',
      { functionState: async () => ({ state: 'Failed', lastUpdate: 'Failed' }) },
      'problem',
      '(failed)',
    ],
    [
      'that it may not look at functions',
      { functionState: fail('AccessDeniedException') },
      'open',
      'lambda:GetFunctionConfiguration',
    ],
    [
      'a topic that nobody is subscribed to',
      { allSubscriptions: async () => [subscribed('pages', 'a@example.com')] },
      'warning',
      'okta-synthetics-tickets',
    ],
    ['a topic that is not encrypted', { topicKey: async () => undefined }, 'warning', 'not encrypted'],
    ['the key that AWS manages', { topicKey: async () => 'alias/aws/sns' }, 'problem', 'CloudWatch may not use'],
    [
      'that it may not list subscriptions',
      { allSubscriptions: fail('AuthorizationErrorException') },
      'open',
      'sns:ListSubscriptions',
    ],
  ])('%s', async (_, change, status, says) => {
    const found = await examineDeployment(aws(change), config, 'my.jsonc');
    expect(found).toContainEqual(expect.objectContaining({ status, found: expect.stringContaining(says) }));
    expect(JSON.stringify(found)).not.toContain('canary');
  });

  it('a stack to deploy, by a command that names the configuration', async () => {
    const found = await examineDeployment(aws({ stack: async () => undefined }), config, 'my.jsonc');
    expect(found).toMatchObject([
      { what: 'stack', status: 'open', remedy: 'Deploy it: npm run deploy -- --context config=my.jsonc' },
    ]);
  });

  it('commands with the path of the configuration in quotes, if it has a space', () => {
    expect(deployCommands('my org.jsonc')).toEqual({
      deploy: "npm run deploy -- --context config='my org.jsonc'",
      diff: "npx cdk diff --context config='my org.jsonc'",
    });
  });

  it('nothing about topics that the stack does not name', async () => {
    const found = await examineDeployment(
      aws({ stack: async () => ({ status: 'CREATE_COMPLETE', outputs: {} }) }),
      config,
      'my.jsonc',
    );
    expect(statuses(found)).toMatchObject({ subscriptions: 'open', encryption: 'open' });
  });

  it('subscriptions that are not confirmed, by e-mail address, and of others only how', async () => {
    const allSubscriptions = async () => [
      ...[subscribed('pages', 'a@example.com', false), subscribed('tickets', 'b@example.com')],
      subscribed('pages', 'https://events.pagerduty.com/canary', false, 'https'),
      { ...subscribed('pages', 'else@example.com', false), topicArn: 'arn:aws:sns:eu-west-1:123456789012:others' },
      // As long as the name of the deployment.
      {
        ...subscribed('pages', 'b@example.com', false),
        topicArn: 'arn:aws:sns:eu-west-1:123456789012:paymentservices-pages',
      },
    ];
    const found = await examineDeployment(aws({ allSubscriptions }), config, 'my.jsonc');
    const text = found.filter(({ what }) => what === 'subscriptions').map((each) => each.found);
    expect(text).toEqual([
      'not confirmed: a@example.com to okta-synthetics-pages, one by https to okta-synthetics-pages',
      'no subscription to okta-synthetics-pages',
    ]);
  });
});

it('the digest of a configuration does not depend on the order of fields, and changes with any value', () => {
  const [org] = config.orgs;
  const reordered = Object.fromEntries(Object.entries(config).toReversed()) as typeof config;
  expect(configDigest(reordered)).toBe(configDigest(config));
  expect(configDigest({ ...config, orgs: org ? [{ ...org, name: 'other' }] : [] })).not.toBe(configDigest(config));
});
