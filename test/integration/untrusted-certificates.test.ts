import { mkdtemp, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openSecretsManager } from '../../functions/aws/clients.ts';
import { openHttp } from '../../functions/run/http.ts';
import { bundle } from '../../lib/functions/bundle.ts';
import type { Entry } from '../../lib/functions/entries.ts';
import { awsOptions } from '../../local/commands/aws-problem.ts';
import { proxyOf } from '../../local/commands/proxy.ts';
import { startAwsEmulator } from '../../local/self-hosted/aws-emulator/aws-emulator.ts';
import { openHttpsPosts } from '../../local/self-hosted/https-posts.ts';
import { startFunction } from '../../local/self-hosted/lambda/function-process.ts';
import { isRetriedBySns, type PendingDelivery } from '../../local/self-hosted/sns/https-delivery.ts';
import { issueCertificates, type TlsIdentity } from '../../packages/okta-emulator/src/index.ts';
import { awsEnvironment } from '../support/aws-environment.ts';
import { drivenClock } from '../support/driven-clock.ts';
import { fullOrg } from '../support/full-org.ts';
import { launch } from '../support/run-command.ts';
import { startProxy } from '../support/start-proxy.ts';

/** A server with an untrusted certificate, like an intermediary's. It answers every request. */
let stranger: Server;
let origin: string;
let requests: string[];
let proxies: Awaited<ReturnType<typeof startProxies>>;
beforeAll(async () => {
  const { valid } = await issueCertificates(Date.now());
  stranger = createServer(valid, ({ url = '', headers }, response) => {
    requests.push(`${url} ${headers.authorization}`);
    response.end('{"SecretString":"{}"}');
  });
  await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
  origin = `https://localhost:${(stranger.address() as AddressInfo).port}`;
  proxies = await startProxies(valid);
});
afterAll(async () => {
  await Promise.all([proxies.plain, proxies.tls].map((proxy) => proxy[Symbol.asyncDispose]()));
  stranger.closeAllConnections();
  stranger.close();
});
beforeEach(() => {
  requests = [];
  vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
});
afterEach(() => vi.unstubAllEnvs());

async function startProxies(tls: TlsIdentity) {
  return { plain: await startProxy(), tls: await startProxy({ tls }) };
}

async function send(proxy?: string, noProxy = ''): Promise<unknown> {
  const { createAgent } = proxyOf({ HTTPS_PROXY: proxy, NO_PROXY: noProxy }) ?? {};
  const options = { signal: AbortSignal.timeout(20_000), now: Date.now, timeoutMs: 10_000 };
  const http = openHttp({ ...options, ...(createAgent && { createAgent }) });
  return http.send(`${origin}/probe`, {}, () => {}).finally(http.close);
}

function askAws(proxy?: string): Promise<unknown> {
  const options = awsOptions(proxyOf({ HTTPS_PROXY: proxy }));
  const credentials = { accessKeyId: 'loopback', secretAccessKey: 'loopback' };
  const place = { endpoint: origin, region: 'us-east-1', credentials, maxAttempts: 1 };
  return new SecretsManagerClient({ ...options, ...place }).send(new GetSecretValueCommand({ SecretId: 'acme' }));
}

async function post(): Promise<void> {
  const settled = Promise.withResolvers<void>();
  const delivery: PendingDelivery = { protocol: 'https', endpoint: origin, text: '{}', failed: false };
  openHttpsPosts({
    ...{ clock: drivenClock(0), secrets: new Map(), giveUp: () => {} },
    onChange: ({ failed }) => (failed ? settled.reject(new Error('refused')) : settled.resolve()),
  }).post({ endpoint: origin, topicArn: 'arn', isRetried: isRetriedBySns, retryDelaysMs: [] }, delivery, 0, () => {});
  await settled.promise;
}

