import type { MetricIdentity } from '../../functions/model/metric.ts';
import type { AwsEmulator } from '../emulators/aws/aws-emulator.ts';
import type { AlarmState } from '../emulators/cloudwatch/alarm-definition.ts';
import type { Evaluation } from '../emulators/cloudwatch/evaluate-alarm.ts';
import type { MetricStore } from '../emulators/cloudwatch/metric-store.ts';
import type { ServedRequest } from '../emulators/okta/https-listener.ts';
import type { Found } from '../runner/verify-run.ts';
import type { Delay, PublishedPoint } from './alarms/metric-ingestion.ts';
import type { Fault, Injected, TestEnvironment } from './environment.ts';
import type { PacketLoss, PacketLossOptions } from './packet-loss.ts';
import type { DeliveredMessage } from './sns/sns.ts';
import type { Deployment } from './template/deployment.ts';

/**
 * The deployed system on a laptop, one virtual minute after the other. All times are epoch milliseconds by its own
 * clock, unless something else is said.
 */
export interface Simulation extends AsyncDisposable {
  readonly deployment: Deployment;
  /** The names of the orgs that are watched. */
  readonly orgs: readonly string[];
  readonly startedAt: number;
  /** The end of the last minute, and the start of the next. */
  readonly now: number;

  /** Lets one minute pass: schedules, runs, alarms, messages. */
  tick(): Promise<Minute>;

  /** Everything that people got, or would have got, in order. */
  readonly inbox: readonly DeliveredMessage[];
  readonly transitions: readonly Transition[];
  /** Every try to run a function, in order, without what it logged. */
  readonly invocations: readonly Invocation[];
  /** How an alarm stands, by its whole name. */
  alarmState(alarm: string): Evaluation;
  /** The points of all series: what the alarms see. */
  readonly store: MetricStore;
  /** Series of the monitor's own that an alarm watches and nobody has published so far: a misspelt name, perhaps. */
  unpublished(): readonly { readonly alarm: string; readonly identity: MetricIdentity }[];

  /** Lets things go wrong at an org until they are taken back. Several may be staged at the same time. */
  inject(org: string, steps: readonly Fault[]): Promise<Injected>;
  /** An org's Okta, secrets and AWS, for who changes them by hand. AWS is the same for all. */
  environment(org: string): TestEnvironment;
  readonly aws: AwsEmulator;
  /** Loses some requests of an org on the way. */
  losePackets(org: string, options: PacketLossOptions): PacketLoss;

  // What follows lasts until it is taken back by what it returns. A function is called by its name, with or without
  // the `okta-synthetics-` before it.

  /** Switches a schedule off: `acme-flows`. */
  disable(schedule: string): () => void;
  /** Refuses to run a function, as when the account's concurrency is used up. */
  throttle(lambda: string): () => void;
  /** Crashes a function at its start. */
  crash(lambda: string): () => void;
  /** Delays points on their way to where alarms see them. */
  delayPoints(delay: Delay): () => void;
  /** Keeps what a topic is sent from its subscribers, by one protocol or by all. */
  failDeliveries(topic: string, protocol?: string): () => void;

  /** Ends a function's containers, once: its next run is a cold one. */
  coldStart(lambda: string): Promise<void>;
}

/** What one virtual minute came to. */
export interface Minute {
  /** Its start. */
  readonly at: number;
  readonly runs: readonly Run[];
  readonly points: readonly PublishedPoint[];
  readonly transitions: readonly Transition[];
  readonly messages: readonly DeliveredMessage[];
  /** What was asked of each org. */
  readonly requests: Readonly<Record<string, readonly ServedRequest[]>>;
}

/** One try to run a function. */
export interface Invocation {
  readonly at: number;
  /** The function's name. */
  readonly lambda: string;
  /** What called it: a schedule by its name, or a topic's message. */
  readonly by: { readonly schedule: string } | { readonly topic: string };
  /** The org that the event is about. */
  readonly org?: string;
  /** Which try of this event it is, from 1. */
  readonly attempt: number;
  readonly status: 'succeeded' | 'failed' | 'throttled';
  /** What it threw, or why it was ended. */
  readonly error?: string;
  readonly durationMs: number;
  readonly cold: boolean;
  /** How many probes passed, failed and were skipped. */
  readonly outcomes: Readonly<Record<'passed' | 'failed' | 'skipped', number>>;
  /** What was found: failures, warnings, and what the run says of itself. */
  readonly found: readonly Found[];
}

/** One try with what it logged, each line as JSON in virtual time. */
export interface Run extends Invocation {
  readonly lines: readonly string[];
}

/** A change of an alarm's state. */
export interface Transition {
  readonly at: number;
  /** Its name. */
  readonly alarm: string;
  readonly from: AlarmState;
  readonly to: AlarmState;
  readonly reason: string;
}
