import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FolderInUse, lockFolder } from '../../../../../local/self-hosted/history/lock.ts';
import { type History, openHistory } from '../../../../../local/self-hosted/history/open-history.ts';
import { retentionOf } from '../../../../../local/self-hosted/history/retention.ts';
import { stateFolder } from '../../../../../local/self-hosted/history/state-folder.ts';
import type { Delivery } from '../../../../../local/self-hosted/sns/sns.ts';
import { failedLine, messageAt, passedLine, runAt, smallDeployment } from '../../../../support/history-samples.ts';

const noon = Date.UTC(2026, 10, 23, 12);
const dayMs = 24 * 60 * 60_000;
const always = { start: 0, end: Number.MAX_SAFE_INTEGER };

let folder: string;
let file: string;
let history: History;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'okta-synthetics-history-'));
  file = path.join(folder, 'history.sqlite');
  history = openHistory(file);
});
afterEach(() => {
  history[Symbol.dispose]();
  rmSync(folder, { recursive: true });
});

/** The same file, as the next start opens it. */
function reopen(): History {
  history[Symbol.dispose]();
  history = openHistory(file);
  return history;
}

describe('a history', () => {
  it('has the outcomes of a run with their evidence, by target, after it is opened again', () => {
    history.journal.onRun(runAt(noon, passedLine(noon, { probe: 'keys' }), failedLine(noon + 5)));
    const { reader } = reopen();
    expect(reader.outcomes(always, { probe: 'token', server: 'default' })).toEqual([
      {
        ...{ run: 1, at: noon + 5, minute: noon, org: 'acme', server: 'default', probe: 'token', status: 'failed' },
        ...{ findings: [{ code: 'internal-error', domain: 'okta', severity: 'page' }], durationMs: 120 },
        ...{ answeredBy: expect.any(String), line: failedLine(noon + 5) },
      },
    ]);
    expect(reader.outcomes(always, { server: null })).toEqual([]);
    expect(reader.runs(always)).toMatchObject([{ id: 1, at: noon, lambda: 'okta-synthetics-flows', org: 'acme' }]);
    expect(reader.firstRunAt()).toBe(noon);
  });

  it('has the last outcome of each target', () => {
    const journal = history.journal;
    for (const minute of [0, 1, 2]) journal.onRun(runAt(noon + minute, passedLine(noon + minute)));
    journal.onRun(runAt(noon, passedLine(noon, { server: undefined, probe: 'organization' })));
    expect(history.reader.latestOutcomes(0).map(({ probe, at }) => [probe, at])).toEqual([
      ['organization', noon],
      ['token', noon + 2],
    ]);
  });

  it('keeps everything of a change, or nothing', () => {
    const journal = history.journal;
    expect(() =>
      journal.atomically(() => {
        journal.onRun(runAt(noon, passedLine(noon)));
        throw new Error('the disk is full');
      }),
    ).toThrow('the disk is full');
    journal.atomically(() => journal.onRun(runAt(noon + 1, passedLine(noon + 1))));
    expect(history.reader.runs(always).map(({ at }) => at)).toEqual([noon + 1]);
    expect(history.reader.outcomes(always)).toHaveLength(1);
  });

  it('gives points back by series, whatever the order of the dimensions', () => {
    const journal = history.journal;
    const point = { timestamp: noon, value: 2, unit: 'None', source: 'api' } as const;
    const named = { namespace: 'OktaSynthetics', name: 'Severity' };
    journal.onPoint({ ...point, identity: { ...named, dimensions: { Org: 'acme', Domain: 'okta' } } });
    journal.onPoint({
      ...point,
      timestamp: noon + 1,
      identity: { ...named, dimensions: { Domain: 'okta', Org: 'acme' } },
    });
    const identity = { ...named, dimensions: { Org: 'acme', Domain: 'okta' } };
    expect(history.reader.points(identity, always)).toEqual([
      { at: noon, value: 2 },
      { at: noon + 1, value: 2 },
    ]);
    expect(history.reader.series()).toEqual([identity]);
    expect(reopen().keptState(smallDeployment, noon + 1, false).points).toEqual([
      { ...point, timestamp: noon + 1, identity },
    ]);
  });

  it('gives back what a system needs to go on', () => {
    const journal = history.journal;
    const status = { state: 'ALARM', reason: '2 of 3', suppression: { by: 'nothing' } } as const;
    const transition = { at: noon, alarm: 'a', from: 'OK', to: 'ALARM', reason: '2 of 3' } as const;
    journal.onEvaluated(noon, [transition], new Map([['a', status]]));
    const event = { requestId: 'r', target: 'notify', payload: {}, by: { topic: 't' }, number: 1 };
    const queued = { ...event, acceptedAt: noon, dueAt: noon, failures: 0, throttles: 0 };
    journal.onAccepted(queued);
    journal.onAccepted({ ...queued, requestId: 'ended' });
    journal.onEnded({ requestId: 'ended' });
    history.keepSchedules(new Map([['acme-flows', noon]]));
    history.keepSchedules(new Map([['acme-flows', noon + 1]]));
    const item = { org: { S: 'acme' }, item: { S: 'group#flows' }, expiresAt: { N: String(noon / 1000 + 60) } };
    history.keepItem('state', item, { partition: 'org', sort: 'item' });
    journal.onRun(runAt(noon, passedLine(noon)));
    const kept = reopen().keptState(smallDeployment, 0, true);
    expect(history.evaluatedAt).toBe(noon);
    expect(kept.statuses.get('a')).toEqual(status);
    expect(kept.transitions).toEqual([transition]);
    expect(kept.events).toEqual([queued]);
    expect(kept.schedules.get('acme-flows')).toBe(noon);
    expect(kept.items.get('state')).toEqual([item]);
    expect(kept.logs.get('/flows')?.map(({ message }) => JSON.parse(message))).toEqual([passedLine(noon)]);
  });

  it('names the receivers of a message without the keys in their addresses', () => {
    const endpoint = 'https://hooks.example.com/services/T0/canary-key';
    const posted: Delivery = { protocol: 'https', endpoint, text: 'hello', failed: true };
    const letter: Delivery = { protocol: 'email', endpoint: 'a@example.com', text: 'Hello', failed: false };
    history.journal.onMessage(messageAt(noon, posted, letter));
    expect(history.reader.messages(always)[0]?.deliveries).toMatchObject([
      { receiver: 'https://hooks.example.com', state: 'pending' },
      { receiver: 'a@example.com', state: 'shown' },
    ]);
    reopen();
    expect(readFileSync(file, 'latin1')).not.toContain('canary-key');
  });

  it('sends again what was under way, to the same address, and gives up on a receiver that is gone', () => {
    const endpoint = 'https://hooks.example.com/key';
    const delivery: Delivery = { protocol: 'https', endpoint, text: 'hello', failed: true };
    history.journal.onMessage(messageAt(noon, delivery, { ...delivery, endpoint: 'https://gone.example.com/' }));
    history.keepDelivery({ ...delivery, attempts: 2 }, true);
    const subscriptions = [{ protocol: 'https', endpoint, permitted: true }];
    const topic = { logicalId: 'T', name: 'okta-synthetics-pages', arn: 'arn', acceptsAlarms: true, subscriptions };
    const pending = reopen().pendingMessages({ ...smallDeployment, topics: [topic] });
    expect(pending.flatMap(({ deliveries }) => deliveries)).toMatchObject([{ endpoint, failed: true, attempts: 0 }]);
    const [again] = pending[0]?.deliveries ?? [];
    if (again) history.keepDelivery(Object.assign(again, { failed: false, attempts: 1, deliveredAt: noon }), false);
    expect(history.reader.messages(always)[0]?.deliveries).toMatchObject([
      { state: 'delivered', attempts: 1, deliveredAt: noon },
      { state: 'failed' },
    ]);
  });

  it('forgets what is too old, and the evidence of what passed sooner', () => {
    const journal = history.journal;
    for (const days of [101, 3, 1]) {
      const at = noon - days * dayMs;
      journal.onRun(runAt(at, passedLine(at), failedLine(at + 1)));
      journal.onMessage(messageAt(at));
    }
    history.keepGap({ start: 0, end: noon - 101 * dayMs, reason: 'suspended' });
    history.keepGap({ start: 0, end: noon, reason: 'not running' });
    history.prune(noon, retentionOf(100));
    const days = (at: number) => Math.round((noon - at) / dayMs);
    expect(
      history.reader.outcomes(always).map(({ at, status, line }) => [days(at), status, line !== undefined]),
    ).toEqual([
      [3, 'passed', false],
      [3, 'failed', true],
      [1, 'passed', true],
      [1, 'failed', true],
    ]);
    expect(history.reader.messages(always).map(({ at }) => days(at))).toEqual([3, 1]);
    expect(history.reader.gaps(always)).toEqual([{ start: 0, end: noon, reason: 'not running' }]);
  });

  it('of another version is refused with what to do', () => {
    history[Symbol.dispose]();
    using other = new DatabaseSync(file);
    other.exec('PRAGMA user_version = 99');
    expect(() => openHistory(file)).toThrow(/is a history of version 99, .* use another folder with --data/);
    history = openHistory(':memory:');
  });
});

