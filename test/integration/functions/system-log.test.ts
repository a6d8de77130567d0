import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findingsOf } from '../../../functions/model/outcome.ts';
import { eventTypes } from '../../../functions/okta/log-event-types.ts';
import { readLogMemory } from '../../../functions/okta/log-memory.ts';
import { logLines } from '../../../functions/run/log.ts';
import { openMemory } from '../../../functions/state/memory.ts';
import { openRunState } from '../../../functions/state/state.ts';
import type { PastHappening } from '../../../packages/okta-emulator/src/index.ts';
import { errorEnvelope } from '../../../packages/okta-emulator/src/index.ts';
import { openOkta } from '../../../packages/okta-emulator/test/support/open-okta.ts';
import { openCanaries } from '../../support/canaries.ts';
import { type LogRun, logOrg, openLogSchedule, sumOfSeries } from '../../support/log-schedule.ts';
import { openStateTable } from '../../support/open-state-table.ts';
import { outcomeLines } from '../../support/run-probes.ts';
import { expectSound } from '../../support/sound-report.ts';

const minuteMs = 60_000;
/** Each test has hours of its own. */
let start = Math.floor(Date.now() / minuteMs) * minuteMs;
let clock = start;
const now = () => clock;
const { okta } = await openOkta({ now });

const { aws, table } = await openStateTable();

const restores: (() => unknown)[] = [];
beforeEach(() => {
  start += 4 * 60 * minuteMs;
  clock = start;
});
afterEach(() => {
  for (const restore of restores.splice(0)) restore();
});

const person = { id: '00u1person2with3name', type: 'User', displayName: 'Mona Lisa', alternateId: 'mona@example.com' };
const shop = { id: '0oa1shop2frontend345', type: 'PublicClientApp', displayName: 'Shop' };

/** The events of real users and applications, by their counts. */
const kinds = {
  SignIns: { eventType: 'user.session.start', displayMessage: 'User login to Okta', actor: person },
  SignInFailures: {
    ...{ eventType: 'user.session.start', displayMessage: 'User login to Okta', actor: person },
    failure: 'INVALID_CREDENTIALS',
  },
  Lockouts: { eventType: 'user.account.lock', displayMessage: 'Max sign in attempts exceeded', actor: person },
  TokensGranted: {
    ...{ eventType: 'app.oauth2.as.token.grant.access_token', displayMessage: 'OAuth2 access token is granted' },
    ...{ actor: shop, clientId: shop.id },
  },
  TokensRefused: {
    ...{
      eventType: 'app.oauth2.as.token.grant',
      displayMessage: 'OAuth2 token request',
      actor: shop,
      clientId: shop.id,
    },
    failure: 'no_matching_scope',
  },
} as const satisfies Record<string, PastHappening>;

type Series = keyof typeof kinds;

const series = Object.keys(kinds) as readonly Series[];

/** One kind after the other, the more frequent ones more often. */
const mixture: readonly Series[] = [
  ...['SignIns', 'TokensGranted', 'TokensGranted', 'SignIns', 'TokensGranted', 'SignInFailures', 'SignIns'],
  ...['TokensGranted', 'TokensRefused', 'SignIns', 'TokensGranted', 'Lockouts'],
] as readonly Series[];

function eventsOf(times: readonly number[]) {
  const events = times.map((publishedAt, index) => ({
    series: mixture[index % mixture.length] ?? 'SignIns',
    publishedAt,
  }));
  const counts = Object.fromEntries(series.map((each) => [each, events.filter((one) => one.series === each).length]));
  return {
    happenings: events.map((one) => ({ ...kinds[one.series], publishedAt: one.publishedAt })),
    // A failed sign-in is one too.
    counts: { ...counts, SignIns: (counts.SignIns ?? 0) + (counts.SignInFailures ?? 0) },
  };
}

const sums = (runs: readonly LogRun[]) => Object.fromEntries(series.map((each) => [each, sumOfSeries(runs, each)]));

