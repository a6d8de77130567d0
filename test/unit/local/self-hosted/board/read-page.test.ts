import { beforeEach, describe, expect, it } from 'vitest';
import type { StoredItem } from '../../../../../functions/state/state-table.ts';
import { type PageSource, pageReader } from '../../../../../local/self-hosted/board/read-page.ts';
import { type History, openHistory } from '../../../../../local/self-hosted/history/open-history.ts';
import { type MetricAlarm, MetricStore } from '../../../../../packages/cloudwatch-alarms/src/index.ts';
import { failedLine, messageAt, passedLine, runAt, smallDeployment } from '../../../../support/history-samples.ts';
import { at, outcome } from '../../../../support/log-of.ts';
import { groupItem } from '../../../../support/stored-org.ts';

const minuteMs = 60_000;
const now = at('12:00');
const page = 'okta-synthetics/acme/okta/page';
const identity = { namespace: 'OktaSynthetics', name: 'Severity', dimensions: { Org: 'acme' } };

function alarmOf(name: string): MetricAlarm {
  return {
    ...{ kind: 'metric', name, logicalId: name, actions: { OK: [], ALARM: [], INSUFFICIENT_DATA: [] } },
    ...{ queries: { m: { kind: 'metric', identity, stat: 'Maximum' } }, resultId: 'm', periodMs: minuteMs },
    ...{ comparison: 'GreaterThanThreshold', threshold: 1, evaluationPeriods: 3, datapointsToAlarm: 2 },
    treatMissingData: 'notBreaching',
  };
}

const stateOf = (org: string): StoredItem => ({
  ...groupItem('flows', [
    {
      org,
      at: at('11:59'),
      intervalMinutes: 1,
      lines: [outcome(at('11:59'), 'token@default', 'passed', { org }).line],
    },
  ]),
  org,
});

let history: History;
let source: PageSource;
let items: readonly StoredItem[];

beforeEach(() => {
  history = openHistory(':memory:');
  const store = new MetricStore();
  for (const [value, time] of [0, 2, 2].map((each, index) => [each, now - (3 - index) * minuteMs] as const))
    store.add({ identity, value, timestamp: time });
  items = [stateOf('acme'), { ...stateOf('acme'), item: `message#${page}#1`, body: 'not read' }];
  const alarms = [
    alarmOf('okta-synthetics/monitor/flows-broken'),
    alarmOf(page),
    alarmOf('okta-synthetics/other/okta/page'),
  ];
  source = {
    ...{ reader: history.reader, name: 'okta-synthetics', orgs: ['acme'], now: () => now },
    system: {
      ...{ now, store },
      deployment: {
        ...smallDeployment,
        tables: [{ name: 'state', partition: 'org', sort: 'item' }],
        alarms: { ...smallDeployment.alarms, alarms },
      },
      alarmState: (name) => ({ state: name === page ? 'ALARM' : 'OK', reason: '' }),
      aws: {
        tables: {
          items: async () =>
            items.map(({ org, item, body }) => ({
              org: { S: org },
              item: { S: item },
              body: { S: JSON.stringify(body) },
            })),
        },
      },
    },
  };
  return () => history[Symbol.dispose]();
});

const detail = async (org?: string) => (await pageReader(source)(org)).detail ?? expect.fail('there are no details');

