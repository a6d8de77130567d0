/** How far the virtual clock is ahead of a function's, in milliseconds. */
export interface ClockShift {
  readonly byMs: number;
  /** From the function's minute to the virtual one. */
  readonly minuteByMs: number;
}

const minuteMs = 60_000;

export const noShift: ClockShift = { byMs: 0, minuteByMs: 0 };

/** The shift between the clocks when a function is due at `from` on its own clock, and at `to` on the virtual one. */
export function clockShift(from: number, to: number): ClockShift {
  return { byMs: to - from, minuteByMs: minuteOf(to) - minuteOf(from) };
}

/** Shifts the time of a point. On a whole minute, it is the minute that the run was due in, and stays a whole one. */
export function shiftPoint(time: number, { byMs, minuteByMs }: ClockShift): number {
  return time + (time === minuteOf(time) ? minuteByMs : byMs);
}

function minuteOf(time: number): number {
  return Math.floor(time / minuteMs) * minuteMs;
}
