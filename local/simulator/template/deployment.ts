import type { Entry } from '../../../lib/functions/bundle.ts';
import type { ParsedAlarms } from '../../emulators/cloudwatch/parse-alarm.ts';

/** What a template deploys, as far as it runs, alarms and tells. */
export interface Deployment {
  readonly schedules: readonly Schedule[];
  readonly functions: readonly DeployedFunction[];
  readonly topics: readonly Topic[];
  readonly alarms: ParsedAlarms;
  /** What AWS would not deploy, or what is not understood here. */
  readonly unsupported: readonly Remark[];
  /** What AWS would deploy without a word, and what would then never happen. */
  readonly ineffective: readonly Remark[];
}

export interface Remark {
  readonly logicalId: string;
  readonly reason: string;
}

/** What calls a function again and again. */
export interface Schedule {
  readonly name: string;
  readonly intervalMinutes: number;
  /** The function's name. */
  readonly target: string;
  readonly input: unknown;
  readonly enabled: boolean;
}

export interface DeployedFunction {
  readonly name: string;
  /** Which bundle it runs: `flows`; the functions that notify share theirs, `notify`. */
  readonly entry: Entry;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  readonly variables: Readonly<Record<string, string>>;
  readonly logGroup: string;
  readonly asynchronous: AsynchronousRules;
}

/** What Lambda does with an event that nobody waits for, when the function fails. */
export interface AsynchronousRules {
  readonly retries: number;
  readonly maxAgeMs: number;
  /** The ARN of what is told when Lambda gives an event up. */
  readonly onFailure?: string;
}

export interface Topic {
  /** What alarms call it by. */
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  /** Whether an alarm's message gets in. */
  readonly takesAlarms: boolean;
  readonly subscriptions: readonly Subscription[];
}

export interface Subscription {
  readonly protocol: string;
  /** An address; of a function, its name. */
  readonly endpoint: string;
  /** Of a function: whether it lets the topic call it. */
  readonly permitted: boolean;
}
