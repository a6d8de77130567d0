import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Org } from '../../functions/model/org.ts';
import { functionTimeoutMs } from '../../functions/runtime/deadline.ts';
import { bundle } from '../../lib/functions/bundle.ts';
import type { Entry } from '../../lib/functions/entries.ts';
import { startAwsEmulator } from '../../local/emulators/aws/aws-emulator.ts';
import { issueCertificates } from '../../local/emulators/okta/certificates.ts';
import { type OktaEmulator, startOktaEmulator } from '../../local/emulators/okta/okta-emulator.ts';
import { createIdentity } from '../../local/emulators/okta/org-identity.ts';
import { defaultLimits } from '../../local/emulators/okta/rate-limits.ts';
import { emulateOrg } from '../../local/simulator/emulated-org.ts';
import { openCores } from './cores.ts';
import type { CpuProfile } from './cpu-profile.ts';
import type { LoggedExchange } from './errors-of-run.ts';
import { referenceClient, referenceSecrets } from './events.ts';
import { type MeasuredProcess, type ProcessOptions, startProcess } from './measured-process.ts';
import { openProcessorShare, type ProcessorShare, possibleShareKind, type ShareKind } from './processor-share.ts';
import { type ReferenceServer, type ReferenceServerReading, startReferenceServer } from './start-reference-server.ts';

export interface BenchOptions {
  /** How many runs a figure is made of. */
  readonly runs: number;
  /** How long the reference server holds each answer back. */
  readonly delayMs: number;
  /** How a share of a processor is imposed. By default, in the first way that this machine allows. */
  readonly shareKind?: ShareKind;
  /** Ends the measurement between two runs. */
  readonly signal: AbortSignal;
  /** Tells how far it is. */
  readonly progress: (text: string) => void;
  /** Whether this process leaves one core to what is measured. */
  readonly separatesCores: boolean;
}

/** What a run of a function logged, as far as the bench reads it. */
export interface RunResult {
  readonly lines?: readonly LoggedLine[];
  readonly error?: string;
}

interface LoggedLine {
  readonly type: string;
  readonly status?: string;
  readonly probe?: string;
  readonly finding?: { readonly code: string; readonly detail?: string };
  readonly exchanges?: readonly LoggedExchange[];
}

/** What it took to load a bundle. */
export interface Loaded {
  readonly ms: number;
  readonly processorMs: number;
}

/** What it took to handle the events of one message, and what the process is like after it. */
export interface Invocation extends Loaded {
  readonly runs: readonly RunResult[];
  readonly memory: { readonly rssBytes: number; readonly heapBytes: number; readonly peakRssBytes: number };
  /** Open sockets, without the channel to its parent. */
  readonly sockets: number;
  /** What the reference server saw meanwhile. */
  readonly reading: ReferenceServerReading;
  /** The machine had no time even for the reference server, which does next to nothing: the run says nothing. */
  readonly isDisturbed: boolean;
}

/** A built function in a process of its own. */
export interface MeasuredFunction extends AsyncDisposable {
  readonly loaded: Loaded;
  /** Handles one event, or several at once. Throws if a run ended with an error. */
  invoke(...orgs: readonly Org[]): Promise<Invocation>;
  startProfile(): Promise<unknown>;
  stopProfile(): Promise<CpuProfile>;
}

/** Everything that a measurement needs, on loopback. */
export interface Bench extends AsyncDisposable {
  readonly options: BenchOptions;
  readonly shareKind: ShareKind;
  readonly caFile: string;
  readonly directory: string;
  /** The core for what is measured, if there is one. */
  readonly core: number | undefined;
  readonly reference: ReferenceServer;
  /** The share of a function with so much memory. Undefined if this machine does not allow it. */
  openShare(memoryMb: number): ProcessorShare | undefined;
  startFunction(entry: Entry, options?: Pick<ProcessOptions, 'nodeFlags' | 'share'>): Promise<MeasuredFunction>;
  /** Starts a script of this folder where functions are measured. */
  startScript<Message extends object, Reply>(name: string): Promise<MeasuredProcess<object, Message, Reply>>;
  /** The embedded Okta, for what the reference server does not answer. It runs in this process. */
  emulate(org: Org): Promise<Org>;
  /** Waits until a share is whole again. Throws if the measurement was ended. */
  rest(): Promise<void>;
}

/** How many orgs the reference server can stand for, each with an origin of its own. */
export const mostOrgs = 100;

/** Longer than a period of a processor's share. */
const restMs = 100;

const stateTable = 'okta-synthetics-state';

/** A run during which the reference server was later than this is repeated. */
const mostLateMs = 25;

/** How often something is repeated. After that it counts as it is. */
const mostRepeats = 10;

/** The channel to the parent. */
const ownSockets = 1;

