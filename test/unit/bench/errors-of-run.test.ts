import { describe, expect, it } from 'vitest';
import { errorsOfRun, exactnessOf } from '../../bench/errors-of-run.ts';

const exchange = (requestId: string, firstByteMs: number, lateMs?: number) => ({
  requestId,
  phases: { firstByteMs },
  ...(lateMs !== undefined && { lateMs }),
});

const server = (tookMs: Readonly<Record<string, number>>, uncertain: readonly string[] = []) => ({ tookMs, uncertain });

describe('the errors of a run', () => {
  it('each reading is compared with what the server says of the same request', () => {
    const errors = errorsOfRun([exchange('b', 31), exchange('a', 20)], server({ a: 19.5, b: 30 }));
    expect(errors).toEqual([
      { errorMs: 1, marked: false, known: true },
      { errorMs: 0.5, marked: false, known: true },
    ]);
  });

  it('a request that did not get an answer has no error', () => {
    expect(errorsOfRun([{ phases: {} }, exchange('a', 20)], server({ a: 20 }))).toHaveLength(1);
  });

  it.each([
    ['the server did not issue', [exchange('a', 20), exchange('x', 20)], { a: 20 }],
    ['the run does not report', [exchange('a', 20)], { a: 20, x: 20 }],
  ])('an id that %s is refused by its name', (_, exchanges, tookMs) => {
    expect(() => errorsOfRun(exchanges, server(tookMs))).toThrow(/requests x\.$/);
  });

  it('marked readings count among all, and not among the published ones', () => {
    const errors = errorsOfRun([exchange('a', 21), exchange('b', 50, 30)], server({ a: 20, b: 20 }));
    const { readings, marked, all, published } = exactnessOf(errors);
    expect([readings, marked, all.max, published.max]).toEqual([2, 1, 30, 1]);
  });

  it('a reading of which the server does not know what its answer took says nothing', () => {
    const errors = errorsOfRun([exchange('a', 21), exchange('b', 50)], server({ a: 20, b: 20 }, ['b']));
    const { readings, unknown, all } = exactnessOf(errors);
    expect([readings, unknown, all.max]).toEqual([1, 1, 1]);
  });

  it('a reading that is too short is as wrong as one that is too long', () => {
    expect(exactnessOf(errorsOfRun([exchange('a', 12)], server({ a: 20 }))).all.max).toBe(8);
  });
});
