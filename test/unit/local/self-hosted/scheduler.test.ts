import { expect, it } from 'vitest';
import { Scheduler, withScheduleContext } from '../../../../local/self-hosted/scheduler.ts';
import type { Schedule } from '../../../../local/self-hosted/template/deployment.ts';

const minuteMs = 60_000;

function scheduleOf(name: string, changes: Partial<Schedule> = {}): Schedule {
  const rules = { intervalMinutes: 1, windowMinutes: 0, enabled: true };
  return { ...{ name, group: 'default', target: 'flows', input: {} }, ...rules, ...changes };
}

const names = Array.from({ length: 50 }, (_, index) => `org-${index}`);
const fleet = names.map((name) => scheduleOf(name));

it('starts a schedule on time, and as often as its rate says', () => {
  const scheduler = new Scheduler([scheduleOf('each'), scheduleOf('fifth', { intervalMinutes: 5 })], 0);
  const started = [0, 1, 4, 5].map((minute) => scheduler.due(minute * minuteMs));
  expect(started.map((starts) => starts.map(({ schedule }) => schedule.name))).toEqual([
    ['each', 'fifth'],
    ['each'],
    ['each'],
    ['each', 'fifth'],
  ]);
  for (const { startsAt, scheduledAt } of started.flat()) expect(startsAt).toBe(scheduledAt);
});

it('spreads the starts of schedules with a flexible time window over it, always in the same way', () => {
  const flexible = fleet.map((schedule) => ({ ...schedule, windowMinutes: 1 }));
  const seconds = () => new Scheduler(flexible, 0).due(0).map(({ startsAt }) => startsAt);
  expect(seconds()).toEqual(seconds());
  expect(Math.min(...seconds())).toBeLessThan(10_000);
  expect(Math.max(...seconds())).toBeGreaterThan(50_000);
  expect(Math.max(...seconds())).toBeLessThan(minuteMs);
});

it('is late by up to the chosen seconds until that ends, and still names the scheduled time', () => {
  const scheduler = new Scheduler(fleet, 0);
  const restore = scheduler.jitter({ mostSeconds: 59 });
  const late = scheduler.due(minuteMs);
  expect(new Set(late.map(({ scheduledAt }) => scheduledAt))).toEqual(new Set([minuteMs]));
  const lateness = late.map(({ startsAt, scheduledAt }) => startsAt - scheduledAt);
  expect(Math.max(...lateness)).toBeLessThanOrEqual(59_000);
  expect(new Set(lateness).size).toBeGreaterThan(20);
  restore();
  expect(new Set(scheduler.due(minuteMs).map(({ startsAt }) => startsAt))).toEqual(new Set([minuteMs]));
});

it('starts a share of them twice, with the same execution id', () => {
  const scheduler = new Scheduler(fleet, 0);
  using _ = { [Symbol.dispose]: scheduler.duplicate({ share: 0.3 }) };
  const starts = scheduler.due(0);
  const byId = Map.groupBy(starts, ({ executionId }) => executionId);
  expect(byId.size).toBe(fleet.length);
  const twice = [...byId.values()].filter(({ length }) => length === 2);
  expect(twice.length).toBeGreaterThan(5);
  expect(twice.length).toBeLessThan(25);
  for (const [first, second] of twice) expect(second?.startsAt).toBeGreaterThan(first?.startsAt ?? 0);
});

it('begins schedules that are added later when they are added, and ends those that are removed', () => {
  const hourly = scheduleOf('hourly', { intervalMinutes: 60 });
  const scheduler = new Scheduler([hourly], 0);
  scheduler.deploy([hourly, scheduleOf('added', { intervalMinutes: 5 })], 3 * minuteMs);
  const started = (minute: number) => scheduler.due(minute * minuteMs).map(({ schedule }) => schedule.name);
  expect([3, 5, 8, 60].map(started)).toEqual([['added'], [], ['added'], ['hourly']]);
  scheduler.deploy([], 60 * minuteMs);
  expect(started(63)).toEqual([]);
});

it('replaces the context attributes in an event, as text, wherever they stand', () => {
  const event = {
    org: 'acme',
    schedule: { time: '<aws.scheduler.scheduled-time>', attempt: '<aws.scheduler.attempt-number>' },
    note: 'execution <aws.scheduler.execution-id> of <aws.scheduler.schedule-arn>',
  };
  const start = { scheduleArn: 'arn:a', scheduledAt: Date.UTC(2026, 0, 5, 9), executionId: 'e1', attempt: 1 };
  expect(withScheduleContext(event, start)).toEqual({
    org: 'acme',
    schedule: { time: '2026-01-05T09:00:00Z', attempt: '1' },
    note: 'execution e1 of arn:a',
  });
});
