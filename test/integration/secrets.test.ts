import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { emfLines } from '../../functions/aws/emf.ts';
import { secretsManager } from '../../functions/aws/secrets.ts';
import { processStore } from '../../functions/journey/sign-in-memory.ts';
import type { LogLine } from '../../functions/model/log-line.ts';
import type { Org } from '../../functions/model/org.ts';
import { defineProbe, type Probe } from '../../functions/model/probe.ts';
import { flows, health, journey, probes } from '../../functions/probes/index.ts';
import { introspect } from '../../functions/probes/introspect.ts';
import { keys } from '../../functions/probes/keys.ts';
import { planProbes } from '../../functions/probes/plan.ts';
import { token } from '../../functions/probes/token.ts';
import { verify } from '../../functions/probes/verify.ts';
import { openCredentials } from '../../functions/run/credentials.ts';
import { logLines } from '../../functions/run/log.ts';
import { noCredentials } from '../../functions/run/no-credentials.ts';
import type { ProbeEvent } from '../../functions/run/probe-handler.ts';
import { pointsOf, publish } from '../../functions/run/publish.ts';
import type { RunReport } from '../../functions/run/run.ts';
import { openUserCredentials } from '../../functions/run/user-credentials.ts';
import { parseConfig } from '../../lib/config/load-config.ts';
import { bundle } from '../../lib/functions/bundle.ts';
import { formatChecked } from '../../local/commands/reporters/check.ts';
import { emulateOrg } from '../../local/lab/simulation/emulated-org.ts';
import { startAwsEmulator } from '../../local/self-hosted/aws-emulator/aws-emulator.ts';
import { synthesize } from '../../local/self-hosted/synthesize.ts';
import { type OktaEmulator, startOktaEmulator } from '../../packages/okta-emulator/src/index.ts';
import { type Canaries, openCanaries, shownInEveryWay } from '../support/canaries.ts';
import { clients, fullOrg } from '../support/full-org.ts';
import { handleOnce } from '../support/handle-once.ts';
import { leakyAnswers } from '../support/leaky-answers.ts';
import { overhearAws, overhearFunction, overhearOkta } from '../support/overhear.ts';
import { memorySecrets, outcomeLines, runProbes } from '../support/run-probes.ts';

let okta: OktaEmulator;
beforeAll(async () => {
  okta = await startOktaEmulator();
});
afterAll(() => okta.close());

const undo: (() => void)[] = [];
afterEach(() => {
  for (const restore of undo.splice(0).reverse()) restore();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  okta.resetRateLimits();
  okta.resetUsers();
});

const userScopes = ['openid', 'profile', 'email', 'offline_access'];

/** Every kind of secret: a key, a shared secret, an API token, and the password of a user. */
const org: Org = {
  ...fullOrg,
  servers: fullOrg.servers.map((server) => {
    const own = server.id === 'org' ? server : { ...server, ...clients('client_secret_basic') };
    return { ...own, ...(own.web && { web: { ...own.web, secret: 'acme/web', scopes: userScopes } }) };
  }),
  user: { login: 'monitor@example.com', secret: 'acme/user' },
  health: {
    ...{ applications: ['0oaPayroll001'], clients: ['0oaWebClient1'], allApplications: false, readSecrets: true },
    ...{ expiryDays: { ticket: [30], page: [7] }, maxAgeDays: 50 },
  },
};

/** The org with the user who is asked for a code. */
const withCode = (emulated: Org): Org => ({
  ...emulated,
  user: { login: okta.users.totp.login, secret: 'acme/user-with-code' },
});

