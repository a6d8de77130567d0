import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Org } from '../../functions/model/org.ts';
import { defineProbe, type Probe } from '../../functions/model/probe.ts';
import { probes } from '../../functions/probes/index.ts';
import { planProbes } from '../../functions/probes/plan.ts';
import { openCredentials } from '../../functions/runtime/credentials.ts';
import { emfLines } from '../../functions/runtime/emf.ts';
import { type LogLine, logLines } from '../../functions/runtime/log.ts';
import { noCredentials } from '../../functions/runtime/no-credentials.ts';
import { pointsOf, publish } from '../../functions/runtime/publish.ts';
import type { RunReport } from '../../functions/runtime/run.ts';
import { secretsManager } from '../../functions/runtime/secrets.ts';
import { parseConfig } from '../../lib/config/load-config.ts';
import { bundle } from '../../lib/functions/bundle.ts';
import { startAwsEmulator } from '../../local/emulators/aws/aws-emulator.ts';
import { type OktaEmulator, startOktaEmulator } from '../../local/emulators/okta/okta-emulator.ts';
import { formatChecked } from '../../local/reporters/check.ts';
import { emulateOrg } from '../../local/simulator/emulated-org.ts';
import { synthesize } from '../../local/simulator/synthesize.ts';
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
});

/** Every kind of secret: a key, a shared secret and an API token. */
const org: Org = {
  ...fullOrg,
  servers: fullOrg.servers.map((server) =>
    server.id === 'org' ? server : { ...server, ...clients('client_secret_basic') },
  ),
};

/** The stored secrets of the embedded Okta's clients, with canaries beside them. They are canaries themselves. */
function plantedSecrets(canaries: Canaries): Map<string, string> {
  const { service, secret } = okta.clients;
  const { d, p, q, dp, dq, qi } = service.privateJwk;
  for (const part of [d, p, q, dp, dq, qi]) canaries.add('a part of the private key', part);
  canaries.add('the client secret', secret.clientSecret);
  canaries.add('the API token', okta.apiToken);
  const beside = { note: canaries.plant('a note beside a secret') };
  const key = { privateKey: { ...service.privateJwk, note: canaries.plant('a member of the key') }, ...beside };
  return new Map([
    ['acme/key', JSON.stringify(key)],
    ['acme/secret', JSON.stringify({ clientSecret: secret.clientSecret, ...beside })],
    ['acme/api', JSON.stringify({ apiToken: okta.apiToken, ...beside })],
  ]);
}