describe('with NODE_TLS_REJECT_UNAUTHORIZED=0, a server without a trusted certificate gets no request', () => {
  it.each<[string, () => Promise<unknown>]>([
    ['from a probe', () => send()],
    ['from a check through a proxy', () => send(proxies.plain.url)],
    ['from a check past a proxy', () => send(proxies.plain.url, 'localhost')],
    [
      'from a function that calls AWS',
      () =>
        openSecretsManager({ environment: awsEnvironment(origin) }).getSecretValue(
          { SecretId: 'acme' },
          { abortSignal: AbortSignal.timeout(60_000) },
        ),
    ],
    ['from a command that calls AWS', () => askAws()],
    ['from a command that calls AWS through a proxy', () => askAws(proxies.plain.url)],
    ['with a message from a watch', post],
  ])('%s', async (_, work) => {
    await expect(work()).rejects.toThrow();
    expect(requests).toEqual([]);
  });

  it('and a proxy without one is not asked to connect', async () => {
    await expect(send(proxies.tls.url)).rejects.toThrow();
    expect(proxies.tls.asked).toEqual([]);
  });
});

describe('a built function with NODE_TLS_REJECT_UNAUTHORIZED=0', () => {
  async function invoke(name: Entry, event: object) {
    await using aws = await startAwsEmulator(new Map([['acme/api', '{"apiToken":"canary"}']]));
    await aws.tables.create('state', { partition: 'org', sort: 'item' });
    const lambda = startFunction(bundle(name).file, {
      awsEndpoint: aws.url,
      variables: {
        ...{
          NODE_TLS_REJECT_UNAUTHORIZED: '0',
          STATE_TABLE: 'state',
          GROUPS: 'flows',
          DEPLOYMENT: 'okta-synthetics',
          ROUTE: 'page',
        },
        ...{ PEOPLE_TOPIC_ARN: 'arn', LOG_GROUPS: '/log', RUNBOOK: 'docs/runbook.md', DASHBOARD: 'okta-synthetics' },
      },
    });
    const result = await lambda.invoke(event);
    await lambda.stop();
    return { result, points: [...aws.points], calls: [...aws.calls] };
  }

  it('reports a certificate that is not trusted, and a ticket about the variable', async () => {
    const { result, points } = await invoke('limits', { ...fullOrg, domain: new URL(origin).host });
    const value = 'value' in result ? (result.value as { finding?: object }[]) : [];
    expect(value.map(({ finding }) => finding)).toEqual([
      expect.objectContaining({ code: 'certificate-untrusted' }),
      expect.objectContaining({
        ...{ code: 'insecure-environment', severity: 'ticket', domain: 'monitor' },
        detail: expect.stringContaining('NODE_TLS_REJECT_UNAUTHORIZED=0'),
      }),
    ]);
    const ofMonitor = points.filter(({ identity }) => identity.dimensions.Domain === 'monitor');
    expect(ofMonitor.map(({ value: level }) => level)).toEqual([1]);
    expect(requests).toEqual([]);
  });

  it.each([
    ['notify', 'DescribeAlarmHistory'],
    ['sweep', 'PutMetricData'],
  ] as const)('does its work, and then fails so that an alarm tells of the variable: %s', async (name, work) => {
    const { result, calls } = await invoke(name, { selfTest: true });
    expect(result).toMatchObject({ error: expect.stringContaining('NODE_TLS_REJECT_UNAUTHORIZED=0') });
    expect(calls).toContain(work);
  });
});

describe('a command with NODE_TLS_REJECT_UNAUTHORIZED=0', () => {
  it.each(['check', 'setup'])(
    'ends with 2 before it sends anything, and says why in one line: npm run %s',
    async (name) => {
      const secrets = path.join(await mkdtemp(path.join(tmpdir(), 'okta-synthetics-untrusted-')), 'secrets.json');
      await writeFile(secrets, '{}');
      const flags = ['--domain', new URL(origin).host, '--secrets', secrets];
      const environment = { NODE_TLS_REJECT_UNAUTHORIZED: '0', OKTA_API_TOKEN: 'canary' };
      const { code, stdout, stderr } = await launch(name, flags, environment);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toContain(
        'NODE_TLS_REJECT_UNAUTHORIZED=0 turns the verification of certificates off: unset it.\n',
      );
      expect(requests).toEqual([]);
    },
  );
});