/** The stored secrets of the emulator's clients, which become canaries, with more canaries beside them. */
function plantedSecrets(canaries: Canaries): Map<string, string> {
  const { service, secret } = okta.clients;
  const { d, p, q, dp, dq, qi } = service.privateJwk;
  canaries.add('the private key for DPoP', okta.clients.dpop.privateJwk.d);
  for (const part of [d, p, q, dp, dq, qi]) canaries.add('a part of the private key', part);
  canaries.add('the client secret', secret.clientSecret);
  canaries.add('the API token', okta.apiToken);
  canaries.add("the web application's secret", okta.clients.web.clientSecret);
  for (const { password, totpSecret } of Object.values(okta.users)) {
    canaries.add('a password', password);
    canaries.add('a seed', totpSecret);
  }
  const beside = { note: canaries.plant('a note beside a secret') };
  const key = { privateKey: { ...service.privateJwk, note: canaries.plant('a member of the key') }, ...beside };
  return new Map([
    ['acme/key', JSON.stringify(key)],
    ['acme/dpop', JSON.stringify({ privateKey: okta.clients.dpop.privateJwk, ...beside })],
    ['acme/secret', JSON.stringify({ clientSecret: secret.clientSecret, ...beside })],
    ['acme/api', JSON.stringify({ apiToken: okta.apiToken, ...beside })],
    ['acme/web', JSON.stringify({ clientSecret: okta.clients.web.clientSecret, ...beside })],
    ['acme/user', JSON.stringify({ password: okta.users.password.password, ...beside })],
    [
      'acme/user-with-code',
      JSON.stringify({ password: okta.users.totp.password, totpSecret: okta.users.totp.totpSecret, ...beside }),
    ],
  ]);
}

/** Everything that a run writes or sends, apart from monitor errors, which the tests of the handler cover. */
async function everythingShown(report: RunReport): Promise<string> {
  const sent: unknown[] = [];
  const putMetricData = async (input: object) => ({ sent: sent.push(input) });
  await publish({ putMetricData }, pointsOf(report), report.startedAt);
  const { monitorErrors: _, ...shown } = report;
  const outcomes = logLines(report);
  return [
    ...outcomes.map((line) => JSON.stringify(line)),
    JSON.stringify(sent),
    JSON.stringify(emfLines(pointsOf(report), report.startedAt)),
    shownInEveryWay(shown),
    formatted(report, outcomes),
  ].join('\n');
}

/** What `npm run check` prints. */
function formatted({ org: checked, plan }: Pick<RunReport, 'org' | 'plan'>, outcomes: readonly LogLine[]): string {
  return formatChecked([{ org: checked, plan, outcomes }], { config: 'my.jsonc', isFiltered: false });
}

/** Runs probes with canaries for secrets, and returns which of these the run shows. */
async function leaksOf(
  canaries: Canaries,
  options: Parameters<typeof runProbes>[2] = {},
  run: readonly Probe[] = probes,
) {
  undo.push(overhearOkta(okta, canaries));
  const secrets = memorySecrets(plantedSecrets(canaries));
  const report = await runProbes(okta, run, { org, secrets, ...options });
  return { report, leaks: canaries.leaksIn(await everythingShown(report)) };
}

/** All answers, and those behind the ones that a probe needs as its input, so that this probe sends its requests too. */
const everywhere = /./;
const beyondInputs = /^(?!.*(okta-organization|\/token$))/;

/** Where an answer leaks, with the probes that it makes a difference to. */
const places: readonly [path: RegExp, probes: readonly Probe[]][] = [
  [everywhere, probes],
  [beyondInputs, [...flows, ...health]],
  [/\/token$/, [keys, token, verify, introspect, ...journey]],
  [/\/idp\/idx\/introspect$/, journey],
  [/\/idp\/idx\/identify$/, journey],
  [/\/login\/token\/redirect$/, journey],
  [/v1\/(keys|userinfo|revoke|introspect|logout)$/, journey],
];
const shapes = Object.keys(leakyAnswers(openCanaries()));

