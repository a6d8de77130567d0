import type { AlarmState } from '../emulators/cloudwatch/index.ts';
import type { ServedRequest } from '../emulators/okta/index.ts';
import type { Account } from './account.ts';
import type { Delay, PublishedPoint } from './alarms/metric-ingestion.ts';
import type { Fault, Injected, TestEnvironment } from './environment.ts';
import type { Execution } from './lambda/lambda-service.ts';
import type { LocalSystem, SystemInternals } from './local-system.ts';
import type { PacketLoss, PacketLossOptions } from './packet-loss.ts';
import type { ReportedFinding } from './reported-finding.ts';
import type { Duplicates, Jitter } from './scheduler.ts';
import type { Queues } from './sns/queues.ts';
import type { DeliveredMessage } from './sns/sns.ts';

/** The deployed system on this machine, in virtual time. Times are epoch milliseconds of the virtual clock. */
export interface Simulation extends Omit<LocalSystem, 'tick' | 'deploy' | keyof SystemInternals> {
  /** Advances one minute: schedules, runs, alarms, messages. */
  tick(): Promise<Minute>;

  /** Injects faults at an org until they are restored. Several may be active at the same time. */
  inject(org: string, steps: readonly Fault[]): Promise<Injected>;
  /** The emulators of an org. All orgs share one AWS. */
  environment(org: string): TestEnvironment;
  /** Resets some of an org's requests. */
  losePackets(org: string, options: PacketLossOptions): PacketLoss;

  /** Updates what is deployed: orgs are added, removed or changed. New schedules and alarms begin now. */
  deploy(template: object): Promise<void>;

  /** Invokes a function by hand, now, and waits for its answer: `okta-synthetics-flows` with the input of a schedule. */
  invoke(lambda: string, event: object): Promise<Execution>;
  /** Whether a schedule starts anything. */
  isEnabled(schedule: string): boolean;

  // Each of these returns a function that undoes it. A Lambda function is named with or without `okta-synthetics-`.

  /** Moves everything to another account or Region, whose quotas hold from now on. */
  useAccount(changes: Partial<Account>): () => void;
  /** Makes the actions that a mute rule held back name the present state as the old one: ALARM after ALARM. */
  tellPresentAfterMute(): () => void;
  /** Disables a schedule: `acme-flows`. */
  disable(schedule: string): () => void;
  /** A subscription that its owner has not confirmed: SNS delivers nothing to it. */
  unconfirm(topic: string, endpoint: string): () => void;
  isConfirmed(topic: string, endpoint: string): boolean;
  /** Delays each start of a schedule within its minute. */
  jitter(jitter: Jitter): () => void;
  /** Delivers some starts of schedules twice, with the same execution id. */
  duplicate(duplicates: Duplicates): () => void;
  /** Throttles a function, as when the account's concurrency is used up. */
  throttle(lambda: string): () => void;
  /** Crashes a function whenever it starts. */
  crash(lambda: string): () => void;
  /** Delays points on their way to CloudWatch. */
  delayPoints(delay: Delay): () => void;
  /** Makes a receiver by https answer with these statuses in turn, and with the last one from then on. */
  answer(endpoint: string, statuses: readonly number[]): () => void;
  /** Fails a topic's deliveries by one protocol, or by all, at once and for good. */
  failDeliveries(topic: string, protocol?: string): () => void;

  /** The queues of messages that could not be delivered. */
  readonly queues: Queues;
  /** Ends a function's idle containers, so that its next run is a cold start. */
  coldStart(lambda: string): Promise<void>;
}

/** One minute of the deployed system on this machine. */
export interface SystemMinute {
  readonly at: number;
  readonly runs: readonly Run[];
  readonly points: readonly PublishedPoint[];
  readonly transitions: readonly Transition[];
  readonly messages: readonly DeliveredMessage[];
}

/** One virtual minute. */
export interface Minute extends SystemMinute {
  /** The requests that each org received. */
  readonly requests: Readonly<Record<string, readonly ServedRequest[]>>;
}

/** One attempt to run a function. */
export interface Invocation {
  readonly at: number;
  /** The function's name. */
  readonly lambda: string;
  /** What invoked it: a schedule, a message on a topic, or somebody by hand. */
  readonly by: { readonly schedule: string } | { readonly topic: string } | { readonly hand: true };
  /** The org in the event. */
  readonly org?: string;
  /** Counts the attempts for this event from 1. */
  readonly attempt: number;
  readonly status: 'succeeded' | 'failed' | 'throttled';
  /** What it threw, or why it was stopped. */
  readonly error?: string;
  readonly durationMs: number;
  readonly cold: boolean;
  /** The number of probes that passed, failed and were skipped. */
  readonly outcomes: Readonly<Record<'passed' | 'failed' | 'skipped', number>>;
  /** Failures, warnings, and what the run reports of itself. */
  readonly findings: readonly ReportedFinding[];
}

/** One attempt with its log, each line as JSON in virtual time. */
export interface Run extends Invocation {
  readonly lines: readonly string[];
}

/** A change of an alarm's state. */
export interface Transition {
  readonly at: number;
  readonly alarm: string;
  readonly from: AlarmState;
  readonly to: AlarmState;
  readonly reason: string;
}
