import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type OrgBoard, shownRuns } from '../../../../functions/board/board.ts';
import { orgBoard, worstFirst } from '../../../../functions/board/org-board.ts';
import { renderOrg, renderOrgs, renderOrgWithin } from '../../../../functions/board/render.ts';
import { type FindingCode, finding } from '../../../../functions/findings/finding.ts';
import { defaultDeployment } from '../../../../functions/model/deployment.ts';
import { faultDomains } from '../../../../functions/model/fault-domain.ts';
import type { Group } from '../../../../functions/model/probe.ts';
import { standings } from '../../../../functions/model/words.ts';
import type { NewRun, RunLine } from '../../../../functions/state/history.ts';
import { keptOf } from '../../../../functions/state/kept.ts';
import type { StoredItem } from '../../../../functions/state/state-table.ts';
import { openCanaries } from '../../../support/canaries.ts';
import { hostileText } from '../../../support/hostile-text.ts';
import { at, exchange, minutes, outcome, statusPage } from '../../../support/log-of.ts';
import { foreignMarkup, parseHtml, rowsOf } from '../../../support/parse-html.ts';
import { groupItem, incidentItem } from '../../../support/stored-org.ts';

const targets = ['organization', 'token@default', 'verify@default', 'token@org'];

type Status = Parameters<typeof outcome>[2];

/** Runs of flows at each minute from one time to another, both included. */
function runsOf(
  from: string,
  to: string,
  statusOf: (target: string, time: string) => Status = () => 'passed',
  more: Partial<NewRun> = {},
): readonly NewRun[] {
  return minutes(from, to).map((time) => ({
    ...{ org: 'acme', at: at(time), intervalMinutes: 1 },
    lines: targets.map((target) => outcome(at(time), target, statusOf(target, time)).line),
    ...more,
  }));
}

const flows = (...runs: Parameters<typeof runsOf>) => groupItem('flows', runsOf(...runs));

const failsAt =
  (target: string, since: string, code: FindingCode = 'internal-error') =>
  (each: string, time: string): Status =>
    each === target && time >= since ? code : 'passed';

/** The board at a time, from the items of the state table. */
const boardAt = (time: string, ...items: readonly StoredItem[]): OrgBoard =>
  orgBoard(keptOf('acme', items), { deployment: defaultDeployment, now: at(time) });

const saidAt = (...given: Parameters<typeof boardAt>) => {
  const { standing, sentence } = boardAt(...given);
  return `${standing}: ${sentence}`;
};

const okta = { kind: 'findings', org: 'acme', domain: 'okta', severity: 'page' } as const;

