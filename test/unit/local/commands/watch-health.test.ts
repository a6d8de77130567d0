import { expect, it } from 'vitest';
import { openHealthRecord } from '../../../../local/commands/watch/watch-health.ts';
import type { Schedule } from '../../../../local/self-hosted/template/deployment.ts';

const minuteMs = 60_000;

function schedule(name: string, intervalMinutes: number, enabled = true): Schedule {
  return { ...{ name, group: 'g', intervalMinutes, windowMinutes: 0, target: 'flows', input: {} }, enabled };
}

const run = (name: string, minute: number) => ({ at: minute * minuteMs, by: { schedule: name }, durationMs: 500 });

it('a watch is unhealthy while its history cannot be written, and says why', () => {
  const health = openHealthRecord(() => [], 0);
  health.onHistory('database or disk is full');
  expect(health.at(0)).toEqual({ status: 'unhealthy', late: [], history: 'database or disk is full' });
  health.onHistory(undefined);
  expect(health.at(0)).toEqual({ status: 'ok', late: [] });
});

it('a watch is healthy while no schedule misses two runs', () => {
  const schedules = [schedule('flows', 1), schedule('journey', 5), schedule('off', 1, false)];
  const health = openHealthRecord(() => schedules, 0);
  expect(health.at(3 * minuteMs)).toEqual({ status: 'ok', late: [] });
  expect(health.at(3 * minuteMs + 1)).toEqual({ status: 'unhealthy', late: ['flows'] });
  health.onRun(run('flows', 3));
  health.onRun({ ...run('flows', 4), by: { topic: 'pages' } });
  expect(health.at(6 * minuteMs)).toMatchObject({ status: 'ok', lastRun: '1970-01-01T00:04:00.500Z' });
  expect(health.at(12 * minuteMs)).toMatchObject({ status: 'unhealthy', late: ['flows', 'journey'] });
});
