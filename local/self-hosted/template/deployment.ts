import type { Entry } from '../../../lib/functions/entries.ts';
import type { ParsedAlarms } from '../../../packages/cloudwatch-alarms/src/index.ts';

/** The parts of a template that the simulator runs. */
export interface Deployment {
  readonly schedules: readonly Schedule[];
  readonly functions: readonly DeployedFunction[];
  readonly topics: readonly Topic[];
  /** The names of the queues. */
  readonly queues: readonly string[];
  readonly rules: readonly EventRule[];
  readonly alarms: ParsedAlarms;
  readonly tables: readonly Table[];
  readonly dashboards: readonly Dashboard[];
  /** What AWS would reject or the simulator does not support. */
  readonly unsupported: readonly TemplateIssue[];
  /** What AWS deploys without an error although it can never work. */
  readonly ineffective: readonly TemplateIssue[];
}

export interface TemplateIssue {
  readonly logicalId: string;
  readonly reason: string;
}

/** Invokes a function at a fixed rate. */
export interface Schedule {
  readonly name: string;
  /** The name of its schedule group. */
  readonly group: string;
  readonly intervalMinutes: number;
  /** Its flexible time window; 0 if it has none. */
  readonly windowMinutes: number;
  /** The function's name. */
  readonly target: string;
  readonly input: unknown;
  readonly enabled: boolean;
}

export interface DeployedFunction {
  readonly name: string;
  /** The bundle it runs, such as `flows`. The notifiers of both routes run `notify`. */
  readonly entry: Entry;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  readonly variables: Readonly<Record<string, string>>;
  readonly logGroup: string;
  readonly asynchronous: AsynchronousRules;
}

/** How Lambda handles asynchronous events when the function fails. */
export interface AsynchronousRules {
  readonly retries: number;
  readonly maxAgeMs: number;
  /** The ARN of the destination for events that Lambda discards. */
  readonly onFailure?: string;
}

export interface Topic {
  /** Alarm actions refer to the topic by this ID. */
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  /** Whether CloudWatch alarms are allowed to publish to it. */
  readonly acceptsAlarms: boolean;
  readonly subscriptions: readonly Subscription[];
}

export interface Subscription {
  readonly protocol: string;
  /** An address, or a function's name. */
  readonly endpoint: string;
  /** Whether the topic is allowed to invoke the function. Always true for other protocols. */
  readonly permitted: boolean;
  /** The pauses before each further try by https, in milliseconds. */
  readonly retryDelaysMs?: readonly number[];
  /** The name of the queue for undeliverable messages. */
  readonly deadLetters?: string;
}

/** A rule on the default event bus, which posts matching events or publishes them to a topic. */
export interface EventRule {
  readonly name: string;
  readonly pattern: EventPattern;
  readonly enabled: boolean;
  /** What becomes of the event: its detail, or a template with some of its values. */
  readonly input: '$.detail' | InputTransformer;
  readonly to: ApiDestination | { readonly topicId: string };
}

/** Of each list, one value must match. */
export interface EventPattern {
  readonly [field: string]: readonly string[] | EventPattern;
}

export interface InputTransformer {
  /** By the name of a variable: `$.detail.alarmName`. */
  readonly paths: Readonly<Record<string, string>>;
  readonly template: string;
}

export interface ApiDestination {
  readonly endpoint: string;
  /** The members that the connection adds to the body. Trap: references to secrets are not resolved. */
  readonly body: Readonly<Record<string, string>>;
  readonly retryDelaysMs: readonly number[];
  readonly deadLetters?: string;
}

/** A dashboard, as far as it invokes functions. */
export interface Dashboard {
  readonly logicalId: string;
  readonly name: string;
  /** The functions of its custom widgets by name, or by ARN if they are not in the template. */
  readonly invokes: readonly string[];
}

/** A table of DynamoDB, and the names of its keys. */
export interface Table {
  readonly name: string;
  readonly partition: string;
  readonly sort: string;
}
