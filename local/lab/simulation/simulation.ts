import { availableParallelism } from 'node:os';
import { concurrency, type RatedOperation, ratePerSecond, rates } from '../../../lib/limits/quotas.ts';
import type { ServedRequest } from '../../../packages/okta-emulator/src/index.ts';
import type { Delay } from '../../self-hosted/alarms/cloudwatch.ts';
import { startFunctionThread } from '../../self-hosted/lambda/function-process.ts';
import { type Execution, RunsInProgress } from '../../self-hosted/lambda/lambda-service.ts';
import { openRealTimeQueue, type RealTime } from '../../self-hosted/lambda/real-time-queue.ts';
import { atTime, followClients, followedTime, machineNow } from '../../self-hosted/lambda/shifted-clock.ts';
import {
  type Conditions,
  createTables,
  LocalSystem,
  type SystemMinute,
  type SystemParts,
} from '../../self-hosted/local-system.ts';
import type { Duplicates, Jitter } from '../../self-hosted/scheduler.ts';
import type { Queues } from '../../self-hosted/sns/messages.ts';
import { eventsIn, isOrg, readDeployed } from '../../self-hosted/template/read-deployment.ts';
import { EmulatedOrgs } from './emulated-orgs.ts';
import type { Fault, Injected, TestEnvironment } from './environment.ts';
import { openEventQueue } from './event-queue.ts';
import { losePackets, type PacketLoss, type PacketLossOptions } from './packet-loss.ts';
import { SimulatedHttpsDelivery } from './simulated-https.ts';

export interface SimulationOptions extends Pick<SystemParts, 'journal' | 'bundleOf'> {
  /** As synthesized. Throws `UnsupportedError` for anything that the simulator does not support. */
  readonly template: object;
  /** Epoch ms, the start of a minute. The current minute by default. */
  readonly startsAt?: number;
  /** One Okta emulator for all orgs. See `EmulatorOptions`. */
  readonly sharesOkta?: boolean;
  /** Goes by this clock instead of virtual time: a tick takes until the end of its minute. */
  readonly realTime?: RealTime;
}

/** One virtual minute. */
export interface Minute extends SystemMinute {
  /** The requests that each org received. */
  readonly requests: Readonly<Record<string, readonly ServedRequest[]>>;
}

const minuteMs = 60_000;

/** An account that has run functions for a while, in the Region with the highest quotas. */
const usualAccount: Conditions['account'] = { region: 'us-east-1', concurrency: concurrency.account.most };

/** Returns how often each operation may be called in a Region, a second. */
function ratesIn(region: string): Readonly<Record<string, number>> {
  const operations = Object.keys(rates) as RatedOperation[];
  return Object.fromEntries(operations.map((operation) => [operation, ratePerSecond(operation, region)]));
}

/**
 * A deployed system in virtual time, and the faults that happen to it: an Okta emulator per org, an AWS emulator, and the
 * built functions. Virtual time moves only by `tick`. Several simulations can be open at the same time; they share nothing.
 * Times are epoch milliseconds of the virtual clock.
 *
 * Each function has one container, in a thread: runs may overlap in virtual time and still follow each other in real time.
 *
 * A run takes in virtual time what it takes in real time, from the second at which its schedule or its queue starts it.
 * AWS's rates, the account's concurrency, and when points arrive are reckoned in that time.
 *
 * Each function runs by the virtual time at which it started, and its requests carry that time to the emulators. Between
 * requests, the emulators' time is that of the simulation.
 *
 * Trap: durations are real, so an hour of virtual timeouts takes real minutes. Certificates of TLS are issued in real
 * time, because OpenSSL reads the machine's clock.
 */
export class Simulation extends LocalSystem {
  readonly #emulated: EmulatedOrgs;
  readonly #https: SimulatedHttpsDelivery;
  readonly #conditions: { -readonly [Name in keyof Conditions]: Conditions[Name] };
  readonly #realTime: RealTime | undefined;

  static async open(options: SimulationOptions): Promise<Simulation> {
    const { sharesOkta = false, realTime, startsAt = Math.floor(Date.now() / minuteMs) * minuteMs } = options;
    const deployed = readDeployed(options.template);
    const conditions: Conditions = { account: usualAccount, tellsPresentAfterMute: false };
    const runsInProgress = new RunsInProgress(startsAt);
    followClients();
    let current = () => startsAt;
    await using opening = new AsyncDisposableStack();
    const emulated = opening.use(
      await EmulatedOrgs.start(eventsIn(deployed), {
        sharesOkta,
        rates: () => ratesIn(conditions.account.region),
        now: runsInProgress.timeOf,
        oktaNow: () => followedTime() ?? current(),
      }),
    );
    await createTables({ aws: emulated.aws, deployed, kept: undefined });
    const simulation = new Simulation(emulated, conditions, realTime, {
      deployed,
      runsInProgress,
      bundleOf: options.bundleOf,
      journal: options.journal,
      ...(!realTime && { containers: { start: startFunctionThread, most: sharesOkta ? availableParallelism() : 1 } }),
      startedAt: startsAt,
      aheadMs: (startsAt) => realTime?.aheadMs ?? startsAt - machineNow(),
      openQueue: (queue) => (realTime ? openRealTimeQueue(queue, realTime) : openEventQueue(queue)),
    });
    current = () => simulation.#time();
    opening.move();
    return simulation;
  }

