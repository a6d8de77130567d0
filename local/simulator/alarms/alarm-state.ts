import type { AlarmHistoryItem } from '../../emulators/aws/metrics.ts';
import {
  type AlarmAction,
  AlarmEngine,
  type AlarmStatus,
  type Evaluation,
  type MetricStore,
  type ParsedAlarms,
} from '../../emulators/cloudwatch/index.ts';
import type { Transition } from '../simulation.ts';

/** The state of every alarm, and its history. */
export interface AlarmStates {
  readonly transitions: readonly Transition[];
  alarmState(alarm: string): Evaluation;
  /** Evaluates all alarms, adds their changes to `transitions` and returns the actions to run. */
  evaluate(now: number, store: MetricStore): readonly AlarmAction[];
  /** Replaces the alarms. Those that remain keep their state. */
  deploy(parsed: ParsedAlarms, at: number): void;
  /** What each alarm remembers, by its name. */
  readonly statuses: ReadonlyMap<string, AlarmStatus>;
  /** Goes on after a gap in which nothing ran. */
  resumeAfterGap(at: number): void;
  /** What DescribeAlarmHistory returns for an alarm. */
  history(alarm: string, from: number, to: number): readonly AlarmHistoryItem[];
}

/** What is known of the alarms from before. */
export interface KeptAlarms {
  readonly statuses: ReadonlyMap<string, AlarmStatus>;
  readonly transitions: readonly Transition[];
}

export function openAlarmStates(parsed: ParsedAlarms, createdAt: number, kept?: KeptAlarms): AlarmStates {
  const engine = new AlarmEngine(parsed, createdAt, kept?.statuses);
  let names = parsed.alarms.map(({ name }) => name);
  const transitions: Transition[] = [...(kept?.transitions ?? [])];
  return {
    transitions,
    alarmState: (alarm) => engine.alarmState(alarm),
    evaluate(now, store) {
      const before = names.map((name) => engine.alarmState(name).state);
      const actions = engine.tick(now, store);
      for (const [index, alarm] of names.entries()) {
        const { state, reason } = engine.alarmState(alarm);
        const from = before[index] ?? state;
        if (state !== from) transitions.push({ at: now, alarm, from, to: state, reason });
      }
      return actions;
    },
    deploy(changed, at) {
      engine.deploy(changed, at);
      names = changed.alarms.map(({ name }) => name);
    },
    get statuses() {
      return engine.statuses;
    },
    resumeAfterGap: (at) => engine.resumeAfterGap(at),
    history: (alarm, from, to) =>
      transitions
        .filter((each) => each.alarm === alarm && each.at >= from && each.at <= to)
        .map(({ at, from: before, to: after, reason }) => ({
          timestamp: at,
          summary: `Alarm updated from ${before} to ${after}`,
          data: JSON.stringify({
            version: '1.0',
            oldState: { stateValue: before, stateReason: '' },
            newState: { stateValue: after, stateReason: reason },
          }),
        })),
  };
}
