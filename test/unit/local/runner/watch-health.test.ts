import { expect, it } from 'vitest';
import { openHealthRecord, serveHealth, type WatchHealth } from '../../../../local/runner/watch-health.ts';
import type { Schedule } from '../../../../local/simulator/template/deployment.ts';

const minuteMs = 60_000;

function schedule(name: string, intervalMinutes: number, enabled = true): Schedule {
  return { ...{ name, group: 'g', intervalMinutes, windowMinutes: 0, target: 'flows', input: {} }, enabled };
}

const run = (name: string, minute: number) => ({ at: minute * minuteMs, by: { schedule: name }, durationMs: 500 });

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

it('health is served with 200 or 503, and nothing else is', async () => {
  let health: WatchHealth = { status: 'ok', late: [] };
  await using served = await serveHealth({ host: '127.0.0.1', port: 0 }, () => health);
  const answer = await fetch(served.url);
  expect([answer.status, await answer.json()]).toEqual([200, health]);
  health = { status: 'unhealthy', late: ['acme-flows'] };
  const worse = await fetch(served.url);
  expect([worse.status, await worse.json()]).toEqual([503, health]);
  expect((await fetch(new URL('/', served.url))).status).toBe(404);
  expect((await fetch(served.url, { method: 'POST' })).status).toBe(405);
});