  private constructor(
    emulated: EmulatedOrgs,
    conditions: Conditions,
    realTime: RealTime | undefined,
    parts: Omit<SystemParts, 'aws' | 'access' | 'eventOf' | 'conditions' | 'openHttps'>,
  ) {
    let https: SimulatedHttpsDelivery | undefined;
    super({
      ...parts,
      conditions,
      aws: emulated.aws,
      access: emulated.access,
      eventOf: (org) => emulated.eventOf(org),
      openHttps: (giveUp) => {
        https = new SimulatedHttpsDelivery(giveUp);
        return https;
      },
    });
    if (!https) throw new Error('unreachable: the system has opened it');
    this.#https = https;
    this.#emulated = emulated;
    this.#conditions = conditions;
    this.#realTime = realTime;
  }

  /** Advances one minute: schedules, runs, alarms, messages. */
  override async tick(): Promise<Minute> {
    this.#emulated.beginMinute();
    return { ...(await super.tick()), requests: this.#emulated.takeRequests() };
  }

  /** Updates the deployment: orgs are added, removed or changed. New schedules and alarms begin now. */
  async deploy(template: object): Promise<void> {
    const deployed = readDeployed(template);
    await this.#emulated.add(eventsIn(deployed));
    await this.update(deployed);
  }

  /** Injects faults at an org until they are restored. Several may be active at the same time. */
  async inject(org: string, faults: readonly Fault[]): Promise<Injected> {
    const injected = await atTime(this.#time(), () => this.#emulated.inject(org, faults));
    const restore = () => atTime(this.#time(), () => injected.restore());
    return { ...injected, restore, [Symbol.asyncDispose]: restore };
  }

  /** Returns the emulators of an org. All orgs share one AWS. */
  environment(org: string): TestEnvironment {
    return this.#emulated.environment(org);
  }

  /** Invokes a function by hand, now, and waits for its answer: `okta-synthetics-flows` with the input of a schedule. */
  async invoke(target: string, event: object): Promise<Execution> {
    const by = { hand: true } as const;
    const { input } =
      this.deployment.schedules.find(
        (each) => each.target === target && isOrg(each.input) && isOrg(event) && each.input.name === event.name,
      ) ?? {};
    if (!isOrg(input)) return this.call({ target, payload: event, by });
    const { event: emulated, ...rest } = this.#emulated.eventOf(input);
    return this.call({ target, payload: { ...event, ...emulated }, by, org: emulated.name, ...rest });
  }

  /** The queues of messages that could not be delivered. */
  get queues(): Queues {
    return this.messages.queues;
  }

  /** Whether a schedule starts anything. */
  isEnabled(schedule: string): boolean {
    return this.scheduler.isEnabled(schedule);
  }

  isConfirmed(topic: string, endpoint: string): boolean {
    return this.messages.sns.isConfirmed(topic, endpoint);
  }

  /** Ends a function's idle containers, so that its next run is a cold start. */
  coldStart(lambda: string): Promise<void> {
    return this.lambda.coldStart(lambda);
  }

  /** Resets some of an org's requests. */
  losePackets(org: string, options: PacketLossOptions): PacketLoss {
    return losePackets(this.environment(org).okta, () => this.now, options);
  }

  // Each of these returns a function that undoes it. A Lambda function is named with or without `okta-synthetics-`.

  /** Moves everything to another account or Region, whose quotas hold from now on. */
  useAccount(changes: Partial<Conditions['account']>): () => void {
    const before = this.#conditions.account;
    this.#conditions.account = { ...before, ...changes };
    return () => {
      this.#conditions.account = before;
    };
  }

  /** Makes the actions that a mute rule held back name the present state as the old one: ALARM after ALARM. */
  tellPresentAfterMute(): () => void {
    this.#conditions.tellsPresentAfterMute = true;
    return () => {
      this.#conditions.tellsPresentAfterMute = false;
    };
  }

  /** Disables a schedule: `acme-flows`. */
  disable(schedule: string): () => void {
    return this.scheduler.disable(schedule);
  }

  /** Delays each start of a schedule within its minute. */
  jitter(jitter: Jitter): () => void {
    return this.scheduler.jitter(jitter);
  }

  /** Delivers some starts of schedules twice, with the same execution id. */
  duplicate(duplicates: Duplicates): () => void {
    return this.scheduler.duplicate(duplicates);
  }

  /** Throttles a function, as when the account's concurrency is used up. */
  throttle(lambda: string): () => void {
    return this.lambda.throttle(lambda);
  }

  /** Crashes a function whenever it starts. */
  crash(lambda: string): () => void {
    return this.lambda.crash(lambda);
  }

  /** Delays points on their way to CloudWatch. */
  delayPoints(delay: Delay): () => void {
    return this.cloudWatch.delay(delay);
  }

  /** Unconfirms a subscription: SNS delivers nothing to it. */
  unconfirm(topic: string, endpoint: string): () => void {
    return this.messages.sns.unconfirm(topic, endpoint);
  }

  /** Makes a receiver by https answer with these statuses in turn, and with the last one from then on. */
  answer(endpoint: string, statuses: readonly number[]): () => void {
    return this.#https.answer(endpoint, statuses);
  }

  /** Fails a topic's deliveries by one protocol, or by all, at once and for good. */
  failDeliveries(topic: string, protocol?: string): () => void {
    return this.messages.sns.failDeliveries(topic, protocol);
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await super[Symbol.asyncDispose]();
    await this.#emulated[Symbol.asyncDispose]();
  }

  /** Between the requests of functions. */
  #time(): number {
    return this.#realTime?.now() ?? this.now;
  }
}