describe('the page of a system', () => {
  it('has the state of each org as the widget reads it, and the details of the only one', async () => {
    const { orgs, detail: found } = await pageReader(source)();
    expect(orgs).toMatchObject([{ org: 'acme', standing: 'well', sentence: 'All well: 1 check passes.' }]);
    expect(found?.board.org).toBe('acme');
  });

  it('has the details of the org that is asked for, and of none that it does not know', async () => {
    source = { ...source, orgs: ['acme', 'other'] };
    items = [...items, stateOf('other')];
    const read = pageReader(source);
    expect((await read()).detail).toBeUndefined();
    expect((await read('other')).detail?.board.org).toBe('other');
    expect((await read('nobody')).detail).toBeUndefined();
  });

  it('says that nothing is known of an org that has never run', async () => {
    items = [];
    expect((await pageReader(source)()).orgs).toMatchObject([{ org: 'acme', standing: 'unknown' }]);
  });

  it('has the alarms of the org and of the monitor with the points they were judged by, those that fire first', async () => {
    const { alarms } = await detail();
    expect(alarms.map(({ name, state }) => [name, state])).toEqual([
      [page, 'ALARM'],
      ['okta-synthetics/monitor/flows-broken', 'OK'],
    ]);
    expect(alarms[0]).toMatchObject({
      rule: '2 of 3 points > 1',
      points: [undefined, undefined, { breaches: false }, { value: 2, breaches: true }, { value: 2, breaches: true }],
    });
  });

  it('tells what happened, the newest first: messages as they were sent, alarms, and gaps', async () => {
    const email = {
      protocol: 'email',
      endpoint: 'on-call@example.com',
      subject: 'PAGE',
      text: 'as sent',
      failed: false,
    };
    history.journal.onMessage({ ...messageAt(at('11:50'), email), alarm: page, state: 'ALARM' });
    history.journal.onMessage({ ...messageAt(at('11:51')), alarm: 'okta-synthetics/other/okta/page', state: 'ALARM' });
    history.journal.onMessage({
      ...messageAt(at('11:52')),
      topic: 'okta-synthetics-page-alarms',
      alarm: page,
      state: 'OK',
    });
    const change = (time: string, from: 'OK' | 'INSUFFICIENT_DATA' | 'ALARM', to: 'OK' | 'ALARM') =>
      ({ at: at(time), alarm: page, from, to, reason: '' }) as const;
    history.journal.onEvaluated(
      now,
      [change('11:00', 'INSUFFICIENT_DATA', 'OK'), change('11:49', 'OK', 'ALARM'), change('11:55', 'ALARM', 'OK')],
      new Map(),
    );
    history.keepGap({ start: at('11:20'), end: at('11:30'), reason: 'not running' });
    const { timeline, alarms } = await detail();
    expect(timeline).toMatchObject([
      { kind: 'alarm', to: 'OK' },
      { kind: 'message', route: 'page', subject: 'PAGE', text: 'as sent', deliveries: ['email, shown here'] },
      { kind: 'alarm', to: 'ALARM' },
      { kind: 'gap', at: at('11:20'), until: at('11:30') },
    ]);
    // An address is somebody's.
    expect(JSON.stringify(timeline)).not.toContain('on-call');
    expect(alarms[0]).toMatchObject({ name: page, since: at('11:55') });
  });

  it('has the requests of the last run of each check with who answered, those of failures first', async () => {
    history.journal.onRun(runAt(at('11:58'), failedLine(at('11:58'))));
    const nobody = {
      ...{ method: 'GET', url: 'https://acme.okta.com/keys', at: '', phases: {} },
      failure: { code: 'ECONNREFUSED', message: '' },
    };
    history.journal.onRun(
      runAt(
        at('11:59'),
        passedLine(at('11:59'), { probe: 'keys', exchanges: [nobody] }),
        failedLine(at('11:59')),
        passedLine(at('11:59'), { probe: 'status-page' }),
      ),
    );
    const { requests } = await detail();
    expect(requests.map(({ target, status, ascription }) => [target, status, ascription.by])).toEqual([
      ['token@default', 'failed', 'okta'],
      ['keys@default', 'passed', 'nobody'],
    ]);
  });

  it('has the mean latency of each phase in each minute, headroom, and what expires', async () => {
    const phases = (firstByteMs: number) => ({ dnsMs: 3, tcpMs: 4, tlsMs: 5, firstByteMs, bodyMs: 1 });
    const [exchange] = passedLine(now).exchanges;
    if (!exchange) throw new Error('unreachable: the sample has a request');
    for (const [time, firstByteMs] of [
      ['11:57', 100],
      ['11:58', 200],
    ] as const) {
      history.journal.onRun(
        runAt(at(time), passedLine(at(time), { exchanges: [{ ...exchange, phases: phases(firstByteMs) }] })),
      );
    }
    const point = (name: string, value: number) => ({
      ...{ identity: { ...identity, name }, timestamp: at('11:58'), value, source: 'api' as const },
    });
    for (const [name, value] of [
      ['Headroom', 42],
      ['CertificateDaysLeft', 9.5],
      ['Severity', 1],
    ] as const)
      history.journal.onPoint(point(name, value));
    const { measured } = (await detail()).board;
    expect(measured.latency.map(({ phase, points }) => [phase, points.map(({ value }) => value)])).toEqual([
      ['DNS', [3, 3]],
      ['TCP', [4, 4]],
      ['TLS', [5, 5]],
      ['first byte', [100, 200]],
      ['body', [1, 1]],
    ]);
    expect(measured.headroom).toEqual([{ at: at('11:58'), value: 42 }]);
    expect(measured.expiries).toMatchObject([{ days: 9.5 }]);
  });
});