describe('a run', () => {
  it('a run against a healthy org shows no secret', async () => {
    const { report, leaks } = await leaksOf(openCanaries());
    expect(outcomeLines(report).filter((verdict) => !verdict.endsWith(': passed'))).toEqual([]);
    expect(leaks).toEqual([]);
  });

  it.each(['idx', 'classic'] as const)(
    'a journey with a one-time code at the engine %s shows no secret',
    async (engine) => {
      // Another org, because a code is good once.
      await using other = await startOktaEmulator({ signIn: { engine } });
      const canaries = openCanaries();
      const { login, password, totpSecret } = other.users.totp;
      canaries.add('a password', password);
      canaries.add('a seed', totpSecret);
      undo.push(overhearOkta(other, canaries));
      const secrets = memorySecrets(
        new Map([
          ['acme/web', JSON.stringify({ clientSecret: other.clients.web.clientSecret })],
          ['acme/user', JSON.stringify({ password, totpSecret })],
        ]),
      );
      const adjust = (each: Org): Org => ({ ...each, user: { login, secret: 'acme/user' } });
      const report = await runProbes(other, journey, { org, secrets, adjust });
      expect(outcomeLines(report).filter((verdict) => !verdict.endsWith(': passed'))).toEqual([]);
      const shown = await everythingShown(report);
      expect(canaries.leaksIn(shown)).toEqual([]);
      expect(canaries.leaksIn(`${shown} ${password}`)).toEqual(['a password']);
    },
  );

  it.each(shapes)('a run shows no secret when Okta answers with %s', async (shape) => {
    const canaries = openCanaries();
    const answer = leakyAnswers(canaries)[shape] ?? {};
    for (const [path, affected] of places) {
      const restore = okta.intercept({ path }, answer);
      const { report, leaks } = await leaksOf(canaries, {}, affected);
      restore();
      expect(report.monitorErrors).toEqual([]);
      expect(leaks).toEqual([]);
    }
  });

  it.each(['client_secret_post', 'private_key_jwt'] as const)(
    'a run with %s and an API service application shows no secret',
    async (method) => {
      for (const shape of ['401 with an OAuth error', 'an opaque token', 'a challenge', undefined]) {
        const canaries = openCanaries();
        const effect = shape === undefined ? {} : leakyAnswers(canaries)[shape];
        const restore = okta.intercept({ path: shape === 'a challenge' ? /users$/ : /token$/ }, effect ?? {});
        const server = { id: 'default', issuer: '', audience: 'any', ...clients(method) };
        const api = { kind: 'client', clientId: '', secret: 'acme/key', scopes: ['okta.users.read'] } as const;
        const { report, leaks } = await leaksOf(canaries, { org: { ...org, servers: [server], api } });
        restore();
        expect(report.monitorErrors).toEqual([]);
        expect(leaks).toEqual([]);
      }
    },
  );

  it.each([undefined, '401 with an OAuth error', 'a challenge'])(
    'a run with tokens that are bound to a key shows no secret when Okta answers with %s',
    async (shape) => {
      const canaries = openCanaries();
      const effect = shape === undefined ? {} : (leakyAnswers(canaries)[shape] ?? {});
      undo.push(okta.intercept({ path: /(introspect|users)$/ }, effect));
      const bound = { clientId: '', authentication: 'private_key_jwt', secret: 'acme/dpop', dpop: true } as const;
      const server = { id: 'default', issuer: '', service: { ...bound, scopes: ['monitor.read'] } };
      const api = { ...bound, kind: 'client', scopes: ['okta.users.read'] } as const;
      const { report, leaks } = await leaksOf(canaries, { org: { ...org, servers: [server], api } });
      expect(outcomeLines(report)).toContain('verify@default: passed');
      expect(leaks).toEqual([]);
    },
  );

  it('a run shows no secret when its time is up', async () => {
    undo.push(okta.intercept({ path: /token$|users$/ }, { delayMs: 60_000 }));
    const { report, leaks } = await leaksOf(openCanaries(), { deadlineMs: 4_500 });
    expect(outcomeLines(report)).toContain('token@org: out-of-time');
    expect(leaks).toEqual([]);
  });

  it('a run shows no secret when Okta closes every connection', async () => {
    undo.push(okta.intercept({ path: /./ }, { disconnect: 'close' }));
    expect((await leaksOf(openCanaries())).leaks).toEqual([]);
  });

  const badSecrets: readonly [string, (canaries: Canaries) => string][] = [
    ['are not JSON', ({ plant }) => plant('a bare secret')],
    ['are truncated JSON', ({ plant }) => `{"clientSecret":"${plant('a secret that is cut off')}`],
    ['are a JSON string', ({ plant }) => JSON.stringify(plant('a quoted secret'))],
    ['are a JSON list', ({ plant }) => JSON.stringify([plant('a listed secret')])],
    ['have other members', ({ plant }) => JSON.stringify({ password: plant('a password') })],
    ['have a secret as a member’s name', ({ plant }) => JSON.stringify({ [plant('a name of a member')]: 1 })],
    ['have lists as members', ({ plant }) => JSON.stringify(members([plant('a secret in a list')]))],
    ['are nested too deeply', ({ plant }) => JSON.stringify(members({ value: plant('a nested secret') }))],
    ['are wrong', ({ plantBase64Url }) => JSON.stringify(members(plantBase64Url('a wrong secret')))],
    ['end in a line feed', ({ plant }) => JSON.stringify(members(`${plant('a secret with a line feed')}\n`))],
    [
      'contain characters that no header can hold',
      ({ plant }) => JSON.stringify(members(`☠${plant('a secret with a skull')}`)),
    ],
    ['are tokens', ({ plantToken }) => JSON.stringify(members(plantToken('a pasted token')))],
    ['are PEM without a key', ({ plantBase64Url }) => JSON.stringify(members(pem(plantBase64Url('a PEM body'))))],
    [
      'are PEM of another kind',
      ({ plantBase64Url }) => JSON.stringify(members(pem(plantBase64Url('an RSA body'), 'RSA '))),
    ],
    [
      'are truncated PEM',
      ({ plantBase64Url }) => JSON.stringify(members(pem(plantBase64Url('half a PEM body')).slice(0, -20))),
    ],
    [
      'are a JWK without a key',
      ({ plantBase64Url }) => JSON.stringify(members({ kty: 'RSA', n: plantBase64Url('n'), d: plantBase64Url('d') })),
    ],
    ['are a JWK of another type', ({ plant }) => JSON.stringify(members({ kty: plant('a key type'), d: plant('d') }))],
    [
      'are a symmetric JWK',
      ({ plantBase64Url }) => JSON.stringify(members({ kty: 'oct', alg: 'HS256', k: plantBase64Url('k') })),
    ],
    [
      'name an unknown algorithm',
      ({ plant }) => JSON.stringify(members({ kty: 'RSA', alg: plant('an algorithm'), d: plant('d') })),
    ],
  ];
  const members = (value: unknown) => ({
    ...{ clientSecret: value, privateKey: value, apiToken: value },
    ...{ password: value, totpSecret: value },
  });
  const pem = (body: string, kind = '') =>
    `-----BEGIN ${kind}PRIVATE KEY-----\n${body}\n-----END ${kind}PRIVATE KEY-----\n`;

  it.each(badSecrets)('a run shows nothing of stored secrets that %s', async (_, secretOf) => {
    const canaries = openCanaries();
    const text = secretOf(canaries);
    const names = ['acme/key', 'acme/secret', 'acme/api', 'acme/web', 'acme/user'];
    const secrets = memorySecrets(new Map(names.map((name) => [name, text])));
    const { report, leaks } = await leaksOf(canaries, { secrets });
    expect(report.monitorErrors).toEqual([]);
    expect(outcomeLines(report)).not.toContain('token@org: passed');
    expect(leaks).toEqual([]);
  });
});

