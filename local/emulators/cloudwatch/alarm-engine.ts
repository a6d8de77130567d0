import type { Alarm, AlarmState, CompositeAlarm } from './alarm-definition.ts';
import { alarmPoints } from './alarm-points.ts';
import { alarmsIn, holds } from './composite-rule.ts';
import { type Evaluation, evaluateAlarm } from './evaluate-alarm.ts';
import type { MetricStore } from './metric-store.ts';
import { isMuting, type MuteRule } from './mute-rule.ts';
import type { ParsedAlarms } from './parse-alarm.ts';
import { type Change, type Suppression, suppress } from './suppression.ts';
import { UnsupportedError } from './unsupported-error.ts';

/** A message that an alarm sends to a topic. */
export interface AlarmAction {
  /** The topic's logical id. */
  readonly topic: string;
  readonly alarm: Alarm;
  readonly from: AlarmState;
  readonly to: AlarmState;
  readonly reason: string;
  readonly at: number;
}

interface Standing extends Evaluation {
  readonly suppression: Suppression;
  /** The change that a mute rule held back, from the last state that was acted on. */
  readonly muted?: Change;
}

/**
 * The alarms of a template as they stand, moved on by one tick at a time.
 *
 * Trap: an alarm acts on a change of state only, so one that stays in ALARM says nothing more. All begin in
 * INSUFFICIENT_DATA, as CloudWatch creates them: the first OK is a change, and is told to the topics of OK.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html
 */
export class AlarmEngine {
  readonly #alarms: readonly Alarm[];
  readonly #muteRules: readonly MuteRule[];
  readonly #standing = new Map<string, Standing>();

  /** Refuses a template that was not read whole, unless its caller has emptied `refused` knowingly. */
  constructor({ alarms, muteRules, refused }: ParsedAlarms) {
    if (refused.length > 0) {
      throw new UnsupportedError(refused.map(({ logicalId, reason }) => `${logicalId}: ${reason}`).join('\n'));
    }
    this.#alarms = inOrder(alarms);
    this.#muteRules = muteRules;
    for (const { name } of alarms) {
      this.#standing.set(name, {
        state: 'INSUFFICIENT_DATA',
        reason: 'not evaluated yet',
        suppression: { by: 'nothing' },
      });
    }
  }

  /** How an alarm stands since the last tick. */
  alarmState(alarm: string): Evaluation {
    return this.#of(alarm);
  }

  /** Evaluates all alarms at a time, and gives the actions to run. CloudWatch does so every minute. */
  tick(now: number, store: MetricStore): readonly AlarmAction[] {
    const changes = new Map<string, Change>();
    for (const alarm of this.#alarms) {
      const before = this.#of(alarm.name);
      const { state, reason } = this.#evaluate(alarm, store, now);
      if (state !== before.state) changes.set(alarm.name, { from: before.state, to: state, reason });
      this.#standing.set(alarm.name, { ...before, state, reason });
    }
    // Only now, when the state of every suppressor is known.
    return this.#alarms.flatMap((alarm) => this.#act(alarm, changes.get(alarm.name), now));
  }

  #of(alarm: string): Standing {
    const standing = this.#standing.get(alarm);
    if (!standing) throw new UnsupportedError(`no alarm is called ${alarm}`);
    return standing;
  }

  #evaluate(alarm: Alarm, store: MetricStore, now: number): Evaluation {
    if (alarm.kind === 'metric') {
      return evaluateAlarm(alarm, alarmPoints(alarm, store, now), this.#of(alarm.name).state, now);
    }
    const states = [...new Set(alarmsIn(alarm.rule))].map((name) => `${name} is ${this.#of(name).state}`);
    return {
      state: holds(alarm.rule, (name) => this.#of(name).state) ? 'ALARM' : 'OK',
      reason: states.join(', ') || 'the rule is constant',
    };
  }

  #act(alarm: Alarm, change: Change | undefined, now: number): readonly AlarmAction[] {
    const standing = this.#of(alarm.name);
    const { next, released } = this.#suppressed(alarm, standing, change, now);
    const { muted, ...rest } = standing;
    // An alarm that was OK when it was muted and is OK again has nothing to tell, though it rose in between.
    const due = released ? { ...released, from: muted?.from ?? released.from } : muted;
    const isMuted = this.#muteRules.some((rule) => rule.alarms.includes(alarm.name) && isMuting(rule, now));
    // A composite may be about to act on a later change, for which its suppressor is waited for: then that one counts.
    const isHeld = isMuted || due?.to !== standing.state;
    this.#standing.set(alarm.name, { ...rest, suppression: next, ...(isHeld && due && { muted: due }) });
    if (!due || isHeld || due.from === due.to) return [];
    return alarm.actions[due.to].map((topic) => ({ topic, alarm, ...due, at: now }));
  }

  #suppressed(alarm: Alarm, { suppression }: Standing, change: Change | undefined, now: number) {
    if (alarm.kind === 'metric' || !alarm.suppressor) return { next: suppression, released: change };
    return suppress(suppression, change, this.#of(alarm.suppressor.alarm).state, alarm.suppressor, now);
  }
}

/** Metric alarms first, and a composite after those that it asks about. */
function inOrder(alarms: readonly Alarm[]): readonly Alarm[] {
  const ordered: Alarm[] = alarms.filter(({ kind }) => kind === 'metric');
  const isReady = ({ rule }: CompositeAlarm) =>
    alarmsIn(rule).every((name) => ordered.some((each) => each.name === name));
  let waiting = alarms.filter((alarm) => alarm.kind === 'composite');
  while (waiting.length > 0) {
    const ready = waiting.filter(isReady);
    if (ready.length === 0)
      throw new UnsupportedError(`${waiting.map(({ name }) => name).join(', ')} wait for each other`);
    ordered.push(...ready);
    waiting = waiting.filter((alarm) => !ready.includes(alarm));
  }
  return ordered;
}
