import { once } from 'node:events';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { generateKeyPair } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { metricIdentity } from '../../../functions/model/metric.ts';
import type { Org } from '../../../functions/model/org.ts';
import { probes } from '../../../functions/probes/index.ts';
import { enabledProbes, planProbes } from '../../../functions/probes/plan.ts';
import { functionTimeoutMs } from '../../../functions/run/deadline.ts';
import { bundle } from '../../../lib/functions/bundle.ts';
import { startAwsEmulator } from '../../../local/self-hosted/aws-emulator/aws-emulator.ts';
import { startFunction } from '../../../local/self-hosted/lambda/function-process.ts';
import { fullOrg } from '../../support/full-org.ts';
import { endlessSlowAnswers } from '../../support/hostile-answers.ts';
import { startRawServer } from '../../support/raw-server.ts';

/** The shortest timeout that the configuration allows. The function's own timeout follows from it, as when deployed. */
const timeoutMs = 1_000;

const groups = ['flows', 'limits', 'status'] as const;
let secrets: ReadonlyMap<string, string>;
beforeAll(async () => {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = await crypto.subtle.exportKey('jwk', privateKey);
  secrets = new Map([
    ['acme/key', JSON.stringify({ privateKey: jwk })],
    ['acme/api', JSON.stringify({ apiToken: 'token' })],
  ]);
});

/** Accepts connections and says nothing, not even in TLS. */
async function startMuteServer() {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    domain: `localhost:${(server.address() as AddressInfo).port}`,
    ca: '',
    async [Symbol.asyncDispose]() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}

const stalls = {
  'no TLS handshake': startMuteServer,
  ...Object.fromEntries(
    Object.entries(endlessSlowAnswers).map(([name, reply]) => [name, () => startRawServer(reply)] as const),
  ),
};

// They wait more than they work, so they run at the same time.
describe.concurrent('an org at which every probe stalls', () => {
  it.each(Object.entries(stalls))(
    'a function publishes every probe before its timeout, against %s',
    async (_, start) => {
      await using server = await start();
      await using aws = await startAwsEmulator(secrets);
      const origin = `https://${server.domain}`;
      const org: Org = {
        ...fullOrg,
        ...{ timeoutMs, slowAfterMs: 500, domain: server.domain },
        servers: fullOrg.servers.map((each) => ({ ...each, issuer: `${origin}/oauth2/${each.id}` })),
        statusPage: { page: `${origin}/status` },
      };
      const caFile = path.join(await mkdtemp(path.join(tmpdir(), 'okta-synthetics-stalled-')), 'ca.pem');
      await writeFile(caFile, server.ca);
      await using stack = new AsyncDisposableStack();
      const lambdas = groups.map((group) =>
        stack.use(startFunction(bundle(group).file, { awsEndpoint: aws.url, caFile })),
      );
      // As in Lambda, the timeout does not count the start. These runs end at once: the connection is refused.
      const unreachable = { ...org, domain: 'localhost:1', statusPage: { page: 'https://localhost:1/' } };
      await Promise.all(lambdas.map((lambda) => lambda.invoke(unreachable)));
      aws.clear();
      // Like Lambda, this kills a function that takes longer.
      const results = await Promise.all(lambdas.map((lambda) => lambda.invoke(org, functionTimeoutMs(timeoutMs))));
      const outcomes = results.flatMap((result) => ('value' in result ? (result.value as { probe: string }[]) : []));
      expect(results.flatMap((result) => ('error' in result ? [result.error] : []))).toEqual([]);
      const enabled = enabledProbes(planProbes(org, probes));
      expect(outcomes.map(({ probe }) => probe).toSorted()).toEqual(enabled.map(({ probe }) => probe.id).toSorted());
      const heartbeat = metricIdentity('Retries', { org: org.name });
      expect(aws.points.map(({ identity }) => identity)).toContainEqual(heartbeat);
    },
  );
});