describe('the sentence about an org', () => {
  it('says that all is well, and how many checks pass', () => {
    expect(saidAt('12:00', flows('11:30', '11:59'))).toBe('well: All well: 4 checks pass.');
  });

  it('counts skipped checks apart', () => {
    const item = flows('11:50', '11:59', (target) => (target === 'verify@default' ? 'skipped' : 'passed'));
    expect(saidAt('12:00', item)).toBe('well: All well: 3 checks pass, 1 skipped.');
  });

  it('says who must act, what people cannot do, where and since when', () => {
    const told = incidentItem(okta, { since: at('11:50'), code: 'internal-error' });
    expect(saidAt('12:00', flows('11:30', '11:59', failsAt('token@default', '11:50')), told)).toBe(
      "page: Okta must act: apps get no tokens at 'default' since 11:50 UTC (10 min).",
    );
  });

  it('blames nobody before an alarm has fired', () => {
    expect(saidAt('12:00', flows('11:30', '11:59', failsAt('token@default', '11:59')))).toBe(
      "watching: No alarm yet: apps get no tokens at 'default' since 11:59 UTC (1 min).",
    );
  });

  it('says that nobody was told of what has lasted, which a maintenance window may be the reason of', () => {
    expect(saidAt('12:00', flows('11:00', '11:59', failsAt('token@default', '11:30')))).toBe(
      "page: Okta must act: apps get no tokens at 'default' since 11:30 UTC (30 min). No message was sent about it: a maintenance window may be why.",
    );
  });

  it('counts further problems, and names the gravest', () => {
    const both = (target: string): Status =>
      target === 'token@default' ? 'client-refused' : target === 'token@org' ? 'internal-error' : 'passed';
    const told = incidentItem(okta, { since: at('11:50') });
    expect(saidAt('12:00', flows('11:50', '11:59', both), told)).toMatch(/^page: Okta must act: .* 1 more problem\.$/);
  });

  it('says that something comes and goes, when the last run does not report what people were told of', () => {
    const told = incidentItem(okta, { since: at('11:40') });
    const flaps = flows('11:30', '11:59', (target, time) =>
      target === 'token@org' && time < '11:58' && time >= '11:40' ? 'internal-error' : 'passed',
    );
    expect(saidAt('12:00', flaps, told)).toBe(
      'watching: Over, or it comes and goes: the last run does not report what began at 11:40 UTC.',
    );
  });

  it('is well again when people were told that it is over, although CloudWatch has not resolved the alarm', () => {
    const told = incidentItem(okta, { since: at('11:30'), state: 'recovered', recoveredAt: at('11:50') });
    expect(saidAt('12:00', flows('11:40', '11:59'), told)).toBe('well: All well: 4 checks pass.');
    expect(boardAt('12:00', flows('11:40', '11:59'), told).incidents).toMatchObject([
      { whoMustAct: 'No action needed: it is over', told: 'told that it is over at 2026-11-21 11:32 UTC' },
    ]);
  });

  it('says of a drill that nothing is wrong, and of a failure during one that nobody was told of it', () => {
    const told = incidentItem(okta, { since: at('11:50'), code: 'internal-error', drill: { by: 'Admin/jane' } });
    expect(saidAt('12:00', flows('11:30', '11:59'), told)).toBe(
      'well: All well: 4 checks pass. A drill is running: an alarm fires although nothing is wrong.',
    );
    expect(boardAt('12:00', flows('11:30', '11:59'), told).incidents[0]?.whoMustAct).toBe(
      'No action needed: it is a drill',
    );
    expect(saidAt('12:00', flows('11:30', '11:59', failsAt('token@org', '11:58')), told)).toMatch(/^watching: /);
  });

  it('says that nothing is known, and since when', () => {
    expect(saidAt('12:00', flows('11:00', '11:31'))).toBe('unknown: Unknown: nothing has run since 11:31 UTC.');
    expect(saidAt('12:00')).toMatch(/^unknown: Unknown: no run has left anything/);
  });

  it('claims nothing about now of a failure that the last run saw long ago', () => {
    expect(saidAt('12:00', flows('11:00', '11:31', failsAt('token@org', '11:10')))).not.toMatch(/must act/);
  });

  it('says which group has stopped or never ran, beside what is known', () => {
    const expects = { flows: 1, limits: 1, journey: 5 } as const;
    const item = flows('11:50', '11:59', undefined, { expects });
    const limits = groupItem('limits', runsOf('11:00', '11:20'));
    expect(saidAt('12:00', item, limits)).toBe(
      'unknown: Unknown in part: limits has not run since 2026-11-21 11:20 UTC. journey has never run. It should since 2026-11-21 11:50 UTC.',
    );
  });

  it('says that the monitor broke in its last run', () => {
    const broken: RunLine = { type: 'monitor-error', at: '', org: 'acme', name: 'TypeError', frames: [] };
    const [last = expect.fail('no run')] = runsOf('11:59', '11:59');
    const item = groupItem('flows', [...runsOf('11:50', '11:58'), { ...last, lines: [...last.lines, broken] }]);
    expect(saidAt('12:00', item)).toBe(
      'unknown: Unknown in part: flows did not finish its last run, because of an error of the monitor.',
    );
  });

  it.each(faultDomains)(
    'names who must act on a finding of the domain %s, and never Okta for another one',
    (domain) => {
      const [run = expect.fail('no run')] = runsOf('11:59', '11:59');
      const answered = { ...exchange(at('11:59'), '/oauth2/v1/token'), status: 500 };
      const line = {
        ...outcome(at('11:59'), 'token@org', 'internal-error', { exchanges: [answered] }).line,
        finding: { ...finding('internal-error'), domain, severity: 'page' as const },
      };
      const told = incidentItem({ ...okta, domain }, { since: at('11:59') });
      const said = saidAt('12:00', groupItem('flows', [{ ...run, lines: [line as RunLine] }]), told);
      expect(said).toMatch(/ must act: /);
      expect(said.startsWith('page: Okta must act')).toBe(domain === 'okta');
    },
  );

  it('does not blame Okta alone for an answer that may be of somebody else, or of nobody', () => {
    const said = (answer: object) => {
      const exchanges = [{ ...exchange(at('11:59'), '/oauth2/v1/token'), requestId: undefined, ...answer }];
      const [run = expect.fail('no run')] = runsOf('11:59', '11:59');
      const { line } = outcome(at('11:59'), 'token@org', 'internal-error', { exchanges });
      return saidAt(
        '12:00',
        groupItem('flows', [{ ...run, lines: [line] }]),
        incidentItem(okta, { since: at('11:59') }),
      );
    };
    expect(said({ status: 502 })).toContain('Okta, or the owner of a proxy in between, must act');
    expect(said({ status: undefined, failure: { code: 'UND_ERR_HEADERS_TIMEOUT', message: '' } })).toContain(
      'Okta or the network team must act',
    );
  });
});

