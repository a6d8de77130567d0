import { randomUUID } from 'node:crypto';
import { addTo } from './add-to.ts';
import { chance } from './chance.ts';
import type { Schedule } from './template/deployment.ts';
import { account, region } from './template/resolve-text.ts';

/** What EventBridge Scheduler knows of one start of a target. */
export interface ScheduledStart {
  readonly scheduleArn: string;
  /** Epoch ms, by the clock that the function reads. */
  readonly scheduledAt: number;
  /** The same in each delivery of one start. */
  readonly executionId: string;
  readonly attempt: number;
}

/** One start of a schedule's target. */
export interface DueStart extends ScheduledStart {
  readonly schedule: Schedule;
  /** When Scheduler invokes the target, epoch ms. */
  readonly startsAt: number;
}

export interface Jitter {
  /** The most seconds by which a start is later than its scheduled time. */
  readonly mostSeconds: number;
  readonly seed?: number;
}

export interface Duplicates {
  /** Of all starts, 0 to 1. */
  readonly share: number;
  readonly seed?: number;
}

const minuteMs = 60_000;

/** How long after the first delivery of a start the second one comes at the most. */
const mostDuplicateSeconds = 20;

/**
 * EventBridge Scheduler: it starts targets within a minute of their time, and now and then twice. Without jitter, each
 * start is on time, as long as its schedule has no flexible time window.
 *
 * Trap: Scheduler delivers at least once and with a precision of a minute, so a run may begin at any second.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-flexible-time-windows.html
 */
export class Scheduler {
  #deployed = new Map<string, { readonly schedule: Schedule; readonly createdAt: number }>();
  readonly #disabled = new Set<string>();
  readonly #jitters = new Set<Jitter>();
  readonly #duplicates = new Set<Duplicates>();

  /** @param createdAt when schedules of these names were created, if not at the start */
  constructor(schedules: readonly Schedule[], startedAt: number, createdAt: ReadonlyMap<string, number> = new Map()) {
    this.deploy(schedules, startedAt, createdAt);
  }

  /** Returns the starts whose scheduled time is this minute. */
  due(minute: number): readonly DueStart[] {
    return [...this.#deployed.values()].flatMap(({ schedule, createdAt }) => {
      const isDue = Math.round((minute - createdAt) / minuteMs) % schedule.intervalMinutes === 0;
      return isDue && this.isEnabled(schedule.name) ? this.#startsOf(schedule, minute) : [];
    });
  }

  /** When each schedule was created, by its name. */
  get createdAt(): ReadonlyMap<string, number> {
    return new Map([...this.#deployed].map(([name, { createdAt }]) => [name, createdAt]));
  }

  /** Replaces the schedules. A rate counts from the minute in which its schedule was created. */
  deploy(schedules: readonly Schedule[], at: number, kept: ReadonlyMap<string, number> = this.createdAt): void {
    this.#deployed = new Map(
      schedules.map((schedule) => [schedule.name, { schedule, createdAt: kept.get(schedule.name) ?? at }]),
    );
  }

  isEnabled(name: string): boolean {
    return this.#deployed.get(name)?.schedule.enabled === true && !this.#disabled.has(name);
  }

  // Each of these returns a function that undoes it.

  disable(name: string): () => void {
    if (!this.#deployed.has(name)) throw new Error(`there is no schedule ${name}`);
    return addTo(this.#disabled, name);
  }

  jitter(jitter: Jitter): () => void {
    return addTo(this.#jitters, jitter);
  }

  duplicate(duplicates: Duplicates): () => void {
    return addTo(this.#duplicates, duplicates);
  }

  #delayMs(schedule: Schedule, minute: number): number {
    const within = chance(`window ${schedule.name} ${minute}`) * schedule.windowMinutes * minuteMs;
    const late = [...this.#jitters].map(({ mostSeconds, seed = 1 }) =>
      Math.floor(chance(`jitter ${seed} ${schedule.name} ${minute}`) * (mostSeconds + 1)),
    );
    return Math.floor(within) + Math.max(0, ...late) * 1000;
  }

  #startsOf(schedule: Schedule, minute: number): readonly DueStart[] {
    const first: DueStart = {
      schedule,
      scheduleArn: `arn:aws:scheduler:${region}:${account}:schedule/${schedule.group}/${schedule.name}`,
      scheduledAt: minute,
      executionId: randomUUID(),
      attempt: 1,
      startsAt: minute + this.#delayMs(schedule, minute),
    };
    const again = [...this.#duplicates].flatMap(({ share, seed = 1 }): readonly DueStart[] => {
      const drawn = chance(`duplicate ${seed} ${schedule.name} ${minute}`);
      const laterMs = Math.ceil((drawn / share) * mostDuplicateSeconds) * 1000;
      return drawn < share ? [{ ...first, startsAt: first.startsAt + laterMs }] : [];
    });
    return [first, ...again];
  }
}

/**
 * The payload with the values that EventBridge Scheduler puts in the place of its context attributes.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
 */
export function withScheduleContext(payload: unknown, start: ScheduledStart): unknown {
  const attributes = {
    '<aws.scheduler.schedule-arn>': start.scheduleArn,
    '<aws.scheduler.scheduled-time>': `${new Date(start.scheduledAt).toISOString().slice(0, 19)}Z`,
    '<aws.scheduler.execution-id>': start.executionId,
    '<aws.scheduler.attempt-number>': String(start.attempt),
  };
  const text = Object.entries(attributes).reduce(
    (filled, [attribute, value]) => filled.replaceAll(attribute, value),
    JSON.stringify(payload),
  );
  return JSON.parse(text);
}
