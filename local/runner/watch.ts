import type { Gap, History } from '../history/open-history.ts';
import type { Retention } from '../history/retention.ts';
import { receiverOf } from '../history/write-history.ts';
import { type Journal, noJournal } from '../simulator/journal.ts';
import type { RealTime } from '../simulator/lambda/real-time-queue.ts';
import type { LocalSystem } from '../simulator/local-system.ts';
import type { SystemMinute } from '../simulator/simulation.ts';
import { windowOf } from '../watch/window.ts';
import { eventsOf, type TimelineEvent } from './timeline.ts';

/** A system whose minutes pass in real time. */
export type WatchedSystem = Pick<LocalSystem, 'deployment' | 'now' | 'skipTo' | 'forget' | 'alarmState'> & {
  tick(): Promise<SystemMinute>;
};

export interface WatchRunOptions {
  readonly clock: RealTime;
  readonly history: History;
  readonly retention: Retention;
  readonly onEvent: (event: TimelineEvent) => void;
  /** Called before each minute. */
  readonly beforeMinute?: (minute: number) => Promise<void>;
}

const minuteMs = 60_000;

/** How often old things are dropped, in minutes. */
const pruneEvery = 60;

/** Runs a system until the clock is stopped. A run that has ended by then is kept, and one that has not is none. */
export async function runWatch(system: WatchedSystem, options: WatchRunOptions): Promise<void> {
  const { clock, history, retention, onEvent, beforeMinute } = options;
  for (let minutes = 0; !clock.stopped.aborted; minutes += 1) {
    const gap = suspension(system.now, clock.now());
    if (gap) {
      history.keepGap(gap);
      system.skipTo(gap.end);
      onEvent({ kind: 'gap', at: gap.end, gap });
    }
    if (minutes % pruneEvery === 0) {
      history.prune(clock.now(), retention);
      await system.forget(system.now - windowOf(system.deployment));
    }
    await beforeMinute?.(system.now);
    try {
      const [minute] = eventsOf(await system.tick());
      if (minute) onEvent(minute);
    } catch (error) {
      if (!clock.stopped.aborted) throw error;
    }
  }
}

/** The minutes that are over before the first of them began: the machine slept, or had no time for this. */
function suspension(start: number, now: number): Gap | undefined {
  const end = Math.floor(now / minuteMs) * minuteMs;
  return end > start ? { start, end, reason: 'suspended' } : undefined;
}

/** Makes events of alarms and messages as they happen. Minutes are told when they end. */
export function liveEvents(onEvent: (event: TimelineEvent) => void): Journal {
  return {
    ...noJournal,
    onMessage(message) {
      const deliveries = message.deliveries.map((each) => ({ ...each, endpoint: receiverOf(each) }));
      onEvent({ kind: 'message', at: message.at, message: { ...message, deliveries } });
    },
    onEvaluated(_at, transitions) {
      for (const transition of transitions) onEvent({ kind: 'alarm', at: transition.at, transition });
    },
  };
}
