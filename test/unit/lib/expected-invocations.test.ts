import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectedInvocations } from '../../../lib/alarms/expected-invocations.ts';

describe('what schedules demand of a function', () => {
  it('is a run an interval where all have the same', () => {
    expect(expectedInvocations([1])).toEqual({ periodMinutes: 1, invocations: 1 });
    expect(expectedInvocations([5, 5, 5])).toEqual({ periodMinutes: 5, invocations: 3 });
    expect(expectedInvocations([1_440])).toEqual({ periodMinutes: 1_440, invocations: 1 });
  });

  it('is counted in the slowest interval where the others divide it', () => {
    expect(expectedInvocations([1, 5, 60])).toEqual({ periodMinutes: 60, invocations: 60 + 12 + 1 });
  });

  it('is counted in a longer period where a schedule’s odd run would stand in for one that stopped', () => {
    // In 7 minutes the schedule of 5 may run once or twice, as if the other ran too.
    expect(expectedInvocations([5, 7])).toEqual({ periodMinutes: 10, invocations: 2 + 1 });
    expect(expectedInvocations([10, 7])).toEqual({ periodMinutes: 14, invocations: 1 + 2 });
  });

  it('is met while all run, and not when any one has stopped, from whichever minute one counts', () => {
    const intervalMinutes = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(intervalMinutes, fc.infiniteStream(fc.nat()), fc.nat(), (schedules, offsets, from) => {
        const { periodMinutes, invocations } = expectedInvocations(schedules);
        const starts = schedules.map((every) => offsets.next().value % every);
        const countOf = (every: number, start: number) =>
          Array.from({ length: periodMinutes }, (_, minute) => from + minute).filter(
            (minute) => minute % every === start,
          ).length;
        const counts = schedules.map((every, index) => countOf(every, starts[index] ?? 0));
        const all = counts.reduce((sum, count) => sum + count, 0);
        expect(all).toBeGreaterThanOrEqual(invocations);
        for (const count of counts) expect(all - count).toBeLessThan(invocations);
      }),
    );
  });
});