/** A probe that runs this. */
function probeThat(run: Probe['run'], id = 'careless'): Probe {
  return defineProbe({
    ...{ id, question: 'Does it leak?', group: 'flows', scope: 'org', requests: [], timed: false },
    ...{ metrics: {}, run },
  });
}

describe('the handler', () => {
  /** Returns the output and errors of a handler whose probe runs this. */
  async function handle(run: Probe['run'], refuse = false) {
    const careful = probeThat(async () => ({ readings: {} }), 'careful');
    const { lines, overheard, ...ended } = await handleOnce(org, [careful, probeThat(run)], noCredentials, refuse);
    return { error: 'error' in ended ? ended.error : undefined, said: [...lines, ...overheard].join('\n') };
  }

  it.each<[string, (canaries: Canaries) => unknown]>([
    ['an error whose message is secret', ({ plant }) => new Error(`cannot use ${plant('a message')}`)],
    ['an error with secret members', ({ plant }) => Object.assign(new TypeError('no'), { token: plant('a member') })],
    ['an error with a secret cause', ({ plant }) => new Error('no', { cause: { body: plant('a cause') } })],
    ['a text', ({ plant }) => plant('a thrown text')],
    ['an object', ({ plant }) => ({ secret: plant('a thrown object'), toString: () => plant('a thrown text') })],
    ['several errors', ({ plant }) => new AggregateError([new Error(plant('one of several'))], plant('all of them'))],
  ])('the handler shows no secret when a probe throws %s', async (_, thrownOf) => {
    const canaries = openCanaries();
    const thrown = thrownOf(canaries);
    for (const refuse of [false, true]) {
      const { error, said } = await handle(() => Promise.reject(thrown), refuse);
      expect(said).toContain('"type":"monitor-error"');
      expect(said).toContain(refuse ? 'metrics-refused' : '"MetricName":"Severity"');
      expect(error).toBeInstanceOf(Error);
      const { name, message, stack } = error as Error;
      expect(canaries.leaksIn([said, name, message, stack, JSON.stringify(error), String(error)].join('\n'))).toEqual(
        [],
      );
    }
  });

  it('the handler shows no secret when an error’s message looks like a stack frame', async () => {
    const canaries = openCanaries();
    const { said } = await handle(() => Promise.reject(new Error(`no\n    at ${canaries.plant('a false frame')}`)));
    expect(canaries.leaksIn(said)).toEqual([]);
  });

  it('the handler’s error shows no secret when it is inspected with its cause', async () => {
    const canaries = openCanaries();
    const { error } = await handle(() => Promise.reject(new Error(canaries.plant('the message of a cause'))));
    expect(canaries.leaksIn(shownInEveryWay(error))).toEqual([]);
  });
});