describe('the grid of an org', () => {
  it('has the org as a whole first, then the Org server, then the others', () => {
    const { columns, rows } = boardAt('12:00', flows('11:50', '11:59')).grid;
    expect(columns).toEqual([undefined, 'org', 'default']);
    expect(rows.map(({ probe, cells }) => [probe, ...cells.map((cell) => cell?.state)])).toEqual([
      ['organization', 'passed', undefined, undefined],
      ['token', undefined, 'passed', 'passed'],
      ['verify', undefined, undefined, 'passed'],
    ]);
  });

  const cellAt = (time: string, item: StoredItem, column = 2) =>
    boardAt(time, item).grid.rows.find(({ probe }) => probe === 'token')?.cells[column] ?? expect.fail('no cell');

  it('has the last sixty runs, and nothing where no run is known', () => {
    const item = groupItem('flows', [
      ...runsOf('11:10', '11:29'),
      ...runsOf('11:40', '11:59', failsAt('token@default', '11:55')),
    ]);
    const { runs, state, because } = cellAt('12:00', item);
    expect(runs).toHaveLength(shownRuns);
    const passed = (count: number) => Array.from({ length: count }, () => 'passed');
    const unknown = (count: number) => Array.from({ length: count }, () => undefined);
    const failed = Array.from({ length: 5 }, () => 'failed');
    expect(runs).toEqual([...unknown(10), ...passed(20), ...unknown(10), ...passed(15), ...failed]);
    expect([state, because]).toEqual(['failed', 'Okta 500']);
  });

  it('does not count the run that is on its way as missing, and every later one', () => {
    const item = flows('10:00', '11:59');
    expect(cellAt('12:00', item).runs.at(-1)).toBe('passed');
    expect(cellAt('12:05', item).runs.slice(-6)).toEqual(['passed', ...Array.from({ length: 5 }, () => undefined)]);
    expect(cellAt('12:05', item).state).toBe('late');
  });

  it('says skipped, with the reason, and not failed', () => {
    const item = flows('11:50', '11:59', (target) => (target === 'token@default' ? 'skipped' : 'passed'));
    expect(cellAt('12:00', item)).toMatchObject({ state: 'skipped', because: 'token failed' });
  });

  it('has the duration of the last run', () => {
    const item = groupItem(
      'flows',
      runsOf('11:58', '11:59').map((run) => ({
        ...run,
        lines: run.lines.map((line) => ({ ...line, durationMs: 42 })) as RunLine[],
      })),
    );
    expect(cellAt('12:00', item).durationMs).toBe(42);
    expect(cellAt('12:00', flows('11:58', '11:59'))).not.toHaveProperty('durationMs');
  });
});

describe('what else is shown of an org', () => {
  it('is each rate limit, with the share of the monitor in a minute', () => {
    const rateLimit = { limit: 600, remaining: 450, secondsToReset: 9 };
    const exchanges = [exchange(at('11:59'), '/oauth2/default/v1/token', { rateLimit })];
    const { line } = outcome(at('11:59'), 'token@default', 'passed', { exchanges });
    const item = groupItem('flows', [{ org: 'acme', at: at('11:59'), intervalMinutes: 1, lines: [line] }]);
    const board = boardAt('12:00', item);
    expect(board.rateLimits).toMatchObject([{ bucket: '/oauth2/{id}/v1/token', limit: 600, remaining: 450 }]);
    expect(board.rateLimits[0]?.ownPercent).toBeCloseTo(100 / 600);
    expect(rowsOf(renderOrg(board).toString()).get('/oauth2/{id}/v1/token')).toBe(
      '/oauth2/{id}/v1/token60075 %less than 1 %',
    );
  });

  it('is one row a bucket, as the newest run saw it, with the requests of all groups', () => {
    const seenAt = (time: string, group: 'flows' | 'journey', remaining: number) => {
      const rateLimit = { limit: 600, remaining, secondsToReset: 9 };
      const exchanges = [exchange(at(time), '/oauth2/default/v1/token', { rateLimit })];
      const { line } = outcome(at(time), 'token@default', 'passed', { exchanges });
      return groupItem(group, [{ org: 'acme', at: at(time), intervalMinutes: 1, lines: [line] }]);
    };
    const { rateLimits } = boardAt('12:00', seenAt('11:59', 'flows', 450), seenAt('11:58', 'journey', 300));
    expect(rateLimits).toMatchObject([{ bucket: '/oauth2/{id}/v1/token', remaining: 450 }]);
    expect(rateLimits[0]?.ownPercent).toBeCloseTo(200 / 600);
  });

  it("is the status page's own word, and nothing if it was not read", () => {
    const status = groupItem('status', [
      { org: 'acme', at: at('11:58'), intervalMinutes: 5, lines: [statusPage(at('11:58')).line] },
    ]);
    expect(boardAt('12:00', status).oktaStatus.state).toBe('none');
    expect(boardAt('12:00', flows('11:50', '11:59')).oktaStatus.state).toBe('unknown');
  });

  it('is each open incident, with where the last run shows it', () => {
    const told = incidentItem(okta, { since: at('11:50'), code: 'internal-error' });
    const over = incidentItem({ ...okta, domain: 'network' }, { since: at('11:00'), state: 'resolved' });
    expect(boardAt('12:00', flows('11:30', '11:59', failsAt('token@default', '11:50')), told, over).incidents).toEqual([
      expect.objectContaining({
        ...{ alarm: 'okta-synthetics/acme/okta/page', code: 'internal-error', brief: 'Okta 500', domain: 'okta' },
        ...{ whoMustAct: 'Okta must act', where: ['token@default'], told: 'told at 2026-11-21 11:52 UTC' },
        ...{ group: 'flows', heading: 'internal-error', since: at('11:50') },
      }),
    ]);
  });
});

