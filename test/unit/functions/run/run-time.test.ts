import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stampOf } from '../../../../functions/run/log.ts';
import { isFirstOfHour, readRunTime } from '../../../../functions/run/run-time.ts';

const minuteMs = 60_000;
const noon = Date.UTC(2026, 10, 21, 12);
const iso = (time: number) => new Date(time).toISOString().replace('.000Z', 'Z');
const read = (time: unknown, startedAt: number, more: object = {}) => readRunTime({ time, ...more }, startedAt);

describe('the time of a run', () => {
  it('is the minute that it was due in, at whichever second of it Scheduler starts it', () => {
    fc.assert(
      fc.property(fc.nat(59), fc.nat(59_999), (second, jitterMs) => {
        const due = noon + second * 1_000;
        expect(read(iso(due), due + jitterMs)).toEqual({
          ...{ startedAt: due + jitterMs, minute: noon },
          due: { at: due, latenessSeconds: jitterMs / 1_000 },
        });
      }),
    );
  });

  it('gives the runs of a schedule one minute each, and no minute two, however they wander', () => {
    fc.assert(
      fc.property(fc.nat(59), fc.array(fc.nat(59_999), { minLength: 2, maxLength: 60 }), (second, jitters) => {
        const minutes = jitters.map((jitterMs, index) => {
          const due = noon + index * minuteMs + second * 1_000;
          return read(iso(due), due + jitterMs).minute;
        });
        expect(minutes).toEqual(jitters.map((_, index) => noon + index * minuteMs));
      }),
    );
  });

  it('is the start if the function was invoked by hand', () => {
    const startedAt = noon + 42_345;
    for (const schedule of [undefined, null, {}, 'noon', { time: '<aws.scheduler.scheduled-time>' }]) {
      expect(readRunTime(schedule, startedAt)).toEqual({ startedAt, minute: noon });
    }
  });

  it('is the start if the scheduled time is too far away, and the log says how far', () => {
    const startedAt = noon + 500;
    const old = read(iso(noon - 2 * 3_600_000), startedAt);
    expect(old).toEqual({ startedAt, minute: noon, ignored: 'its scheduled time is 7201 s before its start' });
    const ahead = read(iso(noon + 10 * minuteMs), startedAt);
    expect(ahead).toEqual({ startedAt, minute: noon, ignored: 'its scheduled time is 600 s after its start' });
  });

  it('is the first of its hour once an hour, whatever the interval and the second', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.nat(59_999), (intervalMinutes, jitterMs) => {
        const runs = Array.from({ length: Math.floor(60 / intervalMinutes) }, (_, index) => {
          const due = noon + index * intervalMinutes * minuteMs;
          return isFirstOfHour(read(iso(due), due + jitterMs, { intervalMinutes }));
        });
        expect(runs).toEqual(runs.map((_, index) => index === 0));
      }),
    );
  });

  it('is never late by less than nothing if the clocks differ a little', () => {
    expect(read(iso(noon), noon - 2_000)).toMatchObject({ minute: noon, due: { latenessSeconds: 0 } });
  });

  it('is a whole minute within minutes of the start, and nothing else gets through, whatever the event contains', () => {
    const hostile = fc.oneof(
      fc.anything(),
      fc.record({
        time: fc.oneof(
          fc.anything(),
          fc.string(),
          fc.date({ noInvalidDate: true }).map(String),
          fc.constant(iso(noon)),
        ),
        executionId: fc.oneof(fc.anything(), fc.string({ maxLength: 300 })),
        attempt: fc.anything(),
        intervalMinutes: fc.oneof(fc.anything(), fc.double()),
      }),
    );
    fc.assert(
      fc.property(hostile, fc.integer({ min: noon - 3_600_000, max: noon + 3_600_000 }), (schedule, startedAt) => {
        const time = readRunTime(schedule, startedAt);
        expect(time.minute % minuteMs).toBe(0);
        expect(Math.abs(time.minute - startedAt)).toBeLessThanOrEqual(6 * minuteMs);
        expect(time.due?.latenessSeconds ?? 0).toBeGreaterThanOrEqual(0);
        expect(time.intervalMinutes ?? 1).toBeGreaterThanOrEqual(1);
        expect(JSON.stringify(stampOf(time)).length).toBeLessThan(300);
        expect(time.executionId ?? 'none').toMatch(/^[\w-]{1,128}$/);
      }),
    );
  });

  it('keeps the execution and the interval of its schedule', () => {
    const time = read(iso(noon), noon, { executionId: 'd32c5kddcf5bb8c3', attempt: '1', intervalMinutes: 5 });
    expect(time).toMatchObject({ executionId: 'd32c5kddcf5bb8c3', intervalMinutes: 5 });
  });
});

it('a log line says when its run began, which minute it was due in, and which execution it was', () => {
  const due = noon + 37_000;
  expect(stampOf(read(iso(due), due + 21_250, { executionId: 'one' }))).toEqual({
    ...{ at: '2026-11-21T12:00:58.250Z', due: '2026-11-21T12:00:00.000Z', executionId: 'one' },
  });
  expect(stampOf(readRunTime(undefined, due))).toEqual({ at: '2026-11-21T12:00:37.000Z' });
});