it('of an hour with 50,000 events, a cold start, a 429 and a lag of 90 s, no event is lost or counted twice', async () => {
  const schedule = openLogSchedule(okta, table, now);
  const runs: LogRun[] = [await schedule.run()];
  // A burst of 12,000 events in a minute, more than a run may read; the others are spread over the hour.
  const times = Array.from({ length: 50_000 }, (_, index) =>
    index < 12_000 ? start + 30 * minuteMs + index * 5 : start + 1_000 + ((index * 94_007) % (60 * minuteMs - 2_000)),
  );
  const { happenings, counts } = eventsOf(times);
  let arriving = 0;
  restores.push(
    okta.delayLog(() => {
      arriving += 1;
      return (arriving % 10) * 10_000;
    }),
  );
  okta.recordEvents(happenings);
  okta.clearRequests();
  const requestsIn: number[] = [];
  let refusals = 0;
  for (let minute = 1; minute <= 63; minute += 1) {
    clock = start + minute * minuteMs;
    if (minute === 20) restores.push(okta.setRemaining('/api/v1/logs', 0));
    if (minute === 33) schedule.startCold();
    const run = await schedule.run();
    runs.push(run);
    const asked = okta.requests.filter(({ path }) => path === '/api/v1/logs');
    requestsIn.push(asked.length);
    refusals += asked.filter(({ status }) => status === 429).length;
    okta.clearRequests();
  }
  expect(sums(runs)).toEqual(counts);
  expect(refusals).toBe(1);
  const lastLines = runs.at(-1)?.report ? outcomeLines(runs.at(-1)?.report ?? { outcomes: [] }) : [];
  expect(lastLines).toEqual(['system-log', 'log-limits', 'user-sign-ins', 'own-events'].map((id) => `${id}: passed`));
  const allowed = Math.floor((120 * schedule.org.atMostPercent) / 100);
  expect(Math.max(...requestsIn)).toBeLessThanOrEqual(Math.min(5, allowed));
  expect(requestsIn.some((count) => count > 1)).toBe(true);
});

it('the next run publishes the counts of a killed one, and reads again the events that it did not keep', async () => {
  const schedule = openLogSchedule(okta, table, now);
  const runs: LogRun[] = [await schedule.run()];
  const times = Array.from({ length: 400 }, (_, index) => start + 1_000 + index * 1_500);
  const { happenings, counts } = eventsOf(times);
  okta.recordEvents(happenings);
  const crashes = [
    'none',
    'after writing',
    'before writing',
    'after writing',
    'after writing',
    'none',
    'before writing',
  ] as const;
  for (let minute = 1; minute <= 12; minute += 1) {
    clock = start + minute * minuteMs;
    schedule.startCold();
    const crash = crashes[minute] ?? 'none';
    runs.push(await schedule.run(crash === 'none' ? undefined : crash));
  }
  expect(sums(runs)).toEqual(counts);
});

it('a run that is killed between publishing and keeping its state is the one that is counted twice, in its series alone', async () => {
  const schedule = openLogSchedule(okta, table, now);
  await schedule.run();
  const { happenings, counts } = eventsOf([1, 2, 3].map((second) => start + second * 1_000));
  okta.recordEvents(happenings);
  clock = start + minuteMs;
  const killed = await schedule.run('after publishing');
  clock = start + 2 * minuteMs;
  const next = await schedule.run();
  expect(sums([killed])).toEqual(counts);
  expect(sums([next])).toEqual(counts);
  const memory = readLogMemory(await openMemory(table, now)(schedule.org.name).of('system-log').read());
  const hours = memory?.spans.reduce((sum, { signIns }) => sum + signIns, 0);
  expect(hours).toBe(counts.SignIns);
});

