import type { Alarm, AlarmState, CompositeAlarm } from './alarm-definition.ts';
import { alarmsIn, holds } from './composite-rule.ts';
import { alarmPoints, type Evaluation, evaluateAlarm } from './evaluate-alarm.ts';
import type { MetricStore } from './metric-store.ts';
import { isMuting, type MuteRule } from './mute-rule.ts';
import type { ParsedAlarms } from './parse-alarm.ts';

import { UnsupportedError } from './unsupported-error.ts';

/** One message from an alarm to a topic. */
export interface AlarmAction {
  /** The topic's logical id. */
  readonly topic: string;
  readonly alarm: Alarm;
  readonly from: AlarmState;
  readonly to: AlarmState;
  readonly reason: string;
  readonly at: number;
  /** Whether a mute rule held it back until now. */
  readonly wasMuted: boolean;
}

/** What an alarm remembers between ticks. It is JSON. */
export interface AlarmStatus extends Evaluation {
  /** Until when the alarm warms up at the most. Absent once the warm-up has ended. */
  readonly warmsUpUntil?: number;
  /** Until when the alarm is not evaluated, because it lacks the points of a gap. */
  readonly heldUntil?: number;
  readonly suppression: Suppression;
  /** The last change whose action a mute rule holds back. */
  readonly muted?: StateChange;
}

/**
 * The alarms of a template and their states, evaluated one tick at a time.
 *
 * Trap: an alarm acts only when its state changes, so an alarm that stays in ALARM sends nothing more. CloudWatch
 * creates every alarm in INSUFFICIENT_DATA, so the first OK is a change too and notifies the OK topics.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html
 */
export class AlarmEngine {
  #alarms: readonly Alarm[] = [];
  #muteRules: readonly MuteRule[] = [];
  readonly #status: Map<string, AlarmStatus>;

  /**
   * Throws if `unsupported` is not empty. To ignore the unsupported resources, pass an empty list.
   *
   * @param kept what alarms of these names remember, from `statuses`
   */
  constructor(parsed: ParsedAlarms, createdAt = 0, kept: ReadonlyMap<string, AlarmStatus> = new Map()) {
    this.#status = new Map(kept);
    this.deploy(parsed, createdAt);
  }

  /** What every alarm remembers, by its name. */
  get statuses(): ReadonlyMap<string, AlarmStatus> {
    return this.#status;
  }

  /**
   * Continues after a time in which nothing ran and published. CloudWatch has nothing like it.
   *
   * What treats missing points as breaching warms up once more. What fires keeps its state until it has a window of points
   * again: otherwise it would resolve without any new data.
   */
  resumeAfterGap(at: number): void {
    for (const alarm of this.#alarms) {
      if (alarm.kind !== 'metric') continue;
      const status = this.#statusOf(alarm.name);
      const { warmsUpUntil } = created(alarm, at);
      const heldUntil = at + alarm.evaluationPeriods * alarm.periodMs;
      this.#status.set(alarm.name, {
        ...status,
        ...(warmsUpUntil !== undefined && { warmsUpUntil }),
        ...(status.state === 'ALARM' && { heldUntil }),
      });
    }
  }

  /**
   * Replaces the alarms and mute rules, as an update of their stack does: new alarms start, others are deleted, and those
   * that remain keep their state under their new definition.
   *
   * Trap: an alarm whose threshold has changed judges the points that it already has by the new threshold.
   * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
   */
  deploy({ alarms, muteRules, unsupported }: ParsedAlarms, at: number): void {
    if (unsupported.length > 0) {
      throw new UnsupportedError(unsupported.map(({ logicalId, reason }) => `${logicalId}: ${reason}`).join('\n'));
    }
    this.#alarms = inEvaluationOrder(alarms);
    this.#muteRules = muteRules;
    const before = new Map(this.#status);
    this.#status.clear();
    for (const alarm of alarms) this.#status.set(alarm.name, before.get(alarm.name) ?? created(alarm, at));
  }

  /** The state of an alarm after the last tick. */
  alarmState(alarm: string): Evaluation {
    return this.#statusOf(alarm);
  }

  /** Evaluates all alarms and returns their actions. CloudWatch does this every minute. */
  tick(now: number, store: MetricStore): readonly AlarmAction[] {
    const changes = new Map<string, StateChange>();
    for (const alarm of this.#alarms) {
      const { warmsUpUntil, heldUntil, ...before } = this.#statusOf(alarm.name);
      if (heldUntil !== undefined && now < heldUntil) continue;
      if (isWarmingUp(alarm, warmsUpUntil, store, now)) continue;
      const { state, reason } = this.#evaluate(alarm, store, now);
      if (state !== before.state) changes.set(alarm.name, { from: before.state, to: state, reason });
      this.#status.set(alarm.name, { ...before, state, reason });
    }
    // A second pass, because an action depends on the new state of the suppressor.
    return this.#alarms.flatMap((alarm) => this.#act(alarm, changes.get(alarm.name), now));
  }

  #statusOf(alarm: string): AlarmStatus {
    const status = this.#status.get(alarm);
    if (!status) throw new UnsupportedError(`no alarm is called ${alarm}`);
    return status;
  }

  #evaluate(alarm: Alarm, store: MetricStore, now: number): Evaluation {
    if (alarm.kind === 'metric') {
      return evaluateAlarm(alarm, alarmPoints(alarm, store, now), this.#statusOf(alarm.name).state, now);
    }
    const states = [...new Set(alarmsIn(alarm.rule))].map((name) => `${name} is ${this.#statusOf(name).state}`);
    return {
      state: holds(alarm.rule, (name) => this.#statusOf(name).state) ? 'ALARM' : 'OK',
      reason: states.join(', ') || 'the rule is constant',
    };
  }

  /**
   * Trap: when a mute rule ends, the action of the present state runs if it was held back, whatever actions ran before.
   * An alarm that went from OK to ALARM and back runs its OK action although its ALARM action never ran.
   * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-mute-rules-behaviour.html
   */
  #act(alarm: Alarm, change: StateChange | undefined, now: number): readonly AlarmAction[] {
    const status = this.#statusOf(alarm.name);
    const { next, released } = this.#suppress(alarm, status, change, now);
    const { muted, ...rest } = status;
    const due = released ?? muted;
    const isMuted = this.#muteRules.some((rule) => rule.alarms.includes(alarm.name) && isMuting(rule, now));
    // A composite alarm may still be waiting for its suppressor on a later change. That change then takes precedence.
    const isHeld = isMuted || due?.to !== status.state;
    this.#status.set(alarm.name, { ...rest, suppression: next, ...(isHeld && due && { muted: due }) });
    if (!due || isHeld) return [];
    return alarm.actions[due.to].map((topic) => ({ topic, alarm, ...due, at: now, wasMuted: !released }));
  }

  #suppress(alarm: Alarm, { suppression }: AlarmStatus, change: StateChange | undefined, now: number) {
    if (alarm.kind === 'metric' || !alarm.suppressor) return { next: suppression, released: change };
    return suppress(suppression, change, this.#statusOf(alarm.suppressor.alarm).state, alarm.suppressor, now);
  }
}

