import { randomUUID } from 'node:crypto';
import { chance } from './chance.ts';
import type { ScheduledStart } from './schedule-context.ts';
import type { Schedule } from './template/deployment.ts';
import { account, region } from './template/resolve-text.ts';

/** One start of a schedule's target. */
export interface DueStart extends ScheduledStart {
  readonly schedule: Schedule;
  /** When Scheduler invokes the target, epoch ms. */
  readonly startsAt: number;
}

export interface Jitter {
  /** Each start is from 0 to so many seconds after its scheduled time. */
  readonly mostSeconds: number;
  readonly seed?: number;
}

export interface Duplicates {
  /** Of all starts, 0 to 1. */
  readonly share: number;
  readonly seed?: number;
}

/** EventBridge Scheduler: it starts targets within a minute of their time, and now and then twice. */
export interface Scheduler {
  /** The starts whose scheduled time is this minute. */
  due(minute: number): readonly DueStart[];
  /** When each schedule was created, by its name. */
  readonly createdAt: ReadonlyMap<string, number>;
  /** Replaces the schedules. A rate counts from the minute in which its schedule was created. */
  deploy(schedules: readonly Schedule[], at: number): void;

  isEnabled(schedule: string): boolean;

  // Each of these returns a function that undoes it.
  disable(schedule: string): () => void;
  jitter(jitter: Jitter): () => void;
  duplicate(duplicates: Duplicates): () => void;
}

const minuteMs = 60_000;

/** How long after the first delivery of a start the second one comes at the most. */
const mostDuplicateSeconds = 20;

/**
 * Starts the schedules of a deployment. Without jitter, each start is on time, as long as its schedule has no flexible
 * time window.
 *
 * @param kept when schedules of these names were created, if not now
 *
 * Trap: Scheduler delivers at least once and with a precision of a minute. What it starts may come at any second.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-flexible-time-windows.html
 */
export function openScheduler(
  schedules: readonly Schedule[],
  startedAt: number,
  kept: ReadonlyMap<string, number> = new Map(),
): Scheduler {
  let deployed = new Map<string, { readonly schedule: Schedule; readonly createdAt: number }>();
  const disabled = new Set<string>();
  const jitters = new Set<Jitter>();
  const duplicates = new Set<Duplicates>();
  const addTo = <Item>(items: Set<Item>, item: Item) => {
    items.add(item);
    return () => {
      items.delete(item);
    };
  };

  function delayMs(schedule: Schedule, minute: number): number {
    const within = chance(`window ${schedule.name} ${minute}`) * schedule.windowMinutes * minuteMs;
    const late = [...jitters].map(({ mostSeconds, seed = 1 }) =>
      Math.floor(chance(`jitter ${seed} ${schedule.name} ${minute}`) * (mostSeconds + 1)),
    );
    return Math.floor(within) + Math.max(0, ...late) * 1000;
  }

  function startsOf(schedule: Schedule, minute: number): readonly DueStart[] {
    const first: DueStart = {
      schedule,
      scheduleArn: `arn:aws:scheduler:${region}:${account}:schedule/${schedule.group}/${schedule.name}`,
      scheduledAt: minute,
      executionId: randomUUID(),
      attempt: 1,
      startsAt: minute + delayMs(schedule, minute),
    };
    const again = [...duplicates].flatMap(({ share, seed = 1 }): readonly DueStart[] => {
      const drawn = chance(`duplicate ${seed} ${schedule.name} ${minute}`);
      const laterMs = Math.ceil((drawn / share) * mostDuplicateSeconds) * 1000;
      return drawn < share ? [{ ...first, startsAt: first.startsAt + laterMs }] : [];
    });
    return [first, ...again];
  }

  const scheduler: Scheduler = {
    due: (minute) =>
      [...deployed.values()].flatMap(({ schedule, createdAt }) => {
        const isDue = Math.round((minute - createdAt) / minuteMs) % schedule.intervalMinutes === 0;
        return isDue && schedule.enabled && !disabled.has(schedule.name) ? startsOf(schedule, minute) : [];
      }),
    get createdAt() {
      return new Map([...deployed].map(([name, { createdAt }]) => [name, createdAt]));
    },
    deploy(changed, at) {
      deployed = new Map(
        changed.map((schedule) => [
          schedule.name,
          { schedule, createdAt: deployed.get(schedule.name)?.createdAt ?? kept.get(schedule.name) ?? at },
        ]),
      );
    },
    isEnabled: (name) => deployed.get(name)?.schedule.enabled === true && !disabled.has(name),
    disable(name) {
      if (!deployed.has(name)) throw new Error(`there is no schedule ${name}`);
      return addTo(disabled, name);
    },
    jitter: (jitter) => addTo(jitters, jitter),
    duplicate: (again) => addTo(duplicates, again),
  };
  scheduler.deploy(schedules, startedAt);
  return scheduler;
}
