import type { FaultDomain } from '../../../functions/model/fault-domain.ts';
import type { Route } from '../../../functions/model/finding.ts';
import type { NotificationContext } from '../../../functions/notify/render/chat.ts';
import type { AlarmState } from '../../../packages/cloudwatch-alarms/src/index.ts';
import type { DeploymentVariant } from './deployment-variants.ts';
import type { SimulationFault } from './faults/configuration.ts';

/** How soon people must be notified, in runs from the first bad one. */
export const notifyWithinRuns = { page: 3, ticket: 10 } as const;

/** How long the fault of a case lasts, in runs. */
export const faultRuns = 10;

/** Some minutes with faults, or healthy ones. */
export interface Phase {
  readonly minutes: number;
  /** It ends some minutes after all expected alarms fire. `minutes` are the most that it lasts. */
  readonly untilFired?: true;
  /** The deployment at its beginning, as an update of the present one. */
  readonly deploys?: DeploymentVariant;
  readonly faults?: readonly SimulationFault[];
}

/** The expected contents of a message, as data. */
export interface ExpectedContext {
  /** A finding's code, or the code of an alarm on the monitor itself. Undefined if the message must lack evidence. */
  readonly finding: string | undefined;
  readonly domain: FaultDomain;
  readonly oktaStatus?: 'announced';
}

/** An alarm that must fire and resolve once, with one message each. Times are in minutes from the first bad run. */
export interface ExpectedNotification {
  /** The alarm's full name. */
  readonly alarm: string;
  readonly route: Route;
  readonly notBefore?: number;
  readonly within: number;
  /** How often the alarm gets a point, in minutes. */
  readonly every: number;
  /** Absent where the alarm must arrive as CloudWatch words it, because the notifier cannot. */
  readonly context?: ExpectedContext;
  /** A notice: sent once, without a message at the end. */
  readonly isToldOnce?: true;
  /** When its fault ends, if that is not the end of all faults. */
  readonly ends?: number;
  /** The least and the most minutes that the resolved message may report as duration, or that it must report none. */
  readonly lasted?: readonly [least: number, most: number] | 'unknown';
}

/** The events minute by minute, and the expected notifications. */
export interface Scenario {
  /** Unique: `N1@organization, ENOTFOUND`, or the name of a scripted scenario. */
  readonly name: string;
  readonly kind: 'case' | 'scenario';
  /** The id by which it is selected: a case's id, or a scripted scenario's name. Several scenarios may share it. */
  readonly id: string;
  readonly title: string;
  /** Where it happens, in a word or two. */
  readonly target: string;
  readonly deployment: DeploymentVariant;
  /** The org that it happens to. */
  readonly org: string;
  /** Comes first: ten healthy minutes by default. */
  readonly before?: readonly Phase[];
  readonly faultPhases: readonly Phase[];
  /** The most minutes that all alarms may take to resolve. */
  readonly recoversWithin?: number;
  /** How many minutes it is watched after that at the least: ten by default. */
  readonly watchedFor?: number;
  /** It begins with the deployment itself, and not when every alarm has data. */
  readonly isFirstDeployment?: boolean;
  readonly expected: readonly ExpectedNotification[];
  /** Alarms that may fire besides, and that must not notify anybody. */
  readonly allowedAlarms?: readonly string[];
  readonly allowedMessages?: (notification: Notification) => boolean;
  /** Each returns the problems, in plain words. */
  readonly checks?: readonly ((trace: Trace) => readonly string[])[];
  /** A line for the report. */
  readonly remark?: (trace: Trace) => string;
  /** It needs a new deployment, and no other scenario can use that afterwards. */
  readonly fresh?: boolean;
  /** Why it takes real time: its requests wait for a timeout, or it has many minutes. */
  readonly pace?: 'waits' | 'long' | 'short';
}

/** A message that reached people. Minutes count from the first bad run. */
export interface Notification {
  readonly minute: number;
  readonly route: Route;
  readonly status: 'firing' | 'resolved';
  /** `direct`: as CloudWatch or Lambda worded it. */
  readonly delivery: 'direct' | 'notifier';
  /** The alarm that it is about, if it is about one. */
  readonly alarm?: string;
  readonly subject: string;
  /** When it was sent, in seconds from the first bad run. */
  readonly sentAfterSeconds: number;
  /** Whether it says that evidence is missing. */
  readonly hasGaps: boolean;
  /** The contents of the notifier's message, as data. */
  readonly context?: Partial<Readonly<Record<keyof NotificationContext, string>>>;
}

/** A message that a receiver by https accepted. */
export interface Receipt {
  readonly endpoint: string;
  readonly minute: number;
  /** How many tries it took. */
  readonly attempts: number;
  readonly alarm?: string;
  readonly status: Notification['status'];
  readonly subject?: string;
  readonly text: string;
}

/** What happened in a run of a scenario. Minutes are virtual, and count from the first bad run. */
export interface Trace {
  readonly transitions: readonly {
    readonly minute: number;
    readonly alarm: string;
    readonly from: AlarmState;
    readonly to: AlarmState;
  }[];
  readonly notifications: readonly Notification[];
  /** What receivers got by https. */
  readonly receipts: readonly Receipt[];
  /** Minutes without a point in a series that must have one every minute. */
  readonly gaps: readonly { readonly series: string; readonly minute: number }[];
  /** All virtual minutes. */
  readonly minutes: number;
  /** How long the faults lasted. */
  readonly faultMinutes: number;
  /** Alarms that have not resolved by the end. */
  readonly stillFiring: readonly string[];
  /** When the last fault was restored: epoch ms of the simulation. */
  readonly healthySince: number;
  /** Parts of the deployment that can never have an effect, in words. */
  readonly ineffective: readonly string[];
  readonly packetsLost: number;
}

/** Fails if a minute is missing in a series that alarms watch: metrics that cannot be published must go to the log. */
export function noGaps({ gaps }: Trace): readonly string[] {
  const [first] = gaps;
  return first ? [`${gaps.length} points are missing, the first at minute ${first.minute} of ${first.series}`] : [];
}