/** An alarm that has just been created. */
function created(alarm: Alarm, at: number): AlarmStatus {
  const warmUp = alarm.kind === 'metric' ? alarm.warmUp : undefined;
  return {
    ...{ state: 'INSUFFICIENT_DATA', reason: 'Unchecked: Initial alarm creation', suppression: { by: 'nothing' } },
    ...(warmUp && { warmsUpUntil: at + warmUp.durationMs }),
  };
}

/**
 * Whether a new alarm still waits for its first points.
 *
 * Trap: a warm-up happens once, after the alarm is created, and never again.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-warm-up.html
 */
function isWarmingUp(alarm: Alarm, until: number | undefined, store: MetricStore, now: number): boolean {
  if (alarm.kind !== 'metric' || until === undefined || now >= until) return false;
  return alarm.warmUp?.lastsItsDuration || alarmPoints(alarm, store, now).at(-1) === undefined;
}

/** Metric alarms first, and each composite alarm after the alarms in its rule. */
function inEvaluationOrder(alarms: readonly Alarm[]): readonly Alarm[] {
  const ordered: Alarm[] = alarms.filter(({ kind }) => kind === 'metric');
  const isReady = ({ rule }: CompositeAlarm) =>
    alarmsIn(rule).every((name) => ordered.some((each) => each.name === name));
  let remaining = alarms.filter((alarm) => alarm.kind === 'composite');
  while (remaining.length > 0) {
    const ready = remaining.filter(isReady);
    if (ready.length === 0) {
      throw new UnsupportedError(`the alarms ${remaining.map(({ name }) => name).join(', ')} depend on each other`);
    }
    ordered.push(...ready);
    remaining = remaining.filter((alarm) => !ready.includes(alarm));
  }
  return ordered;
}

export interface StateChange {
  readonly from: AlarmState;
  readonly to: AlarmState;
  readonly reason: string;
}

/** What keeps a composite alarm from acting, and the last change that it has not acted on. */
export type Suppression =
  | { readonly by: 'nothing' }
  | { readonly by: 'suppressor'; readonly pending?: StateChange }
  | { readonly by: 'wait' | 'extension'; readonly until: number; readonly pending?: StateChange };

/**
 * One tick of a composite alarm that has a suppressor. `released` is the change to act on now.
 *
 * After a change, the alarm waits for the suppressor to go to ALARM. When the suppressor leaves ALARM, an extension
 * gives the composite alarm time to do the same. A change during either one starts a new wait. When both are over, the
 * alarm acts on the last change.
 *
 * Trap: suppressed actions are not lost. A composite alarm that is still in ALARM after the extension acts late.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create_Composite_Alarm_Suppression.html
 */
export function suppress(
  previous: Suppression,
  change: StateChange | undefined,
  suppressorState: AlarmState,
  { waitMs, extensionMs }: NonNullable<CompositeAlarm['suppressor']>,
  now: number,
): { readonly next: Suppression; readonly released?: StateChange } {
  const last = change ?? ('pending' in previous ? previous.pending : undefined);
  const pending = last && { pending: last };
  if (suppressorState === 'ALARM') return { next: { by: 'suppressor', ...pending } };
  const next: Suppression = change
    ? { by: 'wait', until: now + waitMs, ...pending }
    : previous.by === 'suppressor'
      ? { by: 'extension', until: now + extensionMs, ...pending }
      : previous;
  if (next.by !== 'wait' && next.by !== 'extension') return { next };
  return next.until <= now ? { next: { by: 'nothing' }, ...(last && { released: last }) } : { next };
}