describe('a history that cannot be written', () => {
  let database: DatabaseSync;
  let clock = noon;
  const reopenWith = (options: object = {}) => {
    history[Symbol.dispose]();
    database = new DatabaseSync(file, { timeout: 0 });
    history = openHistory(file, { database, now: () => clock, ...options });
  };
  const long = 'x'.repeat(20_000);
  const run = (at: number) => runAt(at, passedLine(at, { notes: [long] }));
  const times = () => history.reader.runs(always).map(({ at }) => at);

  /** Ways for SQLite to fail, and their end. */
  const ways: Readonly<Record<string, () => () => void>> = {
    'the disk is full': () => {
      // SQLite's own limit gives the error of a full disk: SQLITE_FULL.
      database.exec('PRAGMA max_page_count = 1');
      return () => database.exec('PRAGMA max_page_count = 1000000');
    },
    'it is read-only': () => {
      database.exec('PRAGMA query_only = ON');
      return () => database.exec('PRAGMA query_only = OFF');
    },
    'another process holds it': () => {
      const other = new DatabaseSync(file, { timeout: 0 });
      other.exec('BEGIN IMMEDIATE');
      return () => other.close();
    },
  };

  it.each(Object.keys(ways))(
    'because %s goes on in memory, says so, and writes all of it in its order once it can',
    (way) => {
      reopenWith();
      history.journal.onRun(run(noon));
      const restore = ways[way]?.();
      history.journal.atomically(() => {
        history.journal.onRun(run(noon + 1));
        history.journal.onEvaluated(noon + 1, [], new Map());
      });
      history.journal.onRun(run(noon + 2));
      history.keepItem(
        'state',
        { org: { S: 'acme' }, item: { S: 'flows' }, text: { S: long } },
        { partition: 'org', sort: 'item' },
      );
      history.prune(noon, retentionOf(1));
      expect(history.store()).toMatch(/full|readonly|locked/);
      expect(times()).toEqual([noon]);
      restore?.();
      expect(history.store()).toBeUndefined();
      history.journal.onRun(run(noon + 3));
      reopen();
      expect(times().toSorted()).toEqual([noon, noon + 1, noon + 2, noon + 3]);
      expect(history.evaluatedAt).toBe(noon + 1);
      expect(history.reader.gaps(always)).toEqual([]);
    },
  );

  it('tries again only when it is told to: SQLite may take seconds to fail', () => {
    reopenWith();
    const restore = ways['it is read-only']?.();
    history.journal.onRun(run(noon));
    restore?.();
    history.journal.onRun(run(noon + 1));
    expect(times()).toEqual([]);
    expect(history.store()).toBeUndefined();
    expect(times().toSorted()).toEqual([noon, noon + 1]);
  });

  it('keeps the newest of too much, and what was dropped is a gap', () => {
    reopenWith({ mostWrites: 2 });
    const restore = ways['the disk is full']?.();
    for (const minute of [0, 1, 2, 3]) {
      clock = noon + minute;
      history.journal.onRun(run(clock));
    }
    restore?.();
    expect(history.store()).toBeUndefined();
    expect(times().toSorted()).toEqual([noon + 2, noon + 3]);
    expect(history.reader.gaps(always)).toEqual([{ start: noon, end: noon + 2, reason: 'not stored' }]);
  });

  it('keeps a delivery that ends while its message waits', () => {
    reopenWith();
    const restore = ways['the disk is full']?.();
    const message = messageAt(noon, {
      protocol: 'https',
      endpoint: 'https://hooks.example.com/1',
      text: 'A page',
      failed: false,
    });
    history.journal.onMessage(message);
    for (const delivery of message.deliveries) history.keepDelivery(delivery, false);
    restore?.();
    history.store();
    expect(history.pendingMessages(smallDeployment)).toEqual([]);
    expect(history.reader.messages(always)).toHaveLength(1);
  });

  it('because it was deleted says that it ends with the process', () => {
    rmSync(file);
    history.journal.onRun(runAt(noon, passedLine(noon)));
    expect(history.store()).toMatch(/was deleted or replaced/);
  });

  it('does not hide a mistake of ours', () => {
    expect(() => history.keepGap({ start: 0.5, end: 1, reason: 'suspended' })).toThrow(/REAL|INTEGER|type/i);
    history.journal.onRun(runAt(noon, passedLine(noon)));
    expect(history.reader.runs(always)).toHaveLength(1);
    expect(history.store()).toBeUndefined();
  });

  it('is refused at the start', () => {
    history[Symbol.dispose]();
    const readOnly = new DatabaseSync(file, { readOnly: true });
    expect(() => openHistory(file, { database: readOnly })).toThrow(/readonly/);
    history = openHistory(':memory:');
  });
});

describe('a folder', () => {
  it('that one has taken is refused to another, with the process that has it', () => {
    const first = lockFolder(folder);
    expect(() => lockFolder(folder)).toThrow(FolderInUse);
    expect(() => lockFolder(folder)).toThrow(`another watch, process ${process.pid}`);
    first[Symbol.dispose]();
    lockFolder(folder)[Symbol.dispose]();
  });

  it('of the state is where XDG says, unless it says a relative path', () => {
    expect(stateFolder({ XDG_STATE_HOME: '/state' })).toBe('/state');
    expect(stateFolder({ XDG_STATE_HOME: 'state' })).toBe(stateFolder({}));
  });
});
