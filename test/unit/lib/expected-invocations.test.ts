import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectedInvocations } from '../../../lib/alarms/expected-invocations.ts';

describe('the expected invocations of a function', () => {
  it('schedules with the same interval expect one invocation each per interval', () => {
    expect(expectedInvocations([1])).toEqual({ periodMinutes: 1, invocations: 1 });
    expect(expectedInvocations([5, 5, 5])).toEqual({ periodMinutes: 5, invocations: 3 });
    expect(expectedInvocations([1_440])).toEqual({ periodMinutes: 1_440, invocations: 1 });
  });

  it('invocations are counted in the longest interval if the others divide it', () => {
    expect(expectedInvocations([1, 5, 60])).toEqual({ periodMinutes: 60, invocations: 60 + 12 + 1 });
  });

  it('invocations are counted in a longer period if an extra run of one schedule could hide that another stopped', () => {
    // In 7 minutes the 5-minute schedule runs once or twice, and the second run could hide that the other stopped.
    expect(expectedInvocations([5, 7])).toEqual({ periodMinutes: 10, invocations: 2 + 1 });
    expect(expectedInvocations([10, 7])).toEqual({ periodMinutes: 14, invocations: 1 + 2 });
  });

  it('in any period, the expected invocations are reached if all schedules run, and missed if any one stopped', () => {
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
