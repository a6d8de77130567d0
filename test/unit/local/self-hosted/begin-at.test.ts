import { expect, it } from 'vitest';
import { openHistory } from '../../../../local/self-hosted/history/open-history.ts';
import { beginAt } from '../../../../local/self-hosted/open-watch.ts';
import { passedLine, runAt } from '../../../support/history-samples.ts';

const noon = Date.UTC(2026, 10, 23, 12);
const minutes = (count: number) => noon + count * 60_000;

/** Begins at a time, after a watch that began a minute at noon, and of whose runs one ended or none. */
function beginAfter(now: number, hasRun: boolean) {
  using history = openHistory(':memory:');
  const journal = history.journal;
  journal.onEvaluated(noon, [], new Map());
  if (hasRun) journal.onRun(runAt(noon + 500, passedLine(noon + 500)));
  return beginAt(history, now);
}

it('a first watch begins with the minute that it is, and misses nothing', () => {
  using history = openHistory(':memory:');
  expect(beginAt(history, minutes(3) + 59_000)).toEqual({ startedAt: minutes(3) });
});

it('a watch that starts again does not run a minute twice', () => {
  expect(beginAfter(noon + 30_000, true)).toEqual({ startedAt: minutes(1) });
});

it('a minute of which no run has ended was missed', () => {
  const gap = { start: noon, end: minutes(1), reason: 'not running' };
  expect(beginAfter(noon + 30_000, false)).toEqual({ startedAt: minutes(1), gap });
});

it('the minutes between two watches were missed', () => {
  const gap = { start: minutes(1), end: minutes(9), reason: 'not running' };
  expect(beginAfter(minutes(9) + 30_000, true)).toEqual({ startedAt: minutes(9), gap });
});

it('a watch whose clock was set back begins now', () => {
  expect(beginAfter(minutes(-10), true)).toEqual({ startedAt: minutes(-10) });
});