it('a refused cursor is told, and reading begins anew without a loss or a double count', async () => {
  const schedule = openLogSchedule(okta, table, now);
  const runs: LogRun[] = [await schedule.run()];
  const { happenings, counts } = eventsOf(Array.from({ length: 300 }, (_, index) => start + 1_000 + index * 1_000));
  restores.push(okta.delayLog((event) => (Number.parseInt(event.uuid.slice(0, 2), 16) % 10) * 10_000));
  okta.recordEvents(happenings);
  let notes: readonly string[] = [];
  for (let minute = 1; minute <= 8; minute += 1) {
    clock = start + minute * minuteMs;
    if (minute === 3) {
      const memory = openMemory(table, now)(schedule.org.name).of('system-log');
      const known = Object(await memory.read());
      await memory.write({ ...known, after: 'not-a-cursor' });
    }
    const run = await schedule.run();
    runs.push(run);
    const [outcome] = run.report?.outcomes ?? [];
    if (minute === 3 && outcome?.status === 'passed') notes = outcome.notes;
  }
  expect(sums(runs)).toEqual(counts);
  expect(notes).toContain('Okta refused the cursor: reading began anew at the newest event that was known');
});

it('a run reads as many pages as its share of the rate limit allows, and the next ones the rest', async () => {
  const schedule = openLogSchedule(okta, table, now, { ...logOrg, atMostPercent: 2 });
  const runs: LogRun[] = [await schedule.run()];
  const { happenings, counts } = eventsOf(Array.from({ length: 3_500 }, (_, index) => start + 1_000 + index));
  okta.recordEvents(happenings);
  const requestsIn: number[] = [];
  for (let minute = 1; minute <= 3; minute += 1) {
    clock = start + minute * minuteMs;
    okta.clearRequests();
    runs.push(await schedule.run());
    requestsIn.push(okta.requests.filter(({ path }) => path === '/api/v1/logs').length);
  }
  expect(requestsIn).toEqual([2, 2, 1]);
  expect(sums(runs)).toEqual(counts);
});

it('events before a page that Okta refuses are kept, and published when a run succeeds', async () => {
  const schedule = openLogSchedule(okta, table, now);
  const runs: LogRun[] = [await schedule.run()];
  const { happenings, counts } = eventsOf(Array.from({ length: 2_500 }, (_, index) => start + 1_000 + index));
  okta.recordEvents(happenings);
  let asked = 0;
  const when = () => {
    asked += 1;
    return asked > 1;
  };
  const restore = okta.intercept({ path: '/api/v1/logs', when }, { ...errorEnvelope('E0000009'), status: 500 });
  clock = start + minuteMs;
  const failed = await schedule.run();
  restore();
  const read = readLogMemory(await openMemory(table, now)(schedule.org.name).of('system-log').read());
  expect(failed.report && outcomeLines(failed.report)[0]).toBe('system-log: internal-error');
  expect(sums([failed])).toMatchObject({ SignIns: 0 });
  expect(read?.batch.counts.signIns).toBeGreaterThan(0);
  clock = start + 2 * minuteMs;
  runs.push(failed, await schedule.run());
  expect(sums(runs)).toEqual(counts);
});

it('nothing is lost or published twice, whichever runs are killed, and wherever', async () => {
  const crash = fc.constantFrom(undefined, undefined, 'before writing' as const, 'after writing' as const);
  await fc.assert(
    fc.asyncProperty(fc.array(crash, { minLength: 6, maxLength: 6 }), fc.nat(90), async (crashes, lagSeconds) => {
      await aws.tables.clear();
      start += 4 * 60 * minuteMs;
      clock = start;
      const schedule = openLogSchedule(okta, table, now);
      const runs: LogRun[] = [await schedule.run()];
      const { happenings, counts } = eventsOf(Array.from({ length: 60 }, (_, index) => start + 1_000 + index * 5_000));
      const restore = okta.delayLog(
        (event) => (Number.parseInt(event.uuid.slice(0, 2), 16) % (lagSeconds + 1)) * 1_000,
      );
      okta.recordEvents(happenings);
      for (const [index, killed] of [...crashes, undefined, undefined, undefined].entries()) {
        clock = start + (index + 1) * minuteMs;
        schedule.startCold();
        runs.push(await schedule.run(killed));
      }
      restore();
      expect(sums(runs)).toEqual(counts);
    }),
    { numRuns: 12 },
  );
});

