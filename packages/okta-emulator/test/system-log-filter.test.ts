import type { IncomingMessage } from 'node:http';
import { expect, it } from 'vitest';
import { createLogApi } from '../src/log-query.ts';
import { createSystemLog, type LogEvent } from '../src/system-log.ts';

const start = Date.UTC(2026, 0, 1, 12);
const since = new Date(start).toISOString();
const actor = { id: '0oa1batch2job3client', type: 'PublicClientApp', displayName: 'Batch' };
const happenings = (count: number, stepMs: number) =>
  Array.from({ length: count }, (_, index) => ({
    ...{ eventType: `test.event${index}`, displayMessage: 'Event', actor, publishedAt: start + index * stepMs },
  }));

/** A log and its API, without a server: to record so many events takes longer than a connection is kept. */
function openLog() {
  const clock = { nowMs: start };
  const now = () => clock.nowMs;
  const log = createSystemLog(now);
  const respond = createLogApi('https://acme.okta.com', log, now);
  const get = (query: string) => {
    const request = { id: 'request', method: 'GET', path: '/api/v1/logs', body: '', raw: {} as IncomingMessage };
    const { body, headers } = respond({ ...request, query: new URLSearchParams(query) });
    const next = /<[^>]+\?([^>]+)>; rel="next"/.exec(String(headers.link))?.[1] ?? '';
    return { events: JSON.parse(body) as readonly LogEvent[], next };
  };
  /** Polls until a page is empty. */
  const drain = (query: string) => {
    const types: string[] = [];
    let page = get(query);
    while (page.events.length > 0) {
      types.push(...page.events.map(({ eventType }) => eventType));
      page = get(page.next);
    }
    return { types, next: page.next };
  };
  return { clock, log, get, drain };
}

it('an hour of 6,000 events is read once by a client that polls each minute by pages of 50', () => {
  const { clock, log, drain } = openLog();
  const all = happenings(6_000, 600);
  log.recordAll(all);
  const seen: string[] = [];
  let query = `since=${since}&limit=50`;
  for (let minute = 0; minute <= 60; minute += 1) {
    const { types, next } = drain(query);
    seen.push(...types);
    query = next;
    clock.nowMs += 60_000;
  }
  expect(seen).toEqual(all.map(({ eventType }) => eventType));
});

it('a log that is full forgets its oldest events, and a poll goes on with those that it has', () => {
  const { log, get } = openLog();
  log.recordAll([{ eventType: 'test.oldest', displayMessage: 'Oldest', actor }]);
  const { events, next } = get(`since=${since}`);
  expect(events.map(({ eventType }) => eventType)).toEqual(['test.oldest']);
  const later = happenings(111_000, 0);
  const all = later.map(({ eventType }) => eventType);
  log.recordAll(later);
  const rest = new URLSearchParams(next);
  rest.set('limit', '1000');
  const types = get(String(rest)).events.map(({ eventType }) => eventType);
  const first = all.indexOf(types[0] ?? '');
  expect(first).toBeGreaterThan(0);
  expect(all.length - first).toBeGreaterThanOrEqual(100_000);
  expect(types).toEqual(all.slice(first, first + 1_000));
});