describe('the objects that hold secrets', () => {
  it('the objects that hold secrets print none of them, before and after use', async () => {
    const canaries = openCanaries();
    await using aws = await startAwsEmulator(plantedSecrets(canaries));
    vi.stubEnv('AWS_ENDPOINT_URL', aws.url);
    vi.stubEnv('AWS_REGION', 'us-east-1');
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'loopback');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'loopback');
    const secrets = secretsManager();
    const emulated = emulateOrg(org, okta).org;
    const open = openCredentials(secrets, Date.now);
    const credentials = open(emulated);
    const openUser = openUserCredentials(secrets, processStore(), Date.now);
    const ofUser = openUser(emulated);
    const held = () => [secrets, open, credentials, openUser, ofUser].map(shownInEveryWay).join('\n');
    const before = held();
    const report = await runProbes(okta, probes, {
      org,
      secrets,
      container: (each) => ({ ...open(each), ...openUser(each) }),
    });
    expect(outcomeLines(report)).toEqual(expect.arrayContaining(['token@org: passed', 'sign-in: passed']));
    const names = ['acme/key', 'acme/secret', 'acme/api', 'acme/web', 'acme/user'];
    const read = await Promise.all(names.map((name) => secrets.read(name)));
    const text = [before, held(), ...read.map(shownInEveryWay), shownInEveryWay(read)].join('\n');
    expect(canaries.leaksIn(text)).toEqual([]);
  });
});

describe('the deployed functions', () => {
  it('the deployed functions show no secret in their output, metrics, state, results and errors', async () => {
    const canaries = openCanaries();
    const secrets = plantedSecrets(canaries);
    undo.push(overhearOkta(okta, canaries));
    const directory = await mkdtemp(path.join(tmpdir(), 'okta-synthetics-test-'));
    const caFile = path.join(directory, 'ca.pem');
    await writeFile(caFile, okta.ca);
    const stored = new Map<string, string | { status: number; type: string; message: string }>(secrets);
    await using aws = await startAwsEmulator(stored);
    await aws.tables.create('okta-synthetics-state', { partition: 'org', sort: 'item' });
    await using overheard = await overhearAws(aws.url);
    const functions = (['flows', 'limits', 'status', 'health', 'journey'] as const).map((entry) =>
      overhearFunction(bundle(entry).file, {
        AWS_ENDPOINT_URL: overheard.url,
        STATE_TABLE: 'okta-synthetics-state',
        AWS_ACCESS_KEY_ID: 'loopback',
        AWS_SECRET_ACCESS_KEY: canaries.plant('the function’s own AWS key'),
        AWS_SESSION_TOKEN: canaries.plantBase64Url('the function’s own session'),
        NODE_EXTRA_CA_CERTS: caFile,
      }),
    );
    const emulated = withCode(emulateOrg(org, okta).org);
    const said: string[] = [];
    const plan = planProbes(emulated, probes);
    const invoke = async ({ only = functions, timeoutMs = 30_000, event = emulated as ProbeEvent } = {}) => {
      const results = await Promise.all(only.map((each) => each.invoke(event, timeoutMs)));
      const lines = results.flatMap((result) => result.lines.map((line): LogLine => JSON.parse(line)));
      const outcomes = lines.filter(({ type }) => type === 'outcome');
      said.push(JSON.stringify(results), formatted({ org: emulated, plan }, outcomes));
      okta.resetRateLimits();
      return results;
    };

    const healthy = await invoke();
    expect(JSON.stringify(healthy).match(/"status":"passed"/g)?.length).toBeGreaterThanOrEqual(14);
    expect(outcomeLines({ outcomes: healthy.at(-1)?.lines.map((line) => JSON.parse(line)) ?? [] })).toContain(
      'sign-out: passed',
    );
    for (const effect of Object.values(leakyAnswers(canaries))) {
      const leakEverywhere = okta.intercept({ path: everywhere }, effect);
      await invoke();
      leakEverywhere();
      const leakBeyondInputs = okta.intercept({ path: beyondInputs }, effect);
      // Only the probes of flows have inputs. The other functions would run the same again.
      await invoke({ only: functions.slice(0, 1) });
      leakBeyondInputs();
    }
    // The answer to a check goes to its caller.
    const [checked] = await invoke({ only: functions.slice(0, 3), event: { ...emulated, check: true } });
    expect(JSON.stringify(checked)).toContain('"check":1');
    const slow = okta.intercept({ path: /token$/ }, { delayMs: 60_000 });
    const [late] = await invoke({ timeoutMs: 5_500 });
    slow();
    expect(JSON.stringify(late)).toContain('out-of-time');
    const refused = aws.injectFault('PutMetricData', {
      ...{ status: 403, type: 'AccessDenied' },
      message: `no: ${canaries.plant('AWS’s message about metrics')}`,
    });
    const [unpublished] = await invoke();
    refused();
    expect(JSON.stringify(unpublished)).toContain('metrics-refused');
    for (const name of secrets.keys()) {
      const message = `no: ${canaries.plant('AWS’s message about a secret')}`;
      stored.set(name, { status: 400, type: 'AccessDeniedException', message });
    }
    // A warm container keeps its secrets until Okta refuses them.
    const restore = okta.intercept({ path: /token$/ }, { status: 401, body: { error: 'invalid_client' } });
    const [unreadable] = await invoke();
    restore();
    expect(JSON.stringify(unreadable)).toContain('secret-unreadable');

    const outputs = await Promise.all(functions.map((each) => each.stop()));
    await rm(directory, { recursive: true });
    expect(overheard.published.length).toBeGreaterThan(3);
    expect(outputs.join('\n').match(/"type":"outcome"/g)?.length).toBeGreaterThan(1_000);
    expect(overheard.kept.join('\n')).toContain('"code":"secret-unreadable"');
    const { published, kept } = overheard;
    expect(canaries.leaksIn([...said, ...outputs, ...published, ...kept].join('\n'))).toEqual([]);
  });
});

