import { findingsOf } from '../../functions/model/outcome.ts';
import type { LogLine } from '../../functions/runtime/log.ts';
import type { Case, Cell } from '../cases/case.ts';
import type { Act, TakeBack } from '../drill/act.ts';
import type { Message } from '../rehearsal/message.ts';
import type { Minute, Rehearsal, Transition } from '../rehearsal/rehearsal.ts';

/** What goes wrong, and where. */
export interface Outage {
  readonly case: Case;
  readonly cell: Cell;
  readonly org: string;
  /** How it is brought about. */
  readonly acts: readonly Act[];
}

/** What happens, in order. Times are the rehearsal's, epoch ms. */
export type Happening =
  | { readonly kind: 'minute'; readonly at: number; readonly outcomes: readonly LogLine[]; readonly minute: Minute }
  | { readonly kind: 'outage'; readonly at: number; readonly outage: Outage }
  | { readonly kind: 'mended'; readonly at: number }
  | { readonly kind: 'alarm'; readonly at: number; readonly transition: Transition }
  | { readonly kind: 'message'; readonly at: number; readonly message: Message };

/** How long things take, in virtual minutes. */
const healthyMinutes = 5;
/** So long goes what nobody hears of. */
const mostBadMinutes = 10;
/** After the message it goes on for a little, as outages do. */
const badMinutesAfterMessage = 3;
const mostMinutesToRecover = 15;

/**
 * A rehearsal as a story: all is well, an outage, the alarm, the message, and its end. It is told as it happens, and is over
 * as soon as people know that the outage is.
 */
export async function* tellStory(rehearsal: Rehearsal, outage?: Outage): AsyncGenerator<Happening> {
  for (let minute = 0; minute < healthyMinutes; minute += 1) yield* happeningsOf(await rehearsal.tick());
  if (!outage) return;
  const mend = await begin(rehearsal, outage);
  yield { kind: 'outage', at: rehearsal.now, outage };
  const before = rehearsal.inbox.length;
  for (let minute = 0, left = mostBadMinutes; minute < mostBadMinutes && left > 0; minute += 1) {
    yield* happeningsOf(await rehearsal.tick());
    if (rehearsal.inbox.length > before) left = Math.min(left - 1, badMinutesAfterMessage);
  }
  await mend();
  yield { kind: 'mended', at: rehearsal.now };
  const rose = rehearsal.inbox.length;
  for (let minute = 0; minute < mostMinutesToRecover; minute += 1) {
    yield* happeningsOf(await rehearsal.tick());
    if (rehearsal.inbox.length > rose || (rose === before && minute + 1 === healthyMinutes)) return;
  }
}

/** The same in real time, until it is told to stop: a minute takes a minute, and the outage stays. */
export async function* watchOn(rehearsal: Rehearsal, stop: AbortSignal, outage?: Outage): AsyncGenerator<Happening> {
  for (let minute = 0; !stop.aborted; minute += 1) {
    if (outage && minute === 2) {
      await begin(rehearsal, outage);
      yield { kind: 'outage', at: rehearsal.now, outage };
    }
    yield* happeningsOf(await rehearsal.tick());
    await until(rehearsal.now, stop);
  }
}

async function begin(rehearsal: Rehearsal, { acts, org }: Outage): Promise<() => Promise<void>> {
  const ends: TakeBack[] = [];
  for (const act of acts) ends.push(await act(rehearsal, org, { lost: 0 }));
  return async () => {
    for (const end of ends.toReversed()) await end();
  };
}

function* happeningsOf(minute: Minute): Generator<Happening> {
  yield { kind: 'minute', at: minute.at, outcomes: outcomesIn(minute), minute };
  for (const transition of minute.transitions) {
    // The first OK says that there is data at last.
    if (transition.from === 'INSUFFICIENT_DATA' && transition.to === 'OK') continue;
    yield { kind: 'alarm', at: transition.at, transition };
  }
  for (const message of minute.messages) yield { kind: 'message', at: message.at, message };
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
export function foundIn(outcomes: readonly LogLine[]): ReadonlyMap<string, readonly LogLine[]> {
  const found = new Map<string, LogLine[]>();
  for (const outcome of outcomes) {
    for (const { code, severity } of findingsOf(outcome)) {
      if (severity !== 'info') found.set(code, [...(found.get(code) ?? []), outcome]);
    }
  }
  return found;
}
