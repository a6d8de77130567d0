import { findingsOf } from '../../functions/model/outcome.ts';
import type { LogLine } from '../../functions/runtime/log.ts';
import type { Case, Variant } from '../scenarios/case.ts';
import type { Restore } from '../scenarios/faults/simulation-fault.ts';
import type { ExpectedNotification, Scenario } from '../scenarios/scenario.ts';
import type { Minute, Simulation, Transition } from '../simulator/simulation.ts';
import type { DeliveredMessage } from '../simulator/sns/sns.ts';

/** What goes wrong, and where. */
export interface Outage {
  readonly case: Case;
  readonly cell: Variant;
  /** How often the org that it happens to is looked at, in minutes. */
  readonly intervalMinutes: number;
  /** What people must hear of it, and how it is brought about. */
  readonly drill: Scenario;
}

/** What happens, in order. Times are the rehearsal's, epoch ms. */
export type TimelineEvent =
  | { readonly kind: 'minute'; readonly at: number; readonly outcomes: readonly LogLine[]; readonly minute: Minute }
  | { readonly kind: 'outage'; readonly at: number; readonly outage: Outage }
  | { readonly kind: 'mended'; readonly at: number }
  | { readonly kind: 'alarm'; readonly at: number; readonly transition: Transition }
  | { readonly kind: 'message'; readonly at: number; readonly message: DeliveredMessage };

/** How long things take, in runs. */
const healthyRuns = 4;
/** So long goes what nobody hears of. */
const mostBadRuns = 10;
/** After the message it goes on for a little, as outages do. */
const badRunsAfterMessage = 1;
const mostRunsToRecover = 15;

/**
 * A rehearsal as a story: all is well, an outage, the alarm, the message, and its end. It is told as it happens, and is over
 * as soon as people know that the outage is.
 */
export async function* runDemo(
  rehearsal: Simulation,
  outage: Outage,
  settlingMinutes: number,
): AsyncGenerator<TimelineEvent> {
  const { intervalMinutes: every, drill } = outage;
  const isUp = ({ alarm }: ExpectedNotification) => rehearsal.alarmState(alarm).state === 'ALARM';
  // That alarms were made a moment ago is of the deployment, and of no story.
  for (let minute = 0; minute < settlingMinutes; minute += 1) yield minuteOf(await rehearsal.tick());
  for (let minute = 0; minute < healthyRuns * every; minute += 1) yield* eventsOf(await rehearsal.tick());
  const mend = await begin(rehearsal, outage);
  yield { kind: 'outage', at: rehearsal.now, outage };
  for (let left = mostBadRuns * every; left > 0; left -= 1) {
    yield* eventsOf(await rehearsal.tick());
    const isTold = drill.expected.length > 0 && drill.expected.every(isUp);
    if (isTold) left = Math.min(left, badRunsAfterMessage * every + 1);
  }
  await mend();
  yield { kind: 'mended', at: rehearsal.now };
  const least = drill.expected.length > 0 ? 1 : healthyRuns * every;
  for (let minute = 1; minute <= mostRunsToRecover * every; minute += 1) {
    yield* eventsOf(await rehearsal.tick());
    if (minute >= least && !drill.expected.some(isUp)) return;
  }
}

/** The same in real time, until it is told to stop: a minute takes a minute, and the outage stays. */
export async function* runInRealTime(
  rehearsal: Simulation,
  stop: AbortSignal,
  outage?: Outage,
): AsyncGenerator<TimelineEvent> {
  for (let minute = 0; !stop.aborted; minute += 1) {
    if (outage && minute === 2) {
      await begin(rehearsal, outage);
      yield { kind: 'outage', at: rehearsal.now, outage };
    }
    yield* eventsOf(await rehearsal.tick());
    await until(rehearsal.now, stop);
  }
}

async function begin(rehearsal: Simulation, { drill: { org, faultPhases } }: Outage): Promise<() => Promise<void>> {
  const ends: Restore[] = [];
  for (const act of faultPhases.flatMap(({ faults = [] }) => faults)) ends.push(await act(rehearsal, org, { lost: 0 }));
  return async () => {
    for (const end of ends.toReversed()) await end();
  };
}

function* eventsOf(minute: Minute): Generator<TimelineEvent> {
  yield minuteOf(minute);
  for (const transition of minute.transitions) {
    // The first OK says that there is data at last.
    if (transition.from === 'INSUFFICIENT_DATA' && transition.to === 'OK') continue;
    yield { kind: 'alarm', at: transition.at, transition };
  }
  for (const message of minute.messages) yield { kind: 'message', at: message.at, message };
}

function minuteOf(minute: Minute): TimelineEvent {
  return { kind: 'minute', at: minute.at, outcomes: outcomesIn(minute), minute };
}

function outcomesIn({ runs }: Minute): readonly LogLine[] {
  const lines = runs.flatMap((run) => run.lines.map((line) => JSON.parse(line) as LogLine | { type: string }));
  return lines.filter((line): line is LogLine => line.type === 'outcome');
}

async function until(time: number, stop: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, Math.max(0, time - Date.now()));
  stop.addEventListener('abort', () => resolve(), { once: true });
  await promise;
  clearTimeout(timer);
}

/** The places where something is found, by its code: a failure, or a warning. */
export function findingsByCode(outcomes: readonly LogLine[]): ReadonlyMap<string, readonly LogLine[]> {
  const found = new Map<string, LogLine[]>();
  for (const outcome of outcomes) {
    for (const { code, severity } of findingsOf(outcome)) {
      if (severity !== 'info') found.set(code, [...(found.get(code) ?? []), outcome]);
    }
  }
  return found;
}
