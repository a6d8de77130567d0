import type { MetricIdentity } from '../../../functions/model/metric.ts';
import type { AlarmState, Evaluation, ParsedAlarms } from '../../../packages/cloudwatch-alarms/src/index.ts';
import {
  type AlarmAction,
  AlarmEngine,
  type AlarmStatus,
  type MetricPoint,
  MetricStore,
} from '../../../packages/cloudwatch-alarms/src/index.ts';
import type { AlarmHistoryItem } from '../aws-emulator/metrics.ts';

/** How a point reaches CloudWatch: by PutMetricData, in a log line, or from AWS itself. */
export type PointSource = 'api' | 'log' | 'aws';

export type PublishedPoint = MetricPoint & { readonly source: PointSource };

/** Returns how long after its measurement a point becomes visible, in milliseconds. */
export type Delay = (point: PublishedPoint) => number;

/** A change of an alarm's state. */
export interface Transition {
  readonly at: number;
  readonly alarm: string;
  readonly from: AlarmState;
  readonly to: AlarmState;
  readonly reason: string;
}

/** What CloudWatch held when the system was last open. */
export interface KeptCloudWatch {
  readonly statuses: ReadonlyMap<string, AlarmStatus>;
  readonly transitions: readonly Transition[];
  readonly points: readonly PublishedPoint[];
}

/** The metrics and the alarms of a local system. */
export class CloudWatch {
  /** The points that the alarms see. */
  readonly store = new MetricStore();
  readonly transitions: Transition[];
  readonly #engine: AlarmEngine;
  #parsed: ParsedAlarms;
  readonly #delays = new Set<Delay>();
  readonly #series = new Set<string>();
  #published: PublishedPoint[] = [];
  #arriving: { readonly point: PublishedPoint; readonly visibleAt: number }[] = [];

  constructor(parsed: ParsedAlarms, createdAt: number, kept?: KeptCloudWatch) {
    this.#parsed = parsed;
    this.#engine = new AlarmEngine(parsed, createdAt, kept?.statuses);
    this.transitions = [...(kept?.transitions ?? [])];
    for (const point of kept?.points ?? []) {
      this.#series.add(keyOf(point.identity));
      this.store.add(point);
    }
  }

  /**
   * Accepts a point. It becomes visible when it arrives, or later if it is delayed.
   *
   * @param arrivesAt when CloudWatch receives it, epoch ms. Its timestamp may be much older: alarms then saw a gap before
   */
  publish(point: PublishedPoint, arrivesAt: number): void {
    this.#published.push(point);
    this.#series.add(keyOf(point.identity));
    const delayMs = [...this.#delays].reduce((sum, delay) => sum + delay(point), 0);
    this.#arriving.push({ point, visibleAt: Math.max(arrivesAt, point.timestamp + delayMs) });
  }

  /** Delays points from now on, until the returned function is called. */
  delay(delay: Delay): () => void {
    this.#delays.add(delay);
    return () => {
      this.#delays.delete(delay);
    };
  }

  /** Returns the points published since the last call. */
  takePublished(): readonly PublishedPoint[] {
    const taken = this.#published;
    this.#published = [];
    return taken;
  }

  /** Returns our own series that an alarm watches and that nothing has published so far. */
  unpublished(): readonly { readonly alarm: string; readonly identity: MetricIdentity }[] {
    return this.#parsed.alarms.flatMap((alarm) =>
      alarm.kind === 'composite'
        ? []
        : Object.values(alarm.queries).flatMap((query) =>
            query.kind === 'metric' &&
            !query.identity.namespace.startsWith('AWS/') &&
            !this.#series.has(keyOf(query.identity))
              ? [{ alarm: alarm.name, identity: query.identity }]
              : [],
          ),
    );
  }

  /** Evaluates all alarms with the points visible before a time, and returns their changes and the actions to run. */
  evaluate(now: number): { readonly changes: readonly Transition[]; readonly actions: readonly AlarmAction[] } {
    for (const { point, visibleAt } of this.#arriving) if (visibleAt < now) this.store.add(point);
    this.#arriving = this.#arriving.filter(({ visibleAt }) => visibleAt >= now);
    const before = this.#parsed.alarms.map(({ name }) => this.alarmState(name).state);
    const actions = this.#engine.tick(now, this.store);
    const changes = this.#parsed.alarms.flatMap(({ name: alarm }, index): readonly Transition[] => {
      const { state, reason } = this.alarmState(alarm);
      const from = before[index] ?? state;
      return state === from ? [] : [{ at: now, alarm, from, to: state, reason }];
    });
    this.transitions.push(...changes);
    return { changes, actions };
  }

  alarmState(alarm: string): Evaluation {
    return this.#engine.alarmState(alarm);
  }

  /** What each alarm remembers, by its name. */
  get statuses(): ReadonlyMap<string, AlarmStatus> {
    return this.#engine.statuses;
  }

  /** Replaces the alarms. Those that remain keep their state. */
  deploy(parsed: ParsedAlarms, at: number): void {
    this.#engine.deploy(parsed, at);
    this.#parsed = parsed;
  }

  /** Goes on after a gap in which nothing ran. */
  resumeAfterGap(at: number): void {
    this.#engine.resumeAfterGap(at);
  }

  /** Returns what DescribeAlarmHistory returns for an alarm. */
  history(alarm: string, from: number, to: number): readonly AlarmHistoryItem[] {
    return this.transitions
      .filter((each) => each.alarm === alarm && each.at >= from && each.at <= to)
      .map(({ at, from: before, to: after, reason }) => ({
        timestamp: at,
        summary: `Alarm updated from ${before} to ${after}`,
        data: JSON.stringify({
          version: '1.0',
          oldState: { stateValue: before, stateReason: '' },
          newState: { stateValue: after, stateReason: reason },
        }),
      }));
  }
}

function keyOf({ namespace, name, dimensions }: MetricIdentity): string {
  return JSON.stringify([namespace, name, Object.entries(dimensions).sort(([one], [other]) => (one < other ? -1 : 1))]);
}
