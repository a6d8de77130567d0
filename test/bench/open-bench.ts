import { type ChildProcess, fork } from 'node:child_process';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';
import type { Org, Server } from '../../functions/model/org.ts';
import { issuerOf } from '../../functions/okta/endpoints.ts';
import { functionTimeoutMs } from '../../functions/run/deadline.ts';
import { loadConfig } from '../../lib/config/load-config.ts';
import { bundle } from '../../lib/functions/bundle.ts';
import { probeEvents } from '../../lib/functions/probe-event.ts';
import { monitoredOrgs } from '../../lib/monitored-org.ts';
import { adoptServers } from '../../local/lab/simulation/adopt-servers.ts';
import { startAwsEmulator } from '../../local/self-hosted/aws-emulator/aws-emulator.ts';
import { createIdentity, issueCertificates } from '../../packages/okta-emulator/src/index.ts';
import type { LoggedExchange, ServerTimes, Took } from './errors-of-run.ts';
import { type Cores, openCores, type ProcessorShare } from './processor-share.ts';

export interface BenchOptions {
  /** How many runs make a figure. */
  readonly runs: number;
  /** How long the reference server holds each answer back. */
  readonly delayMs: number;
  /** Ends the measurement between two runs. */
  readonly signal: AbortSignal;
  readonly progress: (text: string) => void;
  /** Keeps this process off the core of the measured processes, if there are two cores. */
  readonly separatesCores: boolean;
}

export interface ReferenceServerOptions {
  readonly cert: string;
  readonly key: string;
  readonly delayMs: number;
}

/** The reference server's record since the last reading. */
export interface ReferenceServerReading extends ServerTimes {
  readonly connections: number;
  /** How many of the connections resumed a TLS session. */
  readonly resumed: number;
  /** The longest delay of its own event loop: the machine had no time for it. */
  readonly lateMs: number;
}

/** A logged outcome, as far as the bench reads it. */
export interface LoggedLine {
  readonly type: string;
  readonly status?: string;
  readonly probe?: string;
  readonly finding?: { readonly code: string; readonly detail?: string };
  readonly exchanges?: readonly LoggedExchange[];
}

interface HostReply extends Took {
  readonly lines?: readonly LoggedLine[];
  readonly error?: string;
  readonly peakRssBytes: number;
}

export interface Invocation extends Took {
  readonly lines: readonly LoggedLine[];
  readonly exchanges: readonly LoggedExchange[];
  readonly peakRssBytes: number;
  /** The reference server's record meanwhile. */
  readonly reading: ReferenceServerReading;
}

/** Everything that a measurement needs, on loopback. */
export type Bench = Awaited<ReturnType<typeof openBench>>;

const clientSecret = 'not-a-secret';
const secretNames = { key: 'bench/key', password: 'bench/password' } as const;
const stateTable = 'okta-synthetics-state';

/** If the reference server was later than this, the machine was busy, and the run says nothing. */
const latestMs = 25;

/** After so many repetitions a disturbed run counts as it is. */
const maxRepeats = 10;

/** Longer than a period of a processor's share, so that each run begins with a whole one. */
const restMs = 100;