describe('an org with many probes and servers', () => {
  const ids = (name: string, count: number) => Array.from({ length: count }, (_, index) => `${name}-${index}`);
  const board = boardAt('12:00', flows('11:58', '11:59'));
  const [cell = expect.fail('no cell')] = board.grid.rows[0]?.cells ?? [];
  // Each bar is a shape of its own, and each text as long as it may be.
  const runs = Array.from({ length: shownRuns }, (_, index) => (index % 2 ? ('failed' as const) : ('passed' as const)));
  const columns = ids('server', 12);
  const cells = columns.map(() => ({ ...cell, state: 'failed', because: '<'.repeat(500), runs }) as const);
  const rows = ids('probe', 60).map((probe) => ({ group: 'flows' as const, probe, cells }));
  const incidents = ids('alarm', 30).map((alarm) => ({
    ...({
      alarm,
      route: 'page',
      brief: '<'.repeat(500),
      since: 0,
      startObserved: true,
      toldAt: 0,
      told: 'told',
    } as const),
    ...{ whoMustAct: 'Okta must act', where: ids('<'.repeat(60), 60), heading: 'x' },
  }));
  const large = { ...board, sentence: '<'.repeat(5_000), grid: { columns, rows, notRunning: [] }, incidents };

  it('is shown with as much of the grid as fits, and says what is left out', () => {
    expect(Buffer.byteLength(renderOrg(large).toString())).toBeGreaterThan(1_000_000);
    const markup = renderOrgWithin(1_000_000, large, {}).toString();
    expect(Buffer.byteLength(markup)).toBeLessThan(1_000_000);
    expect(parseHtml(markup).text).toContain('Not shown: 9 servers, 45 probes.');
    expect(parseHtml(markup).text).toContain('10 more are not shown.');
    expect(foreignMarkup(markup)).toEqual([]);
  });

  it('is shown as a whole where it fits', () => {
    expect(renderOrgWithin(1_000_000, board, {}).toString()).toBe(renderOrg(board).toString());
  });
});

describe('many orgs', () => {
  it('come worst first, and those that do not fit are counted', () => {
    const boards = Array.from({ length: 130 }, (_, index) => ({
      ...boardAt('12:00', flows('11:58', '11:59')),
      ...{ org: `org-${String(index).padStart(3, '0')}`, standing: standings[4 - (index % 5)] ?? 'well' },
    }));
    const sorted = worstFirst(boards);
    expect(sorted.slice(0, 2).map(({ org, standing }) => [org, standing])).toEqual([
      ['org-004', 'page'],
      ['org-009', 'page'],
    ]);
    const markup = renderOrgs(sorted).toString();
    expect(parseHtml(markup).text).toContain('130 orgs, the worst first. Not shown: 4 watching, 26 well.');
    expect(rowsOf(markup).size).toBe(101);
  });
});

/** An item in which one member is replaced by something else. */
function changed(value: unknown, path: readonly number[], by: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined || typeof value !== 'object' || value === null) return by;
  const entries = Object.entries(value);
  const chosen = entries.length === 0 ? -1 : step % entries.length;
  const copy = entries.map(([name, member], index) => [name, index === chosen ? changed(member, rest, by) : member]);
  return Array.isArray(value) ? copy.map(([, member]) => member) : Object.fromEntries(copy);
}

