import type { MetricIdentity } from '../../functions/model/metric.ts';
import type { AwsEmulator } from '../emulators/aws/aws-emulator.ts';
import type { AlarmState } from '../emulators/cloudwatch/alarm-definition.ts';
import type { Evaluation } from '../emulators/cloudwatch/evaluate-alarm.ts';
import type { MetricStore } from '../emulators/cloudwatch/metric-store.ts';
import type { ServedRequest } from '../emulators/okta/https-listener.ts';
import type { Account } from './account.ts';
import type { Delay, PublishedPoint } from './alarms/metric-ingestion.ts';
import type { Fault, Injected, TestEnvironment } from './environment.ts';
import type { Execution } from './lambda/lambda-service.ts';
import type { PacketLoss, PacketLossOptions } from './packet-loss.ts';
import type { ReportedFinding } from './reported-finding.ts';
import type { Duplicates, Jitter } from './scheduler.ts';
import type { Queues } from './sns/queues.ts';
import type { DeliveredMessage } from './sns/sns.ts';
import type { Deployment } from './template/deployment.ts';

/** The deployed system on this machine, in virtual time. Times are epoch milliseconds of the virtual clock. */
export interface Simulation extends AsyncDisposable {
  readonly deployment: Deployment;
  /** The names of the monitored orgs. */
  readonly orgs: readonly string[];
  readonly startedAt: number;
  /** The end of the last minute, and the start of the next. */
  readonly now: number;

  /** Advances one minute: schedules, runs, alarms, messages. */
  tick(): Promise<Minute>;

  /**
   * Invokes a function now and waits for its answer, as the console does. It is no run: neither `invocations` nor the
   * function's metrics have it.
   */
  call(lambda: string, event: unknown): Promise<Execution>;

  /** Every message in the order of delivery, including those to a topic without subscribers. */
  readonly inbox: readonly DeliveredMessage[];
  readonly transitions: readonly Transition[];
  /** Every attempt to run a function, in order, without its log. */
  readonly invocations: readonly Invocation[];
  /** An alarm's state, by its full name. */
  alarmState(alarm: string): Evaluation;
  /** The points that the alarms see. */
  readonly store: MetricStore;
  /** Our own series that an alarm watches and nothing has published so far, perhaps because of a misspelt name. */
  unpublished(): readonly { readonly alarm: string; readonly identity: MetricIdentity }[];

  /** Injects faults at an org until they are restored. Several may be active at the same time. */
  inject(org: string, steps: readonly Fault[]): Promise<Injected>;
  /** The emulators of an org. All orgs share one AWS. */
  environment(org: string): TestEnvironment;
  readonly aws: AwsEmulator;
  /** Resets some of an org's requests. */
  losePackets(org: string, options: PacketLossOptions): PacketLoss;

  /** Updates what is deployed: orgs are added, removed or changed. New schedules and alarms begin now. */
  deploy(template: object): Promise<void>;

  // Each of these returns a function that undoes it. A Lambda function is named with or without `okta-synthetics-`.

  /** Moves everything to another account or Region, whose quotas hold from now on. */
  useAccount(changes: Partial<Account>): () => void;
  /** Makes the actions that a mute rule held back name the present state as the old one: ALARM after ALARM. */
  tellPresentAfterMute(): () => void;
  /** Disables a schedule: `acme-flows`. */
  disable(schedule: string): () => void;
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

/** One virtual minute. */
export interface Minute {
  readonly at: number;
  readonly runs: readonly Run[];
  readonly points: readonly PublishedPoint[];
  readonly transitions: readonly Transition[];
  readonly messages: readonly DeliveredMessage[];
  /** The requests that each org received. */
  readonly requests: Readonly<Record<string, readonly ServedRequest[]>>;
}

/** One attempt to run a function. */
export interface Invocation {
  readonly at: number;
  /** The function's name. */
  readonly lambda: string;
  /** What invoked it: a schedule, or a message on a topic. */
  readonly by: { readonly schedule: string } | { readonly topic: string };
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