export async function openBench(options: BenchOptions): Promise<Bench> {
  await using opening = new AsyncDisposableStack();
  const cores = options.separatesCores ? opening.use(openCores()) : undefined;
  const core = cores?.measured;
  const shareKind = options.shareKind ?? (await possibleShareKind(core));
  const identity = await createIdentity();
  const { ca, valid } = await issueCertificates(Date.now(), identity.authority);
  const directory = await mkdtemp(path.join(tmpdir(), 'okta-synthetics-bench-'));
  opening.defer(() => rm(directory, { recursive: true }));
  const caFile = path.join(directory, 'ca.pem');
  await writeFile(caFile, ca);
  const { delayMs } = options;
  const reference = opening.use(
    await startReferenceServer({ cert: `${valid.cert}`, key: `${valid.key}`, delayMs, origins: mostOrgs }),
  );
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const secrets = new Map<string, string>([
    [referenceSecrets.key, JSON.stringify({ privateKey: { ...privateKey.export({ format: 'jwk' }), kid: 'bench' } })],
    [referenceSecrets.password, JSON.stringify({ clientSecret: referenceClient.secret })],
  ]);
  const aws = opening.use(await startAwsEmulator(secrets));
  await aws.tables.create(stateTable, { partition: 'org', sort: 'item' });
  let okta: Promise<OktaEmulator> | undefined;
  const startOkta = async () => {
    const rateLimits = Object.fromEntries(Object.keys(defaultLimits).map((bucket) => [bucket, 1_000_000]));
    return running.use(await startOktaEmulator({ identity, rateLimits, signIn: { userLimits: false } }));
  };
  const functionEnvironment = {
    STATE_TABLE: stateTable,
    ...{ AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'loopback', AWS_SECRET_ACCESS_KEY: 'loopback' },
    ...{ AWS_ENDPOINT_URL: aws.url, NODE_EXTRA_CA_CERTS: caFile },
    // What `notify` and `sweep` do not start without.
    ...{ ROUTE: 'page', PEOPLE_TOPIC_ARN: 'arn:aws:sns:us-east-1:123456789012:people', DASHBOARD: 'okta-synthetics' },
    ...{ LOG_GROUPS: 'flows', RUNBOOK: 'https://example.com/runbook.md', DEPLOYMENT: 'okta-synthetics' },
  };
  const running = opening.move();
  return {
    ...{ options, shareKind, caFile, directory, core, reference },
    openShare: (memoryMb) => openProcessorShare(memoryMb, shareKind, core),
    async startFunction(entry, processOptions = {}) {
      const started = await startProcess<Loaded, object, Omit<Invocation, 'reading' | 'isDisturbed'>>({
        ...{ script: path.join(import.meta.dirname, 'function-host.mjs'), args: [bundle(entry).file] },
        ...{ env: functionEnvironment, cores, ...processOptions },
      });
      return {
        loaded: started.ready,
        async invoke(...orgs) {
          options.signal.throwIfAborted();
          await reference.read();
          const reply = await started.ask({ events: orgs.map(scheduled), timeoutMs: functionTimeoutMs(10_000) });
          const failed = reply.runs.find(({ error }) => error !== undefined);
          if (failed) throw new Error(`${entry} ended with an error: ${failed.error}`);
          aws.forget(Date.now());
          const reading = await reference.read();
          const isDisturbed = reading.lateMs > mostLateMs;
          return { ...reply, sockets: reply.sockets - ownSockets, reading, isDisturbed };
        },
        startProfile: () => started.ask({ profile: 'start' }),
        stopProfile: async () => (await started.ask({ profile: 'stop' })) as unknown as CpuProfile,
        [Symbol.asyncDispose]: () => started[Symbol.asyncDispose](),
      };
    },
    startScript: (name) =>
      startProcess({
        ...{ script: path.join(import.meta.dirname, name), cores, env: { NODE_EXTRA_CA_CERTS: caFile } },
      }),
    async emulate(org) {
      okta ??= startOkta();
      const emulated = emulateOrg(org, await okta);
      for (const [name, text] of emulated.secrets) secrets.set(name, text);
      return emulated.org;
    },
    rest: () => wait(restMs, undefined, { signal: options.signal }),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** The event as Scheduler sends it. */
function scheduled(org: Org): object {
  return { ...org, schedule: { time: new Date().toISOString(), executionId: randomUUID(), intervalMinutes: 1 } };
}

/** Repeats what was disturbed, and says how often. */
export async function undisturbed<Result extends Pick<Invocation, 'isDisturbed'>>(
  attempt: () => Promise<Result>,
  repeated = 0,
): Promise<Result & { readonly repeated: number }> {
  const result = await attempt();
  if (result.isDisturbed && repeated < mostRepeats) return undisturbed(attempt, repeated + 1);
  return { ...result, repeated };
}

/** The probes that did not pass, with their findings. */
export function notPassed({ runs }: Pick<Invocation, 'runs'>): readonly string[] {
  return runs.flatMap(({ lines = [] }) =>
    lines
      .filter(({ status, type }) => type !== 'outcome' || status !== 'passed')
      .map(({ type, probe = type, status = '', finding }) =>
        [probe, status, finding?.code, finding?.detail].filter(Boolean).join(' '),
      ),
  );
}

export function exchangesOf({ runs }: Pick<Invocation, 'runs'>): readonly LoggedExchange[] {
  return runs.flatMap(({ lines = [] }) => lines.flatMap(({ exchanges = [] }) => exchanges));
}