it("an answer other than Okta's log is a finding, and no event ends a run", async () => {
  const schedule = openLogSchedule(okta, table, now);
  const types = fc.constantFrom(...Object.keys(eventTypes), 'anything.else');
  const event = fc.oneof(
    fc.jsonValue(),
    fc.record(
      {
        ...{ uuid: fc.oneof(fc.uuid(), fc.jsonValue()), eventType: fc.oneof(types, fc.jsonValue()) },
        published: fc.oneof(fc.constantFrom(new Date(start).toISOString(), '9999-12-31T23:59:59Z'), fc.jsonValue()),
        ...{
          actor: fc.jsonValue(),
          outcome: fc.jsonValue(),
          debugContext: fc.jsonValue(),
          transaction: fc.jsonValue(),
        },
        target: fc.oneof(
          fc.array(fc.record({ type: fc.string(), id: fc.string(), displayName: fc.string() })),
          fc.jsonValue(),
        ),
      },
      { requiredKeys: [] },
    ),
  );
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.array(event), fc.jsonValue()), async (body) => {
      clock += minuteMs;
      const restore = okta.intercept(
        { path: '/api/v1/logs' },
        { transform: (real) => ({ ...real, body: JSON.stringify(body) }) },
      );
      const { report } = await schedule.run().finally(restore);
      if (!report) throw new Error('the run has no report');
      expectSound(report);
      const [line = ''] = outcomeLines(report);
      expect(line).toBe(Array.isArray(body) ? 'system-log: passed' : 'system-log: malformed-answer');
    }),
    { numRuns: 40 },
  );
});

it('no person of an event is in an outcome, a metric or the table', async () => {
  const schedule = openLogSchedule(okta, table, now);
  const canaries = openCanaries();
  await schedule.run();
  const user = {
    ...{ id: canaries.plant('the id'), type: 'User', displayName: canaries.plant('the name') },
    alternateId: canaries.plant('the login'),
  };
  const debugData = { dtHash: canaries.plant('a device'), url: `/users/${canaries.plant('an address')}` };
  const happenings: PastHappening[] = [
    ...Object.entries(eventTypes).map(([eventType]) => ({
      ...{ eventType, displayMessage: canaries.plant('the message'), actor: user, targets: [user], debugData },
      ...{ failure: 'INVALID_CREDENTIALS', sessionId: canaries.plant('a session') },
    })),
    ...Array.from({ length: 20 }, () => ({ ...kinds.SignInFailures, actor: user, debugData })),
  ];
  okta.recordEvents(happenings);
  okta.touchLimit('org-violation', { bucket: '/api/v1/users', scope: 'USER' }, { actor: user });
  clock = start + minuteMs;
  const { report, points } = await schedule.run();
  const stored = await openMemory(table, now)(schedule.org.name).of('system-log').read();
  const shown = JSON.stringify([report && logLines(report), points, stored]);
  expect(shown).toContain('INVALID_CREDENTIALS');
  expect(shown).toContain('log-limits');
  expect(canaries.leaksIn(shown)).toEqual([]);
});

it('a change by an administrator is remembered for an hour without who it was, also one of before the first run', async () => {
  const schedule = openLogSchedule(okta, table, now);
  const server = { id: 'default', type: 'AuthorizationServer', displayName: 'default' };
  okta.recordEvents([
    {
      ...{ eventType: 'policy.rule.update', displayMessage: 'Update policy rule', actor: person },
      targets: [{ id: '0pr1rule2of3policy45', type: 'PolicyRule', displayName: 'Machines' }, server],
      publishedAt: start - 20 * minuteMs,
    },
    { eventType: 'zone.update', displayMessage: 'Update zone', actor: person, publishedAt: start - 50 * minuteMs },
  ]);
  const changesAt = async (minute: number) => {
    clock = start + minute * minuteMs;
    await schedule.run();
    return readLogMemory(await openMemory(table, now)(schedule.org.name).of('system-log').read())?.changes;
  };
  const updated = {
    ...{ id: expect.any(String), atMs: start - 20 * minuteMs, what: 'policy-rule', change: 'updated' },
    ...{ by: { type: 'user' }, isWatched: true },
    targets: [
      { id: '0pr1rule2of3policy45', type: 'PolicyRule', name: 'Machines' },
      { id: 'default', type: 'AuthorizationServer', name: 'default' },
    ],
  };
  expect(await changesAt(0)).toEqual([expect.objectContaining({ what: 'zone', isWatched: false }), updated]);
  expect(await changesAt(11)).toEqual([updated]);
  expect(await changesAt(41)).toEqual([]);
});

