import type { PublishedPoint } from '../../self-hosted/alarms/cloudwatch.ts';
import type { Gap, History } from '../../self-hosted/history/open-history.ts';
import { type Retention, windowOf } from '../../self-hosted/history/retention.ts';
import { receiverOf } from '../../self-hosted/history/write-history.ts';
import { type Journal, noJournal, type Run } from '../../self-hosted/journal.ts';
import type { RealTime } from '../../self-hosted/lambda/real-time-queue.ts';
import type { LocalSystem, SystemMinute } from '../../self-hosted/local-system.ts';
import { eventsOf, type TimelineEvent } from '../../self-hosted/timeline.ts';

/** A system whose minutes pass in real time. */
export type WatchedSystem = Pick<
  LocalSystem,
  'deployment' | 'now' | 'skipTo' | 'startsIn' | 'forget' | 'alarmState' | 'loopDelay'
> & {
  tick(): Promise<SystemMinute>;
};

export interface WatchRunOptions {
  readonly clock: RealTime;
  readonly history: History;
  readonly retention: Retention;
  /** Whose journal the system has. */
  readonly live: LiveEvents;
  readonly onEvent: (event: TimelineEvent) => void;
  /** Called when the history cannot be written any more, with why, and when it can again. */
  readonly onHistory?: (trouble: string | undefined) => void;
  /** Called before each minute. */
  readonly beforeMinute?: (minute: number) => Promise<void>;
}

const minuteMs = 60_000;

/** How often old things are dropped, in minutes. */
const pruneEvery = 60;

/** How often the timeline reports that this machine is busy, in minutes: once busy, it tends to stay so. */
const delayEvery = 10;

/** Runs a system until the clock is stopped. Keeps the runs that have ended by then, and drops the others. */
export async function runWatch(system: WatchedSystem, options: WatchRunOptions): Promise<void> {
  const { clock, history, retention, live, onEvent, onHistory, beforeMinute } = options;
  let trouble: string | undefined;
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
    const delay = minutes % delayEvery === 1 ? system.loopDelay.take() : undefined;
    if (delay) onEvent({ kind: 'delay', at: system.now, delay });
    const now = history.store();
    if ((now === undefined) !== (trouble === undefined)) onHistory?.(now);
    trouble = now;
    await beforeMinute?.(system.now);
    live.begin(system.now, system.startsIn(system.now));
    try {
      await system.tick();
      live.end();
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

/** Returns how many alarms of a system fire. */
export function firingAlarms(system: Pick<WatchedSystem, 'deployment' | 'alarmState'>): number {
  return system.deployment.alarms.alarms.filter(({ name }) => system.alarmState(name).state === 'ALARM').length;
}

/** Prints events of a system as they happen. */
export interface LiveEvents {
  /** For the system. */
  readonly journal: Journal;
  /** Begins a minute, with the number of runs that start in it. */
  begin(minute: number, starts: number): void;
  /** Prints the rest of a minute. */
  end(): void;
}

/** Makes events of alarms and messages at once, and of a minute as soon as all runs that it started have ended. */
export function liveEvents(onEvent: (event: TimelineEvent) => void): LiveEvents {
  let at = 0;
  let missing = 0;
  let runs: Run[] = [];
  let points: PublishedPoint[] = [];
  const tell = () => {
    const [minute] = eventsOf({ at, runs, points, transitions: [], messages: [] });
    if (runs.length > 0 && minute) onEvent(minute);
    runs = [];
    points = [];
  };
  return {
    begin(minute, starts) {
      at = minute;
      missing = starts;
    },
    end: tell,
    journal: {
      ...noJournal,
      onRun(run) {
        runs.push(run);
        if (!('schedule' in run.by) || run.attempt > 1) return;
        missing -= 1;
        if (missing === 0) tell();
      },
      onPoint: (point) => void points.push(point),
      onMessage(message) {
        const deliveries = message.deliveries.map((each) => ({ ...each, endpoint: receiverOf(each) }));
        onEvent({ kind: 'message', at: message.at, message: { ...message, deliveries } });
      },
      onEvaluated(_at, transitions) {
        for (const transition of transitions) onEvent({ kind: 'alarm', at: transition.at, transition });
      },
    },
  };
}
