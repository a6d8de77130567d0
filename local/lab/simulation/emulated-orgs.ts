import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Org } from '../../../functions/model/org.ts';
import { ConfigError } from '../../../lib/config/config-error.ts';
import type { ServedRequest } from '../../../packages/okta-emulator/src/index.ts';
import {
  type AuthorityPem,
  createIdentity,
  customServerIds,
  defaultLimits,
  issueCertificates,
  type OktaEmulator,
  startOktaEmulator,
} from '../../../packages/okta-emulator/src/index.ts';
import {
  type AwsEmulator,
  type AwsEmulatorOptions,
  startAwsEmulator,
} from '../../self-hosted/aws-emulator/aws-emulator.ts';
import { emulateOrg } from './emulated-org.ts';
import { type EmulatedApi, type Fault, type Injected, inject, type TestEnvironment } from './environment.ts';
import { startResourceApi } from './resource-api.ts';

export interface EmulatorOptions extends AwsEmulatorOptions {
  /** One Okta emulator for all orgs, without rate limits that they could reach: a hundred of them take long to start. */
  readonly sharesOkta?: boolean;
  /** The time at the Okta emulators, epoch milliseconds. The system clock by default. */
  readonly oktaNow?: () => number;
}

interface OrgState {
  readonly environment: TestEnvironment;
  readonly active: Set<Injected>;
  /** The emulator takes headroom for a minute. These take it again in the next one. */
  readonly renewals: Set<() => void>;
}

type Services = Pick<TestEnvironment, 'okta' | 'api'>;

/** The requests a minute that a shared emulator accepts of every kind. */
const sharedLimit = 1_000_000;

/** The orgs of a deployment, each with an Okta emulator in its place, and the faults that are injected there. */
export class EmulatedOrgs implements AsyncDisposable {
  readonly aws: AwsEmulator;
  /** How a function's process reaches the emulators. */
  readonly access: { readonly awsEndpoint: string; readonly caFile: string };
  readonly #secrets: TestEnvironment['secrets'];
  readonly #authority: AuthorityPem;
  readonly #sharesOkta: boolean;
  readonly #oktaNow: (() => number) | undefined;
  readonly #opened: AsyncDisposableStack;
  readonly #states = new Map<string, OrgState>();
  /** The event of each configured org. */
  readonly #events = new Map<Org, Org>();
  #shared: Services | undefined;

  /** Starts one Okta emulator per org of these events, unless they share it, and one AWS emulator for all of them. */
  static async start(events: readonly Org[], options: EmulatorOptions = {}): Promise<EmulatedOrgs> {
    const { sharesOkta = false, oktaNow, ...awsOptions } = options;
    await using starting = new AsyncDisposableStack();
    const secrets: TestEnvironment['secrets'] = new Map();
    const aws = starting.use(await startAwsEmulator(secrets, awsOptions));
    // Functions trust it from their start, also for orgs that are added later.
    const { authority } = await createIdentity();
    const directory = await mkdtemp(path.join(tmpdir(), 'okta-synthetics-'));
    starting.defer(() => rm(directory, { recursive: true }));
    const caFile = path.join(directory, 'ca.pem');
    await writeFile(caFile, authority.certificate);
    const orgs = new EmulatedOrgs({ aws, caFile, secrets, authority, sharesOkta, oktaNow }, starting.move());
    try {
      await orgs.add(events);
      return orgs;
    } catch (error) {
      await orgs[Symbol.asyncDispose]();
      throw error;
    }
  }

  private constructor(
    parts: {
      readonly aws: AwsEmulator;
      readonly caFile: string;
      readonly secrets: TestEnvironment['secrets'];
      readonly authority: AuthorityPem;
      readonly sharesOkta: boolean;
      readonly oktaNow: (() => number) | undefined;
    },
    opened: AsyncDisposableStack,
  ) {
    this.aws = parts.aws;
    this.access = { awsEndpoint: parts.aws.url, caFile: parts.caFile };
    this.#secrets = parts.secrets;
    this.#authority = parts.authority;
    this.#sharesOkta = parts.sharesOkta;
    this.#oktaNow = parts.oktaNow;
    this.#opened = opened;
  }