/** Starts the reference server and an emulator of AWS. The functions start when they are asked for. */
export async function openBench(options: BenchOptions) {
  await using opening = new AsyncDisposableStack();
  const cores = options.separatesCores ? opening.use(openCores()) : undefined;
  const { ca, valid } = await issueCertificates(Date.now(), (await createIdentity()).authority);
  const directory = await mkdtemp(path.join(tmpdir(), 'okta-synthetics-bench-'));
  opening.defer(() => rm(directory, { recursive: true }));
  const caFile = path.join(directory, 'ca.pem');
  await writeFile(caFile, ca);
  const serverOptions: ReferenceServerOptions = {
    cert: `${valid.cert}`,
    key: `${valid.key}`,
    delayMs: options.delayMs,
  };
  const reference = opening.use(
    await startProcess<{ readonly port: number }, object, ReferenceServerReading>('reference-server.ts', {
      args: [JSON.stringify(serverOptions)],
    }),
  );
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const secrets = new Map<string, string>([
    [secretNames.key, JSON.stringify({ privateKey: { ...privateKey.export({ format: 'jwk' }), kid: 'bench' } })],
    [secretNames.password, JSON.stringify({ clientSecret })],
  ]);
  const aws = opening.use(await startAwsEmulator(secrets));
  await aws.tables.create(stateTable, { partition: 'org', sort: 'item' });
  const env = {
    STATE_TABLE: stateTable,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'loopback',
    AWS_SECRET_ACCESS_KEY: 'loopback',
    AWS_ENDPOINT_URL: aws.url,
    NODE_EXTRA_CA_CERTS: caFile,
  };
  const running = opening.move();
  return {
    options,
    caFile,
    directory,
    core: cores?.measured,
    domain: `localhost:${reference.ready.port}`,
    readServer: () => reference.ask({}),
    /** Starts the built `flows` in a process of its own. */
    async startFlows(share?: ProcessorShare) {
      const started = await startProcess<Took, object, HostReply>('function-host.mjs', {
        args: [bundle('flows').file],
        env,
        cores,
        share,
      });
      return {
        loaded: started.ready,
        /** Handles one event. Throws if the run ended with an error. */
        async invoke(org: Org): Promise<Invocation> {
          options.signal.throwIfAborted();
          await reference.ask({});
          const {
            lines = [],
            error,
            ...reply
          } = await started.ask({
            event: scheduled(org),
            timeoutMs: functionTimeoutMs(10_000),
          });
          if (error !== undefined) throw new Error(`flows ended with an error: ${error}`);
          aws.forget(Date.now());
          const exchanges = lines.flatMap((line) => line.exchanges ?? []);
          return { ...reply, lines, exchanges, reading: await reference.ask({}) };
        },
        [Symbol.asyncDispose]: started[Symbol.asyncDispose],
      };
    },
    startBareClient: <Message extends object, Reply>() =>
      startProcess<object, Message, Reply>('bare-client.mjs', { env: { NODE_EXTRA_CA_CERTS: caFile }, cores }),
    rest: () => wait(restMs, undefined, { signal: options.signal }),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** Adds what Scheduler adds to an event. */
const scheduled = (org: Org) => ({
  ...org,
  schedule: { time: new Date().toISOString(), executionId: randomUUID(), intervalMinutes: 1 },
});

/** Repeats a run that a busy machine disturbed, and counts the repetitions. */
export async function undisturbed<Result extends Pick<Invocation, 'reading'>>(
  attempt: () => Promise<Result>,
  repeated = 0,
): Promise<Result & { readonly repeated: number }> {
  const result = await attempt();
  if (result.reading.lateMs > latestMs && repeated < maxRepeats) return undisturbed(attempt, repeated + 1);
  return { ...result, repeated };
}

/** Returns the lines of the outcomes that did not pass. */
export function notPassed({ lines }: Pick<Invocation, 'lines'>): readonly LoggedLine[] {
  return lines.filter(({ status, type }) => type !== 'outcome' || status !== 'passed');
}

/** Returns the event of `flows` in the commented example, with the reference server in place of the org. */
export function flowsAt(domain: string): Org {
  const example = loadConfig('lib/config/example.jsonc');
  const { config } = adoptServers({ ...example, orgs: example.orgs.slice(0, 1) });
  const events = monitoredOrgs(config).flatMap(probeEvents);
  const event = events.find(({ group }) => group === 'flows')?.org;
  if (!event) throw new Error('the example has no event of flows');
  const servers = event.servers.map(({ audience, service, ...server }): Server => {
    const issuer = issuerOf(domain, server.id);
    return {
      ...server,
      issuer,
      ...(audience !== undefined && { audience: `${issuer}/api` }),
      ...(service && { service: { ...service, clientId: 'bench', secret: secretNames.key } }),
    };
  });
  return { ...event, name: 'acme', domain, servers };
}

/** Returns an event that other tools can match: one custom server, and a client that authenticates with a secret. */
export function peerFlowsAt(domain: string): Org {
  const event = flowsAt(domain);
  const servers = event.servers.flatMap(({ web: _, service, ...server }): Server[] => {
    if (server.id === 'org' || !service) return [];
    const withSecret = { ...service, authentication: 'client_secret_basic', secret: secretNames.password } as const;
    return [{ ...server, service: withSecret }];
  });
  return { ...event, name: 'peer', servers: servers.slice(0, 1) };
}

/** Discovery, keys, a token by client credentials, its verification, and introspection, at one server. */
export interface FiveSteps {
  readonly issuer: string;
  readonly client: string;
  readonly secret: string;
  readonly scope: string;
}

export function fiveStepsAt(domain: string): FiveSteps {
  const [server] = peerFlowsAt(domain).servers;
  if (!server?.service) throw new Error('the example has no custom server with a service application');
  const scope = server.service.scopes.join(' ');
  return { issuer: server.issuer, client: server.service.clientId, secret: clientSecret, scope };
}

interface ProcessOptions {
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly cores?: Cores | undefined;
  readonly share?: ProcessorShare | undefined;
}

/** Starts a script of this folder that sends one message when it is ready, and then one for each message to it. */
async function startProcess<Ready, Message extends object, Reply>(script: string, options: ProcessOptions) {
  const { args = [], env = {}, cores, share } = options;
  const child = fork(path.join(import.meta.dirname, script), args, {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { PATH: process.env.PATH, ...env },
  });
  const next = messagesOf(child);
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    if (child.connected) child.disconnect();
    await exited;
  };
  try {
    share?.add(child.pid ?? 0);
    cores?.pin(child.pid ?? 0);
    const ready = (await next()) as Ready;
    const ask = (message: Message) => {
      const answer = next() as Promise<Reply>;
      if (child.connected) child.send(message);
      return answer;
    };
    return { ready, ask, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Returns a function that waits for the next message, and rejects if the process ends without one. */
function messagesOf(child: ChildProcess): () => Promise<unknown> {
  let errorOutput = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errorOutput += text;
  });
  const ended = once(child, 'exit').then(async ([code, signal]) => {
    if (child.stderr) await finished(child.stderr).catch(() => {});
    throw new Error(`A measured process ended with ${code ?? signal}. ${errorOutput}`.trim());
  });
  // A pending `next` gets this error. Without one, the process was stopped on purpose.
  ended.catch(() => {});
  return () => Promise.race([once(child, 'message').then(([message]) => message), ended]);
}
