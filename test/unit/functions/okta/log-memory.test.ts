import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogChange, LogMemory } from '../../../../functions/model/org-log.ts';
import { logMemoryName, newLogMemory, readLogMemory } from '../../../../functions/okta/log-memory.ts';
import { nextCursor } from '../../../../functions/okta/next-page.ts';
import { logMemoryItem, readOrgChanges } from '../../../../functions/state/org-changes.ts';
import { withReadTimes, withStoredTimes } from '../../../../functions/state/stored-times.ts';

const nowMs = Date.UTC(2026, 10, 23, 12, 7);
const counts = {
  ...{ signIns: 5, signInFailures: 1, lockouts: 0, tokensGranted: 9, tokensRefused: 2 },
  ...{ blocked: 3, removals: 4 },
};
const usual = { median: 3, deviation: 1.5, peak: 6, share: 0.1 };
const change: LogChange = {
  ...{ id: 'event', atMs: nowMs, what: 'policy-rule', change: 'updated', by: { type: 'user' }, isWatched: true },
  targets: [{ type: 'PolicyRule', id: '0pr1', name: 'Two factors' }],
};

const full: LogMemory = {
  ...newLogMemory(nowMs),
  after: '1700000000000_1',
  seen: [{ readAtMs: nowMs, ids: 'abcdefgh' }],
  batch: { dueMs: nowMs, counts },
  // An application may be called like a member of the item.
  spans: [{ atMs: nowMs, ...counts, reasons: { at: 1 }, errors: {}, applications: { readAtMs: 2, due: 1 } }],
  hours: [{ atMs: nowMs, ...counts }],
  usual: {
    ...{ atMs: nowMs, days: 8, weeks: 1, fewestSignIns: 400, mostRemovals: 2 },
    of: { signInFailures: usual, lockouts: usual, tokensRefused: usual },
  },
  services: [{ atMs: nowMs, counts: { 'directory/LDAP/failed': 2 } }],
  usualCodes: { 'code/sms/sent': 300 },
  limits: [
    { limit: 'violation', scope: 'org', bucket: '/api/v1', by: { type: 'okta' }, minutesMs: [nowMs], readAtMs: nowMs },
  ],
  changes: [change],
  evidence: [{ id: 'event', atMs: nowMs, what: 'agent down', targets: [], count: 2 }],
  own: {
    missing: [{ requestId: 'request', sentAtMs: nowMs }],
    read: [{ requestId: 'another', readAtMs: nowMs }],
    ...{ knownUntilMs: nowMs, arrivedUntilMs: nowMs },
  },
};

const inTable = (memory: LogMemory): unknown => withReadTimes(JSON.parse(JSON.stringify(withStoredTimes(memory))));

describe('the memory of the log', () => {
  it('is read as it was written', () => {
    expect(readLogMemory(inTable(full))).toEqual(full);
  });

  it('has its times in words in the table', () => {
    expect(JSON.stringify(withStoredTimes(full))).toContain('"beganAtMs":{"at":"2026-11-23T12:07:00.000Z"}');
  });

  it('is written although the item in the table was changed by hand', () => {
    fc.assert(
      fc.property(
        fc.anything({ maxDepth: 4 }),
        fc.constantFrom(...Object.keys(Object(inTable(full)))),
        (junk, name) => {
          const body = { ...Object(inTable(full)), [name]: JSON.parse(JSON.stringify(junk) ?? 'null') };
          const read = readLogMemory(body);
          if (read) expect(readLogMemory(inTable(read))).toEqual(read);
        },
      ),
    );
  });

  it('is nothing where the item is something else', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(readLogMemory(value)).toBeUndefined();
      }),
    );
  });

  it('has the changes that messages are written from', () => {
    const [read] = readOrgChanges(JSON.parse(JSON.stringify(withStoredTimes(full))));
    expect(read).toMatchObject({ id: change.id, at: change.atMs, isWatched: change.isWatched });
    expect(logMemoryItem).toBe(`memory#${logMemoryName}`);
  });
});

describe('the cursor of the next page', () => {
  it.each([
    ['<https://acme.okta.com/api/v1/logs?after=1_2&limit=9>; rel="next"', '1_2'],
    ['<https://a/logs?limit=9>; rel="self", <https://a/logs?after=1_2>; rel="next"', '1_2'],
    ['<https://a/logs?after=7>; rel="self", <https://a/logs?limit=9>; rel="next"', undefined],
    ['<https://evil.example/other?after=1_2>; rel="next"', '1_2'],
    ['</api/v1/logs?after=1_2>; rel=next', '1_2'],
    ['<https://a/logs?after=>; rel="next"', undefined],
    ['<%>; rel="next"', undefined],
    ['', undefined],
    [null, undefined],
  ])('in %j is %j', (link, cursor) => {
    expect(nextCursor(link)).toBe(cursor);
  });
});
