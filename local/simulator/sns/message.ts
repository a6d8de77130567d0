import type { Route } from '../../../functions/alarms/subject.ts';
import type { AlarmState } from '../../emulators/cloudwatch/alarm-definition.ts';

/** A message at the end of its way: what people, or what they have put there, get to read. */
export interface Delivered {
  /** Epoch ms, virtual. */
  readonly at: number;
  /** The topic's name. */
  readonly topic: string;
  /** Whose topic it is; absent where it is none of ours. */
  readonly route?: Route;
  /** Who wrote it: CloudWatch, a function of ours, or Lambda, which gave an event up. The first and last are raw. */
  readonly from: 'alarm' | 'function' | 'failed invocation';
  readonly subject?: string;
  /** The text for whoever has no text of its own. */
  readonly text: string;
  /** The alarm that it is about, and how that stood; absent where it is about none. */
  readonly alarm?: string;
  readonly state?: AlarmState;
  /** One for each subscriber. Of a topic to which nobody subscribed, one by `none`: what would have been read. */
  readonly deliveries: readonly Delivery[];
}

/** A message as one subscriber gets it. */
export interface Delivery {
  readonly protocol: string;
  readonly endpoint: string;
  readonly subject?: string;
  readonly text: string;
  /** It never arrived. */
  readonly failed: boolean;
}

/** What a message is about. */
export interface Cause {
  readonly alarm: string;
  readonly state: AlarmState;
}
