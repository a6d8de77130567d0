import type { MetricIdentity } from '../../../functions/model/metric.ts';
import type { StoredItem } from '../../../functions/state/state-table.ts';

/**
 * The account and Region in which a monitor is deployed, as a game day uses it: it reads, and it invokes functions. It changes
 * no resource, so that a game day that is stopped has nothing to undo.
 *
 * Each method throws an `AccountError` if AWS refuses it. Times are milliseconds since the epoch, by the account's clock.
 */
export interface DeployedAccount {
  now(): number;
  /** Waits. Throws the signal's reason if it is aborted meanwhile. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
  caller(): Promise<Caller>;
  /** The resources of a stack and of the stacks nested in it. Undefined if there is no such stack. */
  resources(stack: string): Promise<readonly StackResource[] | undefined>;
  subscriptions(topicArn: string): Promise<readonly TopicSubscription[]>;
  /** The schedules of a group. */
  schedules(group: string): Promise<readonly ListedSchedule[]>;
  /** The input of a schedule, as it was deployed: JSON. */
  inputOf(group: string, schedule: string): Promise<string>;
  /** The environment variables of a function. */
  variables(lambda: string): Promise<Readonly<Record<string, string>>>;
  /** Invokes a function once and waits for its answer. */
  invoke(lambda: string, event: object): Promise<Answer>;
  alarm(name: string): Promise<DeployedAlarm | undefined>;
  /** The values of a series, one for each minute that has any, in order. */
  values(
    identity: MetricIdentity,
    statistic: 'Maximum' | 'Sum',
    from: number,
    to: number,
  ): Promise<readonly TimedValue[]>;
  /** The items of a partition of the state table whose names begin with this. */
  items(table: string, partition: string, beginning: string): Promise<readonly StoredItem[]>;
}

/** The same account, as the doctor reads it before and after a deployment. Each method throws an `AccountError`. */
export interface ExaminedAccount {
  caller(): Promise<Caller>;
  /** The version of the CDK's bootstrap stack. Undefined without one. */
  bootstrapVersion(): Promise<string | undefined>;
  /** The concurrency that is left for functions without a reserved one. */
  unreservedConcurrency(): Promise<number | undefined>;
  /** Undefined if there is no such stack. */
  stack(name: string): Promise<DeployedStack | undefined>;
  /** Undefined if there is no such function. */
  functionState(lambda: string): Promise<FunctionState | undefined>;
  allSubscriptions(): Promise<readonly AccountSubscription[]>;
  /** The id of the key that encrypts a topic. Undefined if none does. */
  topicKey(topicArn: string): Promise<string | undefined>;
}

export interface DeployedStack {
  readonly status: string;
  readonly outputs: Readonly<Record<string, string>>;
}

export interface FunctionState {
  readonly state: string | undefined;
  readonly lastUpdate: string | undefined;
}

/** The caller and the place of its requests. */
export interface Caller {
  readonly account: string;
  readonly region: string;
  /** The end of the caller's ARN: `user/jane`, `assumed-role/Admin/jane`. */
  readonly by: string;
}

export interface StackResource {
  readonly type: string;
  /** A name or an ARN, depending on the type. */
  readonly physicalId: string;
}

export interface TopicSubscription {
  readonly protocol: string;
  /** Trap: the address of a webhook may contain a secret. */
  readonly endpoint: string;
  /** Whether its owner has confirmed it. Without that, SNS delivers nothing. */
  readonly isConfirmed: boolean;
}

export interface AccountSubscription extends TopicSubscription {
  readonly topicArn: string;
}

export interface ListedSchedule {
  readonly name: string;
  readonly isEnabled: boolean;
  /** The name of the function. */
  readonly lambda: string;
}

/** The result of a function, or its error. */
export type Answer = { readonly value: unknown } | { readonly error: string };

export interface DeployedAlarm {
  readonly state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
  /** When it got into this state. */
  readonly since: number;
  readonly areActionsEnabled: boolean;
  /** The ARNs of the topics that it publishes to when it fires. */
  readonly topicArns: readonly string[];
  readonly periodMs: number;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
}

export interface TimedValue {
  readonly at: number;
  readonly value: number;
}
