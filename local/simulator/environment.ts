import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Org } from '../../functions/model/org.ts';
import { type ResourceApi, startResourceApi } from '../emulators/api/resource-api.ts';
import {
  type AwsEmulator,
  type AwsEmulatorOptions,
  type AwsError,
  startAwsEmulator,
} from '../emulators/aws/aws-emulator.ts';
import {
  type AuthorityPem,
  createIdentity,
  customServerIds,
  defaultLimits,
  issueCertificates,
  type OktaEmulator,
  type OktaOptions,
  startOktaEmulator,
} from '../emulators/okta/index.ts';

/** What the functions of one org talk to: its Okta, an API that takes its tokens, and AWS, which all orgs share. */
export interface TestEnvironment {
  readonly org: string;
  readonly okta: OktaEmulator;
  readonly api: EmulatedApi;
  readonly aws: AwsEmulator;
  /** The contents of Secrets Manager: the text of a secret by its name, or the error that reading it returns. */
  readonly secrets: Map<string, string | AwsError>;
}

/** An API of the org's owner. */
export interface EmulatedApi extends ResourceApi {
  /** Shows new connections a certificate that has expired. Resolves to a function that ends this. */
  expireCertificate(): Promise<() => void>;
}

/** The emulators of several orgs. */
export interface Emulators extends AsyncDisposable {
  readonly environments: ReadonlyMap<string, TestEnvironment>;
  readonly aws: AwsEmulator;
  /** What a function's process needs to reach them. */
  readonly access: { readonly awsEndpoint: string; readonly caFile: string };
  /** Starts the Okta emulators of further orgs. */
  add(orgs: readonly string[]): Promise<void>;
}

export interface EmulatorOptions extends AwsEmulatorOptions {
  /** One Okta emulator for all orgs, without rate limits that they could reach: a hundred of them take long to start. */
  readonly sharesOkta?: boolean;
}

/** The requests a minute that a shared emulator accepts of every kind. */
const sharedLimit = 1_000_000;

/** Starts one Okta emulator per org, unless they share it, and one AWS emulator for all of them. */
export async function startEmulators(
  orgs: readonly string[],
  { sharesOkta = false, ...awsOptions }: EmulatorOptions = {},
): Promise<Emulators> {
  await using starting = new AsyncDisposableStack();
  let stack: AsyncDisposableStack = starting;
  const secrets: TestEnvironment['secrets'] = new Map();
  const aws = starting.use(await startAwsEmulator(secrets, awsOptions));
  const environments = new Map<string, TestEnvironment>();
  // Functions trust it from their start, also for orgs that are added later.
  const { authority } = await createIdentity();
  const start = async (rateLimits?: OktaOptions['rateLimits']) => {
    const identity = { ...(await createIdentity()), authority };
    return stack.use(
      // Virtual time runs faster than the real time in which the requests of one user are counted.
      await startOktaEmulator({ identity, signIn: { userLimits: false }, ...(rateLimits && { rateLimits }) }),
    );
  };
  const unlimited = Object.fromEntries(Object.keys(defaultLimits).map((bucket) => [bucket, sharedLimit]));
  const startBoth = async (...given: Parameters<typeof start>) => {
    const okta = await start(...given);
    return { okta, api: stack.use(await startApi(okta, authority)) };
  };
  let shared: Awaited<ReturnType<typeof startBoth>> | undefined;
  const add = async (added: readonly string[]) => {
    for (const org of added) {
      if (environments.has(org)) continue;
      if (sharesOkta) shared ??= await startBoth(unlimited);
      environments.set(org, { ...(shared ?? (await startBoth())), org, aws, secrets });
    }
  };
  const directory = await mkdtemp(path.join(tmpdir(), 'okta-synthetics-'));
  starting.defer(() => rm(directory, { recursive: true }));
  const caFile = path.join(directory, 'ca.pem');
  await writeFile(caFile, authority.certificate);
  await add(orgs);
  const kept = starting.move();
  stack = kept;
  return {
    environments,
    aws,
    access: { awsEndpoint: aws.url, caFile },
    add,
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** Starts an API that takes the tokens of the custom servers of an org. Its certificate is by the same authority. */
async function startApi(okta: OktaEmulator, authority: AuthorityPem): Promise<EmulatedApi> {
  const certificates = await issueCertificates(Date.now(), authority);
  const api = await startResourceApi({
    ...{ identity: certificates.valid, ca: okta.ca },
    issuers: customServerIds.map((id) => {
      const [issuer, audience] = [okta.issuers[id], okta.audiences[id]];
      return { issuer, audience, jwksUri: `${issuer}/v1/keys` };
    }),
  });
  return { ...api, expireCertificate: async () => api.useIdentity(await certificates.flawed('expired')) };
}

/** What one fault changes. */
export interface Change {
  /** Undoes the change to the environment. */
  readonly restore?: () => unknown;
  /** Alters the event that each group's function is invoked with. */
  readonly event?: (org: Org) => Org;
  /** Shortens the function's timeout. */
  readonly timeoutMs?: number;
}

/** One thing that goes wrong, in the environment or in how a function is invoked. */
export type Fault = (environment: TestEnvironment) => Change | Promise<Change>;

/** An environment with faults in it. */
export interface Injected extends AsyncDisposable {
  event(org: Org): Org;
  readonly timeoutMs: number | undefined;
  restore(): Promise<void>;
}

/** Injects faults in order. If one cannot be injected, those before it are restored. */
export async function inject(environment: TestEnvironment, faults: readonly Fault[]): Promise<Injected> {
  const changes: Change[] = [];
  const restore = async () => {
    for (const change of changes.toReversed()) await change.restore?.();
  };
  try {
    for (const fault of faults) changes.push(await fault(environment));
  } catch (error) {
    await restore();
    throw error;
  }
  return {
    event: (org) => changes.reduce((changed, { event }) => event?.(changed) ?? changed, org),
    timeoutMs: changes.findLast(({ timeoutMs }) => timeoutMs !== undefined)?.timeoutMs,
    restore,
    [Symbol.asyncDispose]: restore,
  };
}
