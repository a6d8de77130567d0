import { describe, expect, it } from 'vitest';
import { clockShift, shiftPoint } from '../../../../local/simulator/lambda/clock-shift.ts';
import { withScheduleContext } from '../../../../local/simulator/schedule-context.ts';

const real = Date.UTC(2026, 10, 21, 12, 30, 42, 250);
const virtual = Date.UTC(2026, 0, 5, 9, 7);

describe('the shift from a function’s clock to the virtual one', () => {
  const shift = clockShift(real, virtual);

  it('moves a point on a whole minute to the virtual minute that its run was due in', () => {
    expect(shiftPoint(Date.UTC(2026, 10, 21, 12, 30), shift)).toBe(virtual);
  });

  it('moves any other point as far as the clocks are apart', () => {
    expect(shiftPoint(real + 1_500, shift)).toBe(virtual + 1_500);
  });
});

it('each event gets a time and an execution of its own', () => {
  const input = {
    name: 'acme',
    schedule: { time: '<aws.scheduler.scheduled-time>', executionId: '<aws.scheduler.execution-id>' },
  };
  const [one, other] = [withScheduleContext(input, real), withScheduleContext(input, real)] as (typeof input)[];
  expect(one).toEqual({
    ...{ name: 'acme', schedule: { time: '2026-11-21T12:30:42Z', executionId: expect.stringMatching(/^[\w-]{36}$/) } },
  });
  expect(other?.schedule.executionId).not.toBe(one?.schedule.executionId);
});
