import type { Route } from '../../functions/alarms/subject.ts';
import type { AlarmState } from '../emulators/cloudwatch/alarm-definition.ts';

/** What a message tells of an alarm. */
export type News = 'problem' | 'recovery';

/** A message as people got it. All minutes are virtual ones, counted from the row's first bad run. */
export interface Message {
  readonly minute: number;
  readonly route: Route;
  readonly news: News;
  /** The alarm itself, as CloudWatch put it, because nothing made a message of it. */
  readonly raw: boolean;
  /** The name of the alarm that it is about, where it says so. */
  readonly alarm?: string;
  readonly subject: string;
  readonly body: string;
}

export interface Transition {
  readonly minute: number;
  readonly alarm: string;
  readonly from: AlarmState;
  readonly to: AlarmState;
}

/** A minute for which a series that must never have a gap holds no point. */
export interface Gap {
  readonly series: string;
  readonly minute: number;
}

/** What became of a row. */
export interface Trace {
  readonly transitions: readonly Transition[];
  readonly messages: readonly Message[];
  readonly gaps: readonly Gap[];
  /** How many virtual minutes it took, all told. */
  readonly minutes: number;
  /** The first minute in which all is well again. */
  readonly wellAgainAt: number;
  /** Alarms that have not come down by the end. */
  readonly stillFiring: readonly string[];
  /** Since when all is well, epoch ms of the rehearsal. */
  readonly healthySince: number;
  /** What is deployed without a word although it can never work, in words. */
  readonly ineffective: readonly string[];
  /** How many requests were lost on the way. */
  readonly packetsLost: number;
}
