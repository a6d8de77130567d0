import type { Entry } from '../../lib/functions/entries.ts';
import { ratesIn, usualAccount } from './account.ts';
import { emulateOrgs } from './emulated-orgs.ts';
import { startEmulators } from './environment.ts';
import { clockShift, noShift } from './lambda/clock-shift.ts';
import { openEventQueue } from './lambda/event-queue.ts';
import { openRealTimeQueue, type RealTime } from './lambda/real-time-queue.ts';
import { openRunsInProgress } from './lambda/runs-in-progress.ts';
import { eventsIn, isOrg, openLocalSystem, orgsIn, readDeployed } from './local-system.ts';
import { losePackets } from './packet-loss.ts';
import type { FunctionClock, StackParts } from './simulated-stack.ts';
import type { Simulation } from './simulation.ts';
import { openHttpsDelivery, type SimulatedHttpsDelivery } from './sns/https-delivery.ts';

export interface SimulationOptions extends Pick<StackParts, 'journal'> {
  /** As synthesized. Throws `UnsupportedError` for anything that the simulator does not support. */
  readonly template: object;
  /** The built code of an entry: `flows`, `notify`. */
  readonly bundleOf: (entry: Entry) => string;
  /** Epoch ms, the start of a minute. The current minute by default. */
  readonly startsAt?: number;
  /** One Okta emulator for all orgs. See `EmulatorOptions`. */
  readonly sharesOkta?: boolean;
  /** Goes by this clock instead of virtual time: a tick takes until the end of its minute. */
  readonly realTime?: RealTime;
}

const minuteMs = 60_000;

/**
 * Runs a template on this machine: an Okta emulator per org, an AWS emulator, and the built functions. Virtual time moves
 * only by `tick`. Several simulations can be open at the same time; they share nothing.
 *
 * A run takes in virtual time what it takes in real time, from the second at which its schedule or its queue starts it.
 * AWS's rates, the account's concurrency, and when points arrive are reckoned in that time.
 *
 * Trap: probe functions run on the real clock, because the emulator does, and their timestamps are shifted afterwards. So
 * requests take real time, and an hour of virtual timeouts takes real minutes.
 */
export async function openSimulation(options: SimulationOptions): Promise<Simulation> {
  const { bundleOf, startsAt, sharesOkta = false, realTime, journal } = options;
  let deployed = readDeployed(options.template);
  const startedAt = startsAt ?? Math.floor(Date.now() / minuteMs) * minuteMs;
  await using opening = new AsyncDisposableStack();
  let account = usualAccount;
  let tellsPresentAfterMute = false;
  const runsInProgress = openRunsInProgress(startedAt);
  const emulators = opening.use(
    await startEmulators(orgsIn(deployed), {
      sharesOkta,
      rates: () => ratesIn(account),
      now: runsInProgress.timeOf,
    }),
  );
  const { aws } = emulators;
  const orgs = emulateOrgs(eventsIn(deployed), emulators);
  /** Whether a function runs by the real clock, because the Okta emulator that it calls does. */
  const isOnRealTime = (name: string) =>
    deployed.deployment.schedules.some(({ target, input }) => target === name && isOrg(input));
  const clockOf = (name: string, at: number, due: number): FunctionClock => {
    if (realTime) return { shift: noShift, aheadMs: realTime.aheadMs };
    const aheadMs = at - Date.now();
    // On the clock of the function, a start is as late as it is in virtual time.
    return isOnRealTime(name) ? { shift: clockShift(due - aheadMs, due) } : { shift: noShift, aheadMs };
  };
  // Assigned when the system opens it.
  let https: SimulatedHttpsDelivery | undefined;
  const system = opening.use(
    await openLocalSystem({
      ...{ deployed, bundleOf, startedAt, aws, access: emulators.access, runsInProgress, clockOf, journal },
      account: () => account,
      tellsPresentAfterMute: () => tellsPresentAfterMute,
      eventOf: orgs.eventOf,
      openQueue: (queue) => (realTime ? openRealTimeQueue(queue, realTime) : openEventQueue(queue)),
      openHttps(giveUp) {
        https = openHttpsDelivery(giveUp);
        return https;
      },
    }),
  );

  const opened = opening.move();
  const { stack, lambda, scheduler, ingestion, ...rest } = system;
  return {
    ...rest,
    get deployment() {
      return system.deployment;
    },
    get orgs() {
      return system.orgs;
    },
    get now() {
      return system.now;
    },
    async tick() {
      orgs.beginMinute();
      return { ...(await system.tick()), requests: orgs.takeRequests() };
    },
    async deploy(template) {
      const changed = readDeployed(template);
      await emulators.add(orgsIn(changed));
      orgs.add(eventsIn(changed));
      deployed = changed;
      await system.deploy(changed);
    },
    inject: orgs.inject,
    environment: orgs.environment,
    losePackets: (org, loss) => losePackets(orgs.environment(org).okta, () => system.now, loss),
    useAccount(changes) {
      const before = account;
      account = { ...account, ...changes };
      return () => {
        account = before;
      };
    },
    tellPresentAfterMute() {
      tellsPresentAfterMute = true;
      return () => {
        tellsPresentAfterMute = false;
      };
    },
    async invoke(target, event) {
      const by = { hand: true } as const;
      const schedule = deployed.deployment.schedules.find(
        (each) => each.target === target && isOrg(each.input) && isOrg(event) && each.input.name === event.name,
      );
      if (!schedule || !isOrg(schedule.input)) return stack.call({ target, payload: event, by }, system.now);
      const { event: emulated, ...rest } = orgs.eventOf(schedule.input);
      return stack.call({ target, payload: { ...event, ...emulated }, by, org: emulated.name, ...rest }, system.now);
    },
    isEnabled: scheduler.isEnabled,
    unconfirm: stack.sns.unconfirm,
    isConfirmed: stack.sns.isConfirmed,
    disable: scheduler.disable,
    jitter: scheduler.jitter,
    duplicate: scheduler.duplicate,
    throttle: lambda.throttle,
    crash: lambda.crash,
    delayPoints: ingestion.delay,
    answer: (...args) => {
      if (!https) throw new Error('unreachable: the system has opened it');
      return https.answer(...args);
    },
    failDeliveries: stack.sns.failDeliveries,
    queues: stack.queues,
    coldStart: lambda.coldStart,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