/** Everything that a run could show to anybody. Faults are shown by name alone, which the handler's tests look at. */
async function allThatLeaves(report: RunReport): Promise<string> {
  const sent: unknown[] = [];
  const client: Pick<CloudWatchClient, 'send'> = {
    send: async (command: { input: unknown }) => void sent.push(command.input),
  };
  await publish(client as CloudWatchClient, pointsOf(report), report.startedAt);
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
function formatted(
  { org: watched, plan }: Pick<RunReport, 'org' | 'plan'>,
  outcomes: readonly LogLine[],
  monitorErrors: readonly string[] = [],
): string {
  return formatChecked([{ org: watched, plan, outcomes, monitorErrors }]);
}

/** Runs every probe in a world full of canaries, and tells which of them left it. */
async function leaksOf(
  canaries: Canaries,
  options: Parameters<typeof runProbes>[2] = {},
  run: readonly Probe[] = probes,
) {
  undo.push(overhearOkta(okta, canaries));
  const secrets = memorySecrets(plantedSecrets(canaries));
  const report = await runProbes(okta, run, { org, secrets, ...options });
  return { report, leaks: canaries.leaksIn(await allThatLeaves(report)) };
}

const targets = {
  everywhere: /./,
  'behind the first answers': /^(?!.*(okta-organization|\/token$))/,
  'at the token endpoints': /\/token$/,
};
const shapes = Object.keys(leakyAnswers(openCanaries()));

describe('nothing secret leaves a run', () => {
  it('in which all is well', async () => {
    const { report, leaks } = await leaksOf(openCanaries());
    expect(outcomeLines(report).filter((verdict) => !verdict.endsWith(': passed'))).toEqual([]);
    expect(leaks).toEqual([]);
  });

  it.each(shapes)('that is answered by %s', async (shape) => {
    for (const path of Object.values(targets)) {
      const canaries = openCanaries();
      const restore = okta.intercept({ path }, leakyAnswers(canaries)[shape] ?? {});
      const { report, leaks } = await leaksOf(canaries);
      restore();
      expect(report.monitorErrors).toEqual([]);
      expect(leaks).toEqual([]);
    }
  });

  it.each(['client_secret_post', 'private_key_jwt'] as const)('with %s and a service application', async (method) => {
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
  });

  it('that is out of time', async () => {
    undo.push(okta.intercept({ path: /token$|users$/ }, { delayMs: 60_000 }));
    const { report, leaks } = await leaksOf(openCanaries(), { deadlineMs: 4_000 });
    expect(outcomeLines(report)).toContain('token@org: out-of-time');
    expect(leaks).toEqual([]);
  });

  it('that is hung up on', async () => {
    undo.push(okta.intercept({ path: /./ }, { disconnect: 'close' }));
    expect((await leaksOf(openCanaries())).leaks).toEqual([]);
  });

  const badSecrets: readonly [string, (canaries: Canaries) => string][] = [
    ['are no JSON', ({ plant }) => plant('a bare secret')],
    ['are JSON that is cut off', ({ plant }) => `{"clientSecret":"${plant('a secret that is cut off')}`],
    ['are a text', ({ plant }) => JSON.stringify(plant('a quoted secret'))],
    ['are a list', ({ plant }) => JSON.stringify([plant('a listed secret')])],
    ['have other members', ({ plant }) => JSON.stringify({ password: plant('a password') })],
    ['have names for secrets', ({ plant }) => JSON.stringify({ [plant('a name of a member')]: 1 })],
    ['are of another type', ({ plant }) => JSON.stringify(members([plant('a secret in a list')]))],
    ['are nested too deep', ({ plant }) => JSON.stringify(members({ value: plant('a nested secret') }))],
    ['are wrong', ({ plantBase64Url }) => JSON.stringify(members(plantBase64Url('a wrong secret')))],
    ['end in a line feed', ({ plant }) => JSON.stringify(members(`${plant('a secret with a line feed')}\n`))],
    ['are no header’s characters', ({ plant }) => JSON.stringify(members(`☠${plant('a secret with a skull')}`))],
    ['are tokens', ({ plantToken }) => JSON.stringify(members(plantToken('a pasted token')))],
    ['are PEM without a key', ({ plantBase64Url }) => JSON.stringify(members(pem(plantBase64Url('a PEM body'))))],
    [
      'are PEM of another kind',
      ({ plantBase64Url }) => JSON.stringify(members(pem(plantBase64Url('an RSA body'), 'RSA '))),
    ],
    [
      'are PEM that is cut off',
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
      'name an algorithm that is none',
      ({ plant }) => JSON.stringify(members({ kty: 'RSA', alg: plant('an algorithm'), d: plant('d') })),
    ],
  ];
  const members = (value: unknown) => ({ clientSecret: value, privateKey: value, apiToken: value });
  const pem = (body: string, kind = '') =>
    `-----BEGIN ${kind}PRIVATE KEY-----\n${body}\n-----END ${kind}PRIVATE KEY-----\n`;

  it.each(badSecrets)('whose secrets %s', async (_, secretOf) => {
    const canaries = openCanaries();
    const text = secretOf(canaries);
    const secrets = memorySecrets(new Map(['acme/key', 'acme/secret', 'acme/api'].map((name) => [name, text])));
    const { report, leaks } = await leaksOf(canaries, { secrets });
    expect(report.monitorErrors).toEqual([]);
    expect(outcomeLines(report)).not.toContain('token@org: passed');
    expect(leaks).toEqual([]);
  });
});

/** A probe of ours that does what it must not. */
function probeThat(run: Probe['run'], id = 'careless'): Probe {
  return defineProbe({
    ...{ id, question: 'Does it leak?', group: 'flows', scope: 'org', requests: [], timed: false },
    ...{ metrics: {}, run },
  });
}

describe('nothing secret leaves the monitor’s own failures', () => {
  /** What a handler writes, and what it ends in, when one of its probes does this. */
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
  ])('when a probe throws %s', async (_, thrownOf) => {
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

  it('when a message looks like a frame of a stack', async () => {
    const canaries = openCanaries();
    const { said } = await handle(() => Promise.reject(new Error(`no\n    at ${canaries.plant('a false frame')}`)));
    expect(canaries.leaksIn(said)).toEqual([]);
  });

  it('when somebody inspects the handler’s error, which names its cause', async () => {
    const canaries = openCanaries();
    const { error } = await handle(() => Promise.reject(new Error(canaries.plant('the message of a cause'))));
    expect(canaries.leaksIn(shownInEveryWay(error))).toEqual([]);
  });
});

describe('what holds the secrets', () => {
  it('shows none of them, before and after it is used', async () => {
    const canaries = openCanaries();
    await using aws = await startAwsEmulator(plantedSecrets(canaries));
    vi.stubEnv('AWS_ENDPOINT_URL', aws.url);
    vi.stubEnv('AWS_REGION', 'us-east-1');
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'loopback');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'loopback');
    const secrets = secretsManager();
    const embedded = emulateOrg(org, okta).org;
    const open = openCredentials(secrets, Date.now);
    const credentials = open(embedded);
    const held = () => [secrets, open, credentials].map(shownInEveryWay).join('\n');
    const before = held();
    const report = await runProbes(okta, probes, { org, secrets });
    expect(outcomeLines(report)).toContain('token@org: passed');
    const read = await Promise.all(['acme/key', 'acme/secret', 'acme/api'].map((name) => secrets.read(name)));
    const text = [before, held(), ...read.map(shownInEveryWay), shownInEveryWay(read)].join('\n');
    expect(canaries.leaksIn(text)).toEqual([]);
  });
});