describe('whatever the table holds', () => {
  const items = [
    flows('11:55', '11:59', failsAt('token@default', '11:57'), { expects: { flows: 1, journey: 5 } }),
    groupItem('status', [{ org: 'acme', at: at('11:58'), lines: [statusPage(at('11:58')).line] }]),
    incidentItem(okta, { since: at('11:57'), code: 'internal-error' }),
  ];

  it('the board has our own markup only, and is well-formed', () => {
    fc.assert(
      fc.property(
        fc.nat(items.length - 1),
        fc.array(fc.nat(20), { maxLength: 6 }),
        fc.oneof(hostileText, fc.anything()),
        hostileText,
        (which, path, by, org) => {
          const hostile = items.map((item, index) =>
            index === which ? { ...item, body: changed(item.body, path, by) } : item,
          );
          const board = orgBoard(keptOf(org, hostile), { deployment: defaultDeployment, now: at('12:00') });
          const markup = `${renderOrg(board)}${renderOrgs([board])}`;
          expect(foreignMarkup(markup)).toEqual([]);
          expect(standings).toContain(board.standing);
        },
      ),
      { numRuns: 100 },
    );
  });

  it.each(['firedAt', 'toldAt'])('a time that is an object with methods of its own is no time: %s', (name) => {
    const hostile = items.map((item) => ({
      ...item,
      body: { ...(item.body as object), [name]: { at: { toString: 'x' } }, last: { at: { toString: 'x' } } },
    }));
    expect(() => orgBoard(keptOf('acme', hostile), { deployment: defaultDeployment, now: at('12:00') })).not.toThrow();
  });

  it('a group whose state is malformed is said to be unreadable, and the others are shown', () => {
    const malformed = { ...items[1], body: { last: { at: '2026-11-21T11:58:00Z' }, outcomes: [7], runs: [{ of: 1 }] } };
    const board = boardAt('12:00', flows('11:50', '11:59'), malformed as StoredItem);
    expect(board.sentence).toBe('Unknown in part: What status left in the state table cannot be read.');
    expect(board.grid.rows.length).toBeGreaterThan(0);
  });

  it('an org whose items make no sense is unknown', () => {
    const item = flows('11:50', '11:59');
    const expects = { journey: { intervalMinutes: 5, agoMs: -8_640_000_000_000_001 } };
    expect(saidAt('12:00', { ...item, body: { ...Object(item.body), expects } })).toBe(
      'unknown: Unknown: what the state table holds of it cannot be read.',
    );
  });

  it('nothing is shown that is not read field by field', () => {
    const canaries = openCanaries();
    const secrets = () => ({
      token: canaries.plantToken('a token'),
      headers: { authorization: canaries.plant('a header') },
      body: canaries.plant('a body'),
    });
    const run = (time: string): NewRun => ({
      ...{ org: 'acme', at: at(time), intervalMinutes: 1, ...secrets() },
      lines: (['passed', 'internal-error', 'skipped'] as const).map((status, index) => {
        const { line } = outcome(at(time), targets[index] ?? '', status);
        const exchanges = line.exchanges.map((each) => ({
          ...each,
          ...secrets(),
          url: `${each.url}?code=${canaries.plant('a query')}`,
        }));
        return { ...line, ...secrets(), exchanges } as RunLine;
      }),
    });
    const item = groupItem('flows', [run('11:58'), run('11:59')]);
    const incident = incidentItem(okta, {
      since: at('11:58'),
      document: secrets(),
      reason: canaries.plant('a reason'),
    });
    const leaking = { ...item, body: { ...Object(item.body), ...secrets() } };
    const markup = renderOrg(boardAt('12:00', leaking, incident)).toString();
    expect(markup).toContain('Okta 500');
    expect(canaries.leaksIn(markup)).toEqual([]);
  });

  it('a group may have any interval', () => {
    for (const group of ['journey', 'health'] satisfies Group[]) {
      const item = groupItem(
        group,
        runsOf('11:00', '11:45')
          .filter((_, index) => index % 15 === 0)
          .map((run) => ({ ...run, intervalMinutes: 15 })),
      );
      const [row] = boardAt('12:00', item).grid.rows;
      expect(row?.cells[0]?.runs.slice(-5)).toEqual([undefined, 'passed', 'passed', 'passed', 'passed']);
      expect(renderOrg(boardAt('12:00', item)).toString()).toContain('one in 15 minutes: 4 passed, 56 unknown');
    }
  });
});
