import { describe, expect, it } from 'vitest';
import { clockShift, shiftPoint } from '../../../../local/simulator/lambda/clock-shift.ts';

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
