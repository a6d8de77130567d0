import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Group } from '../../../../functions/model/probe.ts';
import { checkEnvironment } from '../../../../functions/run/check-answer.ts';
import { checkConfig } from '../../../../lib/config/load-config.ts';
import { bundle } from '../../../../lib/functions/bundle.ts';
import { monitoredOrgs } from '../../../../lib/monitored-org.ts';
import { openLambdaCheck } from '../../../../local/commands/check/check-from-lambda.ts';
import { checkOrgs } from '../../../../local/commands/check/check-orgs.ts';
import { selectProbes } from '../../../../local/commands/check/select-probes.ts';
import { checkDocument, formatChecked } from '../../../../local/commands/reporters/check.ts';
import { startAwsEmulator } from '../../../../local/self-hosted/aws-emulator/aws-emulator.ts';
import { startFunction } from '../../../../local/self-hosted/lambda/function-process.ts';
import { openOkta } from '../../../../packages/okta-emulator/test/support/open-okta.ts';
import { tooLong } from '../../../support/run-command.ts';
import { memorySecrets } from '../../../support/run-probes.ts';
import { type ApiFunction, startLambdaApi } from '../../../support/start-lambda-api.ts';

const { okta } = await openOkta();
const { service, web } = okta.clients;

const orgsWith = (more: object = {}) =>
  monitoredOrgs(
    checkConfig({
      statusPage: { page: okta.statusPageUrl },
      orgs: [
        {
          ...{ name: 'acme', domain: okta.domain },
          service: { clientId: service.clientId, secret: 'acme/key' },
          servers: [{ id: 'default', audience: 'api://default', scopes: ['monitor.read'] }],
          ...more,
        },
      ],
    }),
  );
const orgs = orgsWith();
const everything = selectProbes(
  orgs.map(({ org }) => org),
  {},
);
const stored = new Map([
  ['acme/key', JSON.stringify({ privateKey: service.privateJwk })],
  ['acme/web', JSON.stringify({ clientSecret: web.clientSecret })],
  ['acme/user', JSON.stringify({ password: okta.user.password })],
]);

const clientOf = (endpoint: string) =>
  new LambdaClient({
    ...{ endpoint, region: 'eu-west-1', maxAttempts: 1 },
    credentials: { accessKeyId: 'loopback', secretAccessKey: 'loopback' },
  });

/** Asks functions, each of which is this one. */
async function ask(
  lambda: ApiFunction | undefined,
  change?: Parameters<Awaited<ReturnType<typeof startLambdaApi>>['refuse']>,
) {
  const names = ['okta-synthetics-flows', 'okta-synthetics-status'];
  await using api = await startLambdaApi(new Map(lambda ? names.map((name) => [name, lambda]) : []));
  if (change) api.refuse(...change);
  const check = await openLambdaCheck({ deployment: 'okta-synthetics', orgs, client: clientOf(api.url) });
  const ended = await check(everything).then(
    (checked) => ({ checked, message: '' }),
    (error: Error) => ({ checked: [], message: `${error.name}: ${error.message}` }),
  );
  return { ...ended, calls: [...api.calls] };
}

const answering = (value: unknown): ApiFunction => ({ variables: checkEnvironment, invoke: async () => ({ value }) });

let caFile: string;
beforeAll(async () => {
  const directory = await mkdtemp(path.join(tmpdir(), 'check-from-lambda-'));
  caFile = path.join(directory, 'ca.pem');
  await writeFile(caFile, okta.ca);
});
afterAll(() => rm(path.dirname(caFile), { recursive: true }));

/** Has the deployed functions of these groups, in processes of their own, check the orgs. */
async function checkDeployed(checked: typeof orgs, groups: readonly Group[]) {
  await using aws = await startAwsEmulator(stored);
  await aws.tables.create('okta-synthetics-state', { partition: 'org', sort: 'item' });
  const variables = { STATE_TABLE: 'okta-synthetics-state', ...checkEnvironment };
  await using running = new AsyncDisposableStack();
  const functions = groups.map((group) => {
    const lambda = running.use(startFunction(bundle(group).file, { awsEndpoint: aws.url, caFile, variables }));
    const invoke = async (event: unknown) => (await lambda.invoke(event)) as { readonly value: unknown };
    return [`okta-synthetics-${group}`, { variables, invoke }] as const;
  });
  await using api = await startLambdaApi(new Map(functions));
  const client = clientOf(api.url);
  const check = await openLambdaCheck({ deployment: 'okta-synthetics', orgs: checked, client });
  const selected = selectProbes(
    checked.map(({ org }) => org),
    {},
  );
  const seen = await check(
    selected.map(({ org, plan }) => ({ org, plan: plan.filter(({ probe }) => groups.includes(probe.group)) })),
  );
  const items = await aws.tables.items('okta-synthetics-state');
  return { checked: seen, awsCalls: [...aws.calls], items, apiCalls: [...api.calls] };
}