  /** Adds events, starts the emulators of further orgs, and stores the secrets that the events name. */
  async add(events: readonly Org[]): Promise<void> {
    for (const { name } of events) {
      if (this.#states.has(name)) continue;
      if (this.#sharesOkta) this.#shared ??= await this.#startServices(true);
      const services = this.#shared ?? (await this.#startServices(false));
      this.#states.set(name, stateOf({ ...services, org: name, aws: this.aws, secrets: this.#secrets }));
    }
    for (const event of events) {
      const { okta, api } = this.environment(event.name);
      const { org, secrets } = emulateOrg(event, okta, api);
      for (const [name, text] of secrets) {
        if ((this.#secrets.get(name) ?? text) !== text) throw new ConfigError(`Two clients share the secret ${name}.`);
        this.#secrets.set(name, text);
      }
      this.#events.set(event, org);
    }
  }

  /** Returns the emulators of an org. All orgs share one AWS. */
  environment(org: string): TestEnvironment {
    return this.#stateFor(org).environment;
  }

  /** Injects faults at an org until they are restored. Several may be active at the same time. */
  async inject(org: string, faults: readonly Fault[]): Promise<Injected> {
    const { environment, active } = this.#stateFor(org);
    const injected = await inject(environment, faults);
    const restore = async () => {
      active.delete(entry);
      await injected.restore();
    };
    const entry: Injected = { ...injected, restore, [Symbol.asyncDispose]: restore };
    active.add(entry);
    return entry;
  }

  /** Returns the event for a configured org with all active faults, and the function's timeout if a fault shortens it. */
  eventOf(configured: Org): { readonly event: Org; readonly timeoutMs?: number } {
    const org = this.#events.get(configured);
    if (!org) throw new Error(`the org ${configured.name} is not emulated`);
    const active = [...this.#stateFor(org.name).active];
    const timeoutMs = active.findLast((each) => each.timeoutMs !== undefined)?.timeoutMs;
    const event = active.reduce((changed, each) => each.event(changed), org);
    return { event, ...(timeoutMs !== undefined && { timeoutMs }) };
  }

  /** Fills every rate limit again, for runs that stand for a minute each and follow each other at once. */
  resetRateLimits(): void {
    for (const { environment } of this.#states.values()) environment.okta.resetRateLimits();
  }

  /** Starts a minute: what a fault takes of a rate limit is taken again. */
  beginMinute(): void {
    for (const { renewals } of this.#states.values()) for (const renew of renewals) renew();
  }

  /** Returns the requests that each org received since the last call. */
  takeRequests(): Readonly<Record<string, readonly ServedRequest[]>> {
    return Object.fromEntries(
      [...this.#states].map(([name, { environment }]) => {
        const requests = [...environment.okta.requests];
        environment.okta.clearRequests();
        return [name, requests];
      }),
    );
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#opened.disposeAsync();
  }

  #stateFor(org: string): OrgState {
    const state = this.#states.get(org);
    if (!state) throw new Error(`there is no org ${org}, only ${[...this.#states.keys()].join(', ')}`);
    return state;
  }

  async #startServices(isUnlimited: boolean): Promise<Services> {
    const identity = { ...(await createIdentity()), authority: this.#authority };
    const rateLimits = Object.fromEntries(Object.keys(defaultLimits).map((bucket) => [bucket, sharedLimit]));
    const options = {
      identity,
      ...(isUnlimited && { rateLimits }),
      ...(this.#oktaNow && { now: this.#oktaNow }),
    };
    const okta = this.#opened.use(await startOktaEmulator(options));
    return { okta, api: this.#opened.use(await startApi(okta, this.#authority)) };
  }
}

/** Starts an API that takes the tokens of the custom servers of an org. Its certificate is by the same authority. */
async function startApi(okta: OktaEmulator, authority: AuthorityPem): Promise<EmulatedApi> {
  const certificates = await issueCertificates(Date.now(), authority);
  const api = await startResourceApi({
    identity: certificates.valid,
    ca: okta.ca,
    issuers: customServerIds.map((id) => {
      const [issuer, audience] = [okta.issuers[id], okta.audiences[id]];
      return { issuer, audience, jwksUri: `${issuer}/v1/keys` };
    }),
  });
  return { ...api, expireCertificate: async () => api.useIdentity(await certificates.flawed('expired')) };
}

function stateOf({ okta, ...rest }: TestEnvironment): OrgState {
  const renewals: OrgState['renewals'] = new Set();
  const setRemaining = (...headroom: Parameters<OktaEmulator['setRemaining']>) => {
    const renew = () => okta.setRemaining(...headroom);
    renewals.add(renew);
    const restore = renew();
    return () => {
      renewals.delete(renew);
      restore();
    };
  };
  return { environment: { ...rest, okta: { ...okta, setRemaining } }, active: new Set(), renewals };
}