describe('nothing secret leaves the deployed functions', () => {
  it('on stdout, on stderr, in the metrics, in the answer or in the error', async () => {
    const canaries = openCanaries();
    const secrets = plantedSecrets(canaries);
    undo.push(overhearOkta(okta, canaries));
    const directory = await mkdtemp(path.join(tmpdir(), 'okta-synthetics-test-'));
    const caFile = path.join(directory, 'ca.pem');
    await writeFile(caFile, okta.ca);
    const stored = new Map<string, string | { status: number; type: string; message: string }>(secrets);
    await using aws = await startAwsEmulator(stored);
    await using overheard = await overhearAws(aws.url);
    const functions = (['flows', 'limits', 'status'] as const).map((entry) =>
      overhearFunction(bundle(entry).file, {
        AWS_ENDPOINT_URL: overheard.url,
        AWS_ACCESS_KEY_ID: 'loopback',
        AWS_SECRET_ACCESS_KEY: canaries.plant('the function’s own AWS key'),
        AWS_SESSION_TOKEN: canaries.plantBase64Url('the function’s own session'),
        NODE_EXTRA_CA_CERTS: caFile,
      }),
    );
    const embedded = emulateOrg(org, okta).org;
    const said: string[] = [];
    const plan = planProbes(embedded, probes);
    const invoke = async (timeoutMs?: number) => {
      const results = await Promise.all(functions.map((each) => each.invoke(embedded, timeoutMs)));
      const lines = results.flatMap((result) => result.lines.map((line): LogLine => JSON.parse(line)));
      const outcomes = lines.filter(({ type }) => type === 'outcome');
      const faults = results.flatMap((result) => ('error' in result ? [result.error] : []));
      said.push(JSON.stringify(results), formatted({ org: embedded, plan }, outcomes, faults));
      okta.resetRateLimits();
      return results;
    };

    const healthy = await invoke();
    expect(JSON.stringify(healthy).match(/"status":"passed"/g)?.length).toBeGreaterThanOrEqual(14);
    for (const effect of Object.values(leakyAnswers(canaries))) {
      for (const target of [targets.everywhere, targets['behind the first answers']]) {
        const restore = okta.intercept({ path: target }, effect);
        await invoke();
        restore();
      }
    }
    const slow = okta.intercept({ path: /token$/ }, { delayMs: 60_000 });
    const [late] = await invoke(5_500);
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
    // What is warm remembers its secrets until Okta refuses them.
    const restore = okta.intercept({ path: /token$/ }, { status: 401, body: { error: 'invalid_client' } });
    const [unreadable] = await invoke();
    restore();
    expect(JSON.stringify(unreadable)).toContain('secret-unreadable');

    const outputs = await Promise.all(functions.map((each) => each.stop()));
    await rm(directory, { recursive: true });
    expect(overheard.published.length).toBeGreaterThan(3);
    expect(outputs.join('\n').match(/"type":"outcome"/g)?.length).toBeGreaterThan(1_000);
    expect(canaries.leaksIn([...said, ...outputs, ...overheard.published].join('\n'))).toEqual([]);
  });
});

describe('nothing secret enters the template', () => {
  it('but the names of secrets, though the environment is full of them', () => {
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
  ])('and a configuration that holds one %s is refused without repeating it', (_, fields) => {
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

describe('the hunt itself', () => {
  it.each<[string, (canary: string) => string]>([
    ['in clear text', (canary) => `token=${canary}.`],
    ['in capitals', (canary) => canary.toUpperCase()],
    ['in a URL', (canary) => `https://localhost/?q=${encodeURIComponent(`${canary}&`)}`],
    ['in hexadecimal', (canary) => Buffer.from(canary).toString('hex')],
    ...[0, 1, 2, 3].map((before): [string, (canary: string) => string] => [
      `in base64, ${before} bytes from its beginning`,
      (canary) => Buffer.from(`${'x'.repeat(before)}${canary}yz`).toString('base64'),
    ]),
    ['in base64url', (canary) => Buffer.from(`?>${canary}?>`).toString('base64url')],
    ['in the debugger', (canary) => shownInEveryWay({ deep: { deeper: [{ deepest: new Error(canary) }] } })],
  ])('finds a canary %s', (_, show) => {
    const canaries = openCanaries();
    const [word, text] = [canaries.plant('a word'), canaries.plantBase64Url('a text')];
    canaries.plant('another');
    expect(canaries.leaksIn(show(word))).toEqual(['a word']);
    expect(canaries.leaksIn(show(text))).toEqual(['a text']);
    expect(canaries.leaksIn(show('harmless'))).toEqual([]);
  });

  it('finds a token that is cut off, decoded, or only its signature', () => {
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
  ])('finds a secret that a careless probe puts %s', async (_, leak, what) => {
    const { report, leaks } = await leaksOf(openCanaries(), {}, [probeThat(leak)]);
    expect(outcomeLines(report)).toEqual(['careless: passed']);
    expect(leaks).toEqual([what]);
  });

  it('finds what is said in a log line, in a metric and in the report of npm run check', async () => {
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
