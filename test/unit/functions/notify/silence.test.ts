import { describe, expect, it } from 'vitest';
import type { Group } from '../../../../functions/model/probe.ts';
import type { GroupState } from '../../../../functions/model/state.ts';
import { silentOrgs } from '../../../../functions/notify/silence.ts';
import { withRun } from '../../../../functions/state/history.ts';
import type { Kept } from '../../../../functions/state/kept.ts';
import { at } from '../../../support/log-of.ts';

const minuteMs = 60_000;
const now = at('12:00');

function stateOf(
  from: number,
  to: number,
  every: number,
  expects?: Partial<Record<Group, number>>,
): GroupState | undefined {
  let state: GroupState | undefined;
  for (let ago = from; ago >= to; ago -= every) {
    state = withRun(state, { org: 'acme', at: now - ago * minuteMs, intervalMinutes: every, expects, lines: [] });
  }
  return state;
}

/** An org whose flows ran until now, and its status every five minutes from one time to another, in minutes ago. */
function orgOf({
  flows = [120, 0],
  status,
}: {
  readonly flows?: readonly [number, number];
  readonly status?: readonly [number, number];
}): Kept {
  const [flowsState, statusState] = [stateOf(...flows, 1, { flows: 1, status: 5 }), status && stateOf(...status, 5)];
  return {
    org: 'acme',
    states: { ...(flowsState && { flows: flowsState }), ...(statusState && { status: statusState }) },
    incidents: new Map(),
    told: new Map(),
    changes: [],
  };
}

describe('a group is silent for an org', () => {
  it.each([
    ['that ran in the last three intervals and five minutes', { status: [120, 20] as const }, false],
    ['that did not', { status: [120, 25] as const }, true],
    ['that it never ran for, although it should', {}, true],
    ['that it never ran for, but which is new', { flows: [10, 0] as const }, false],
    [
      'whose flows are silent too, because it was removed',
      { flows: [120, 60] as const, status: [120, 60] as const },
      false,
    ],
  ])('%s', (_, org, isSilent) => {
    expect(silentOrgs('status', [orgOf(org)], now)).toHaveLength(isSilent ? 1 : 0);
  });

  it('not if it runs for the org no longer', () => {
    const { states, ...org } = orgOf({ status: [120, 60] });
    const flows = stateOf(120, 0, 1, { flows: 1 });
    expect(silentOrgs('status', [{ ...org, states: { ...states, ...(flows && { flows }) } }], now)).toEqual([]);
  });

  it('not because the table failed: nobody knows what ran meanwhile', () => {
    const before = stateOf(120, 60, 1, { flows: 1, status: 5 });
    const flows = [3, 2, 1, 0].reduce(
      (state, ago) =>
        withRun(state, { org: 'acme', at: now - ago * minuteMs, expects: { flows: 1, status: 5 }, lines: [] }),
      before,
    );
    const org = orgOf({ status: [120, 60] });
    expect(silentOrgs('status', [{ ...org, states: { ...org.states, ...(flows && { flows }) } }], now)).toEqual([]);
  });

  it('since its last run', () => {
    expect(silentOrgs('status', [orgOf({ status: [120, 30] })], now)).toEqual([
      { org: 'acme', since: now - 30 * minuteMs },
    ]);
  });
});