it('a limit is reported for a quarter of an hour, and names the bucket, the minute and who reached it', async () => {
  const schedule = openLogSchedule(okta, table, now);
  await schedule.run();
  clock = start + 20_000;
  okta.touchLimit('org-violation', { bucket: '/oauth2/v1/token', threshold: 2_000 });
  const reported: number[] = [];
  let details: readonly (string | undefined)[] = [];
  for (let minute = 1; minute <= 20; minute += 1) {
    clock = start + minute * minuteMs;
    const { report } = await schedule.run();
    const found = report?.outcomes.flatMap(findingsOf).filter(({ code }) => code === 'org-limit-reached') ?? [];
    if (found.length > 0) reported.push(minute);
    if (minute === 1) details = found.map(({ detail, severity }) => `${severity}: ${detail}`);
  }
  const time = new Date(start).toISOString().slice(11, 16);
  expect(details).toEqual([
    `page: /oauth2/v1/token at ${time}Z, reached by application Nightly import (0oa7nightly8import9x)`,
  ]);
  expect(reported).toEqual(Array.from({ length: 15 }, (_, index) => index + 1));
});

it('the events of our own token requests are matched, with their lag, and told when they do not come', async () => {
  const schedule = openLogSchedule(okta, table, now);
  const { clientId } = okta.clients.service;
  const lags: (number | undefined)[] = [];
  const codes: string[] = [];
  let isLost = false;
  await schedule.run();
  for (let minute = 1; minute <= 40; minute += 1) {
    isLost = minute > 5;
    const sentAt = start + minute * minuteMs - 30_000;
    const requestId = `request-${minute}`;
    const token = { ...kinds.TokensGranted, actor: { ...shop, id: clientId }, clientId };
    if (!isLost || minute === 30) okta.recordEvents([{ ...token, publishedAt: sentAt, requestId }]);
    const url = `${okta.origin}/oauth2/v1/token`;
    const exchange = { method: 'POST', url, at: new Date(sentAt).toISOString(), phases: {}, status: 200, requestId };
    const at = start + (minute - 1) * minuteMs;
    await openRunState(table, schedule.org.name, 'flows').add({
      ...{ org: schedule.org.name, at },
      lines: [
        {
          ...{ type: 'outcome', at: new Date(at).toISOString(), org: schedule.org.name, probe: 'token', server: 'org' },
          ...{ status: 'passed', exchanges: [exchange], readings: {}, notes: [], warnings: [] },
        },
      ],
    });
    clock = start + minute * minuteMs;
    const { points, report } = await schedule.run();
    lags.push(points.find(({ identity }) => identity.name === 'LogLag')?.value);
    const found = report?.outcomes.flatMap(findingsOf).map(({ code }) => code) ?? [];
    codes.push(found[0] ?? '');
    expect(sumOfSeries([{ points }], 'TokensGranted')).toBe(0);
  }
  expect(lags.slice(0, 6)).toEqual([30, 30, 30, 30, 30, undefined]);
  // The first lost one was sent in minute 6. The one of minute 30 arrives, so that those before it are missing.
  expect(codes.indexOf('log-lags')).toBe(15);
  expect(codes.slice(15, 29)).toEqual(Array.from({ length: 14 }, () => 'log-lags'));
  expect(codes[29]).toBe('');
  expect(codes.indexOf('log-lacks-events')).toBe(35);
});