describe('the template and the configuration', () => {
  it('the template contains the names of secrets, and no secret from the environment', () => {
    const canaries = openCanaries();
    for (const name of ['AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'OKTA_API_TOKEN', 'CLIENT_SECRET']) {
      vi.stubEnv(name, canaries.plant(name));
    }
    const service = { clientId: '0oaService', secret: 'okta/service' };
    const { template } = synthesize(
      parseConfig(
        JSON.stringify({
          orgs: [
            {
              ...{ name: 'acme', domain: 'acme.okta.com', service, api: { token: { secret: 'okta/api' } } },
              servers: [{ id: 'org', scopes: ['okta.users.read'] }],
            },
          ],
        }),
      ),
    );
    const text = JSON.stringify(template);
    expect(text).toContain('okta/service');
    expect(text).toContain('okta/api');
    expect(canaries.leaksIn(text)).toEqual([]);
  });

  it.each<[string, (canary: string) => object]>([
    ['as a secret’s name', (canary) => ({ service: { clientId: 'x', secret: `{"clientSecret":"${canary}"}` } })],
    ['as PEM', (canary) => ({ service: { clientId: 'x', secret: `-----BEGIN PRIVATE KEY-----\n${canary}` } })],
    ['as an object', (canary) => ({ service: { clientId: 'x', secret: { clientSecret: canary } } })],
    ['beside its name', (canary) => ({ service: { clientId: 'x', secret: 'okta/x', clientSecret: canary } })],
    ['as an API token', (canary) => ({ api: { token: canary } })],
    ['in the domain', (canary) => ({ domain: `https://user:${canary}@acme.okta.com` })],
  ])('a configuration that contains a secret %s is rejected, and the message does not repeat it', (_, fields) => {
    const canaries = openCanaries();
    const config = { orgs: [{ name: 'acme', domain: 'acme.okta.com', ...fields(canaries.plant('a pasted secret')) }] };
    let message = 'accepted';
    try {
      parseConfig(JSON.stringify(config));
    } catch (error) {
      message = shownInEveryWay(error);
    }
    expect(message).not.toBe('accepted');
    expect(canaries.leaksIn(message)).toEqual([]);
  });
});

describe('the search for canaries', () => {
  it.each<[string, (canary: string) => string]>([
    ['in clear text', (canary) => `token=${canary}.`],
    ['in capitals', (canary) => canary.toUpperCase()],
    ['in a URL', (canary) => `https://localhost/?q=${encodeURIComponent(`${canary}&`)}`],
    ['in hexadecimal', (canary) => Buffer.from(canary).toString('hex')],
    ...[0, 1, 2, 3].map((before): [string, (canary: string) => string] => [
      `in base64, ${before} bytes from the start`,
      (canary) => Buffer.from(`${'x'.repeat(before)}${canary}yz`).toString('base64'),
    ]),
    ['in base64url', (canary) => Buffer.from(`?>${canary}?>`).toString('base64url')],
    ['printed by the debugger', (canary) => shownInEveryWay({ deep: { deeper: [{ deepest: new Error(canary) }] } })],
  ])('the search finds a canary %s', (_, show) => {
    const canaries = openCanaries();
    const [word, text] = [canaries.plant('a word'), canaries.plantBase64Url('a text')];
    canaries.plant('another');
    expect(canaries.leaksIn(show(word))).toEqual(['a word']);
    expect(canaries.leaksIn(show(text))).toEqual(['a text']);
    expect(canaries.leaksIn(show('harmless'))).toEqual([]);
  });

  it('the search finds exactly the canaries that a text contains, however alike they are', () => {
    const letters = { unit: fc.constantFrom('a', 'b', '-', 'é', '☠', '𝄞') };
    const word = fc.string({ ...letters, minLength: 12, maxLength: 20 });
    const piece = fc.oneof(fc.nat(), fc.tuple(fc.nat(), fc.nat(12)), fc.string(letters));
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), fc.array(piece), (words, pieces) => {
        const canaries = openCanaries();
        for (const each of words) canaries.add(each, each);
        const wordAt = (index: number) => words[index % words.length] ?? '';
        const text = pieces
          .map((each) => {
            if (typeof each === 'string') return each;
            return typeof each === 'number' ? wordAt(each) : wordAt(each[0]).slice(each[1]);
          })
          .join('');
        expect(new Set(canaries.leaksIn(text))).toEqual(new Set(words.filter((each) => text.includes(each))));
      }),
      { numRuns: 200 },
    );
  });

  it('the search finds a truncated token, its decoded payload and its signature alone', () => {
    const canaries = openCanaries();
    const token = canaries.plantToken('a token');
    const [header = '', payload = '', signature = ''] = token.split('.');
    expect(canaries.leaksIn(`${token.slice(0, 100)}…`)).toContain("a token's payload");
    expect(canaries.leaksIn(Buffer.from(payload, 'base64url').toString())).toContain("a token's email");
    expect(canaries.leaksIn(signature)).toEqual(["a token's signature"]);
    expect(canaries.leaksIn(header)).toEqual([]);
  });

  it.each<[string, Probe['run'], string]>([
    [
      'in the notes of a probe',
      async ({ server, fetch, credentials }) => ({
        readings: {},
        notes: [`got ${(await credentials.fetchToken(server, fetch)).value}`],
      }),
      'a token that was issued',
    ],
    [
      'in a reading’s name',
      async ({ server, fetch, credentials }) => ({
        readings: { [Buffer.from((await credentials.fetchToken(server, fetch)).value).toString('base64')]: 1 },
      }),
      'a token that was issued',
    ],
  ])('the search finds a secret that a probe puts %s', async (_, leak, what) => {
    const { report, leaks } = await leaksOf(openCanaries(), {}, [probeThat(leak)]);
    expect(outcomeLines(report)).toEqual(['careless: passed']);
    expect(leaks).toEqual([what]);
  });

  it('the search finds canaries in log lines, in metrics and in the report of npm run check', async () => {
    const canaries = openCanaries();
    const { report, leaks } = await leaksOf(canaries);
    expect(leaks).toEqual([]);
    const renamed: RunReport = { ...report, org: { ...report.org, name: canaries.plant('an org') } };
    expect(canaries.leaksIn(JSON.stringify(emfLines(pointsOf(renamed), 0)))).toEqual(['an org']);
    expect(canaries.leaksIn(formatted(renamed, logLines(renamed)))).toEqual(['an org']);
    const noted = logLines(report).map((line) => ({ ...line, because: okta.apiToken }));
    expect(canaries.leaksIn(JSON.stringify(noted))).toEqual(['the API token']);
  });
});
