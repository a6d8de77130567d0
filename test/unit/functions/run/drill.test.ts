import { describe, expect, it } from 'vitest';
import type { Drill, DrillLine } from '../../../../functions/model/log-line.ts';
import type { Org } from '../../../../functions/model/org.ts';
import { readDrill } from '../../../../functions/run/drill.ts';
import { restraintOf, unrestrained } from '../../../../functions/run/restraint.ts';
import { isBad, withRun } from '../../../../functions/state/history.ts';
import { at } from '../../../support/log-of.ts';

const read = (drill: unknown) => readDrill(drill, at('12:34'));

describe('the drill of an event', () => {
  it('is absent in the event of a schedule', () => {
    expect(read(undefined)).toBeUndefined();
  });

  it('is a finding whose detail says that nothing is wrong, who asked, and when', () => {
    expect(read({ finding: 'internal-error', by: 'Admin/jane' })).toEqual({
      by: 'Admin/jane',
      finding: expect.objectContaining({
        ...{ code: 'internal-error', domain: 'okta', severity: 'page' },
        detail: expect.stringMatching(/Admin\/jane .*nothing is wrong.* 2026-11-21 12:34Z/),
      }),
    });
  });

  it('tells the people of the route only if it says so in as many words', () => {
    expect(read({ finding: 'internal-error', page: true })).toHaveProperty('page', true);
    for (const page of ['true', 1, {}, false])
      expect(read({ finding: 'internal-error', page })).not.toHaveProperty('page');
  });

  it.each([
    ['no finding', {}],
    ['an unknown one', { finding: 'no-such-finding' }],
    ['a property of every object', { finding: 'constructor' }],
    ['one that notifies nobody', { finding: 'state-refused' }],
    ['no object', 'internal-error'],
    ['nothing', null],
  ])('is ignored with %s, and the run goes on', (_, drill) => {
    expect(read(drill)).toEqual({ ignored: expect.stringContaining('drill') });
  });

  it('does not repeat a name that is none', () => {
    const drill = read({ finding: 'internal-error', by: '<b>secret</b>\n' }) as Drill;
    expect([drill.by, drill.finding.detail]).toEqual(['somebody', expect.not.stringContaining('secret')]);
  });
});

describe('a drilled finding', () => {
  const drill = read({ finding: 'internal-error' }) as Drill;
  const line: DrillLine = { type: 'drill', at: new Date(at('12:34')).toISOString(), org: 'acme', ...drill };
  const bad = { at: at('12:34'), lines: [line] };

  it('does not make a run bad', () => {
    expect(isBad(bad)).toBe(false);
  });

  it('does not open the circuit breaker, and holds nothing', () => {
    const runs = [0, 1, 2].map((minute) => ({ ...bad, at: bad.at + minute * 60_000 }));
    const options = { plan: [], history: { org: 'acme' satisfies Org['name'], runs }, intervalMinutes: 1 };
    expect(restraintOf({ ...options, now: at('12:36:30') })).toEqual({ ...unrestrained, first: undefined });
  });

  it('is kept in the state, which does not say that anything fails', () => {
    const state = withRun(undefined, { org: 'acme', intervalMinutes: 1, ...bad });
    expect(state).not.toHaveProperty('failing');
    expect(JSON.stringify(state)).toContain('"type":"drill"');
  });
});