describe('a check from Lambda', () => {
  it('is made by the deployed functions, which publish nothing and leave the state table alone', async () => {
    const { checked, awsCalls, apiCalls } = await checkDeployed(orgs, ['flows', 'status']);
    const [org] = checked;
    expect(org?.region).toBe('eu-west-1');
    expect(org?.outcomes.map(({ probe, status }) => [probe, status])).toEqual(
      orgs.flatMap(({ plan }) => plan).map(({ probe }) => [probe.id, 'passed']),
    );
    expect(new Set(awsCalls)).toEqual(new Set(['GetSecretValue']));
    expect(apiCalls.toSorted()).toEqual(
      ['GetFunctionConfiguration', 'Invoke'].flatMap((call) =>
        ['flows', 'status'].map((group) => `${call} okta-synthetics-${group}`),
      ),
    );

    const http = await checkOrgs(everything, memorySecrets(stored));
    const call = { config: 'my.jsonc', isFiltered: false, from: 'both' } as const;
    const text = stripVTControlCharacters(formatChecked([...checked, ...http], call));
    expect(text).toContain('from Lambda in eu-west-1');
    expect(text).toMatch(/acme {2}Lambda in eu-west-1 and this machine: \d+ of \d+ probes differ/);
    expect(text).toMatch(/token@default +passed(, \d+ ms)? +.*differs\n/);
    expect(tooLong(text, 100).filter((line) => !line.includes('localhost'))).toEqual([]);
    expect(checkDocument([...checked, ...http], call)).toMatchObject({ orgs: [{ region: 'eu-west-1' }, {}] });
  });

  it('remembers the credentials sent for the test user, and nothing else', async () => {
    const clients = {
      web: { clientId: web.clientId, redirectUri: web.redirectUri, secret: 'acme/web', scopes: ['openid', 'profile'] },
      user: { login: okta.user.login, secret: 'acme/user' },
    };
    const { checked, items, awsCalls } = await checkDeployed(orgsWith(clients), ['journey']);
    const [signIn] = checked.flatMap(({ outcomes }) => outcomes).filter(({ probe }) => probe === 'sign-in');
    expect(signIn?.status).toBe('passed');
    expect(items.map(({ item }) => item)).toEqual([{ S: 'sign-in' }]);
    expect(awsCalls).not.toContain('PutMetricData');
  });

  it.each([
    [
      'is not deployed',
      undefined,
      undefined,
      'There is no function okta-synthetics-flows in eu-west-1: it is not deployed',
    ],
    [
      'may not be looked at',
      answering({}),
      ['GetFunctionConfiguration', { status: 403, type: 'AccessDeniedException' }],
      'AWS does not allow lambda:GetFunctionConfiguration on the function okta-synthetics-flows in eu-west-1',
    ],
    [
      'may not be invoked',
      answering({}),
      ['Invoke', { status: 403, type: 'AccessDeniedException' }],
      'AWS does not allow lambda:InvokeFunction on the function okta-synthetics-flows in eu-west-1',
    ],
    [
      'is throttled',
      answering({}),
      ['Invoke', { status: 429, type: 'TooManyRequestsException' }],
      'Lambda throttles the function okta-synthetics-flows in eu-west-1',
    ],
    [
      'reaches its timeout',
      {
        variables: checkEnvironment,
        invoke: async () => ({
          error: {
            errorType: 'Sandbox.Timedout',
            errorMessage: 'RequestId: 1 Error: Task timed out after 30.00 seconds',
          },
        }),
      },
      undefined,
      'The function okta-synthetics-flows in eu-west-1 reached its timeout before it answered.',
    ],
    [
      'ends with an error',
      {
        variables: checkEnvironment,
        invoke: async () => ({ error: { errorType: 'TypeError', errorMessage: 'canary' } }),
      },
      undefined,
      'The function okta-synthetics-flows in eu-west-1 ended with TypeError.',
    ],
    [
      'answers something else',
      answering([{ type: 'outcome' }]),
      undefined,
      'did not answer as one of this version does',
    ],
  ] as const)('ends with a sentence if a function %s', async (_, lambda, refusal, says) => {
    const { message } = await ask(lambda, refusal as never);
    expect(message).toContain('ConfigError');
    expect(message).toContain(says);
    expect(message).not.toContain('canary');
  });

  it('does not invoke a function that does not know checks, because it would publish', async () => {
    const { message, calls } = await ask({ ...answering({}), variables: { STATE_TABLE: 'okta-synthetics-state' } });
    expect(message).toContain('is of another version, which does not know checks');
    expect(calls.filter((call) => call.startsWith('Invoke'))).toEqual([]);
  });

  it('asks with the input of the schedule, and says which probes the deployed function does not have', async () => {
    const events: unknown[] = [];
    const { checked } = await ask({
      variables: checkEnvironment,
      async invoke(event) {
        events.push(event);
        return { value: { check: 1, outcomes: [], errors: [] } };
      },
    });
    expect(events).toMatchObject([
      { name: 'acme', check: true },
      { name: 'acme', check: true },
    ]);
    expect(new Set(checked.flatMap(({ outcomes }) => outcomes.map(({ status }) => status)))).toEqual(
      new Set(['skipped']),
    );
    expect(JSON.stringify(checked[0]?.outcomes[0])).toContain('the deployed function does not have this probe');
  });

  it('tells an error of the monitor in Lambda as a failed probe', async () => {
    const { checked } = await ask(answering({ check: 1, outcomes: [], errors: [{ name: 'TypeError', frames: [] }] }));
    const [first] = checked.flatMap(({ outcomes }) => outcomes);
    expect(first).toMatchObject({
      status: 'failed',
      finding: { code: 'monitor-error', summary: expect.stringContaining('TypeError') },
    });
  });

  it('ends at once if it is stopped', async () => {
    const stop = new AbortController();
    await using api = await startLambdaApi(
      new Map(
        ['okta-synthetics-flows', 'okta-synthetics-status'].map((name) => [
          name,
          {
            variables: checkEnvironment,
            invoke: () => {
              stop.abort(new Error('stopped'));
              return new Promise(() => {});
            },
          },
        ]),
      ),
    );
    const check = await openLambdaCheck({ deployment: 'okta-synthetics', orgs, client: clientOf(api.url) });
    await expect(check(everything, stop.signal)).rejects.toThrow('stopped');
  });
});
