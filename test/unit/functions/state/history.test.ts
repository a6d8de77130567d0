import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { finding } from '../../../../functions/findings/finding.ts';
import type { GroupState } from '../../../../functions/model/state.ts';
import {
  fewestRuns,
  hasPassed,
  mostCharacters,
  type NewRun,
  type RunLine,
  readHistory,
  tokenRequestsIn,
  withRun,
} from '../../../../functions/state/history.ts';
import { at, exchange, outcome } from '../../../support/log-of.ts';

const minuteMs = 60_000;
const noon = at('12:00');
const targets = [
  'organization',
  ...['org', 'default'].flatMap((id) =>
    ['discovery', 'keys', 'authorize', 'token', 'verify', 'introspect'].map((probe) => `${probe}@${id}`),
  ),
];

type StatusOf = (target: string) => Parameters<typeof outcome>[2];

function run(minute: number, statusOf: StatusOf = () => 'passed', ofTargets = targets): NewRun {
  const time = noon + minute * minuteMs + ((minute * 7919) % 1000);
  return {
    org: 'acme',
    at: time,
    intervalMinutes: 1,
    lines: ofTargets.map((each) => outcome(time, each, statusOf(each)).line),
  };
}

function stateOf(runs: readonly NewRun[]): GroupState {
  const state = runs.reduce<GroupState | undefined>((before, each) => stored(withRun(before, each)), undefined);
  if (!state) throw new Error('no runs');
  return state;
}

/** As it comes back from the table. */
const stored = (state: GroupState): GroupState => JSON.parse(JSON.stringify(state));
const size = (state: GroupState) => JSON.stringify(state).length;
const minutes = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);
const timesOf = (state: GroupState) => readHistory(state, 'acme').runs.map((each) => each.at);

describe('the state of a group', () => {
  it('is at most two and a half kilobytes while everything passes', () => {
    expect(size(stateOf(minutes(0, 300).map((minute) => run(minute))))).toBeLessThan(2_500);
  });

  it('keeps as many runs as the board shows while everything passes, and says since when it is complete', () => {
    const state = stateOf(minutes(0, 100).map((minute) => run(minute)));
    expect(timesOf(state)).toEqual(minutes(100 - fewestRuns, 100).map((minute) => run(minute).at));
    expect(readHistory(state, 'acme').from).toBe(run(99 - fewestRuns).at + 1);
  });

  it.each([[{ type: 'outcome', status: 'paused' }], [{ type: 'finding' }], [{}]])(
    'is read although another version wrote a line that this one does not know: %j',
    (unknown) => {
      const state = stateOf([run(0)]);
      const line = { at: new Date(run(0).at).toISOString(), org: 'acme', probe: 'token', ...unknown };
      const other = { ...state, outcomes: [{ lines: [line] }], runs: [{ of: [0], agoMs: [0] }] };
      expect(readHistory(other as GroupState, 'acme').runs).toEqual([{ at: run(0).at, lines: [line] }]);
    },
  );

  it('keeps two hours after a bad run', () => {
    const fails = (minute: number) =>
      run(minute, (target) => (minute === 30 && target === 'token@default' ? 'internal-error' : 'passed'));
    const state = stateOf(minutes(0, 140).map(fails));
    expect(timesOf(state)[0]).toBeLessThanOrEqual(run(11).at);
    expect(timesOf(stateOf(minutes(0, 190).map(fails)))).toHaveLength(fewestRuns);
  });

  it('says since when the group fails and when it was good last, also when the runs of that time are gone', () => {
    const fails = (minute: number) => run(minute, () => (minute >= 30 ? 'internal-error' : 'passed'), ['token@org']);
    const state = stateOf(minutes(0, 200).map(fails));
    expect(timesOf(state)[0]).toBeGreaterThan(run(30).at);
    expect(state.failing).toEqual({ at: new Date(run(30).at).toISOString() });
    expect(state.lastGood).toEqual({ at: new Date(run(29).at).toISOString() });
    expect(stored(withRun(state, run(201)))).not.toHaveProperty('failing');
  });

  it('keeps the last lines of a failure exactly as they were logged', () => {
    const failing = minutes(0, 5).map((minute) =>
      run(minute, (target) => (target === 'token@org' ? 'internal-error' : 'passed')),
    );
    const isFailure = (line: RunLine) => line.type === 'outcome' && line.status === 'failed';
    const kept = readHistory(stateOf(failing), 'acme').runs.slice(-3);
    expect(kept.map(({ lines }) => lines.filter(isFailure))).toEqual(
      failing.slice(-3).map(({ lines }) => lines.filter(isFailure)),
    );
  });

  it('keeps the requests of a passed probe only if a probe at the same server failed without a request', () => {
    const judged = run(0, (target) => (target === 'verify@org' ? 'signature-invalid' : 'passed'));
    const withoutRequest = {
      ...judged,
      lines: judged.lines.map((line) =>
        line.type === 'outcome' && line.probe === 'verify' && line.server === 'org' ? { ...line, exchanges: [] } : line,
      ),
    };
    const { runs } = readHistory(stateOf([withoutRequest]), 'acme');
    const requested = runs[0]?.lines.flatMap((line) =>
      line.type === 'outcome' && line.exchanges.length > 0 ? [`${line.probe}@${line.server}`] : [],
    );
    expect(requested).toContain('token@org');
    expect(requested?.every((target) => target.endsWith('@org'))).toBe(true);
  });

  it('has the duration of a probe that passed in the last run, and of no earlier one', () => {
    const timed = (minute: number): NewRun => {
      const { lines, ...rest } = run(minute);
      return { ...rest, lines: lines.map((line) => ({ ...line, durationMs: 100.4 + minute })) as RunLine[] };
    };
    const durationsIn = (state: GroupState) =>
      readHistory(state, 'acme').runs.map(({ lines }) =>
        lines.flatMap((line) => (line.type === 'outcome' && line.probe === 'token' ? [line.durationMs] : [])),
      );
    expect(durationsIn(stateOf([timed(0), timed(1)]))).toEqual([
      [undefined, undefined],
      [101, 101],
    ]);
    const failed = run(2, (target) => (target === 'token@org' ? 'internal-error' : 'passed'));
    expect(durationsIn(stateOf([timed(0), timed(1), failed])).flat()).not.toContain(101);
  });

  it('has what the last run saw of each rate limit, and how many of its requests counted', () => {
    const limited = (minute: number, remaining: number): NewRun => {
      const time = noon + minute * minuteMs;
      const answer = { rateLimit: { limit: 600, remaining, secondsToReset: 9 } };
      const concurrency = { rateLimit: { limit: 0, remaining: 0, secondsToReset: 0 } };
      const exchanges = [
        exchange(time, '/oauth2/default/v1/token', answer),
        exchange(time, '/oauth2/default/v1/token', { rateLimit: { ...answer.rateLimit, remaining: remaining + 5 } }),
        exchange(time, '/oauth2/default/v1/keys', { ...answer, ofResource: true }),
        exchange(time, '/oauth2/default/v1/introspect', concurrency),
      ];
      return { org: 'acme', at: time, lines: [outcome(time, 'token@default', 'passed', { exchanges }).line] };
    };
    const limits = { '/oauth2/{id}/v1/token': { limit: 600, remaining: 500, requests: 2 } };
    const state = stateOf([limited(1, 7), limited(2, 500)]);
    expect(state.rateLimits).toEqual(limits);
    // A run that is late does not change what the last one saw.
    expect(stateOf([limited(1, 7), limited(2, 500), limited(0, 3)]).rateLimits).toEqual(limits);
    expect(stateOf([limited(1, 7), run(2)])).not.toHaveProperty('rateLimits');
  });

  it('counts a run that was delivered twice once', () => {
    const twice = [
      { ...run(0), executionId: 'a' },
      { ...run(1), executionId: 'b' },
      { ...run(1), at: run(1).at + 900, executionId: 'b' },
    ];
    expect(timesOf(stateOf(twice))).toEqual([run(0).at, run(1).at]);
  });

  it('has every run in its place, in whichever order they are added', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(minutes(0, 12), { minLength: 1 }), (order) => {
        expect(timesOf(stateOf(order.map((minute) => run(minute))))).toEqual(
          order.toSorted((one, other) => one - other).map((minute) => run(minute).at),
        );
      }),
    );
  });

  it('is without the runs of a clock that was ahead, from the next scheduled run on', () => {
    const scheduled = (minute: number): NewRun => ({ ...run(minute), at: noon + minute * minuteMs });
    const ahead = { ...run(300, () => 'internal-error'), expects: { status: 5 } } as const;
    const state = stateOf([scheduled(0), scheduled(1), ahead, scheduled(2)]);
    const momentAt = (minute: number) => ({ due: new Date(noon + minute * minuteMs).toISOString() });
    expect(readHistory(state, 'acme').runs.map(({ at: time }) => (time - noon) / minuteMs)).toEqual([0, 1, 2]);
    expect(state).toMatchObject({ last: momentAt(2), lastGood: momentAt(2), unbroken: momentAt(2) });
    expect(state).not.toHaveProperty('failing');
    // Runs that end in another order stay, and a run that no schedule started is no judge of the others.
    const late = [scheduled(0), scheduled(6), scheduled(1)];
    expect(readHistory(stateOf(late), 'acme').runs).toHaveLength(3);
    expect(readHistory(stateOf([scheduled(60), run(1)]), 'acme').runs).toHaveLength(2);
  });

  it('remembers since when a group is expected, and forgets one that no longer is', () => {
    const state = stateOf([
      { ...run(0), expects: { flows: 1, limits: 1 } },
      { ...run(10), expects: { flows: 1, limits: 2, status: 5 } },
    ]);
    expect(state.expects).toEqual({
      flows: { intervalMinutes: 1, agoMs: run(10).at - run(0).at },
      limits: { intervalMinutes: 2, agoMs: run(10).at - run(0).at },
      status: { intervalMinutes: 5, agoMs: 0 },
    });
    expect(
      stateOf([
        { ...run(0), expects: { flows: 1, limits: 1 } },
        { ...run(1), expects: { flows: 1 } },
      ]).expects,
    ).toHaveProperty('flows');
  });

  it('stays within its limit, and gives up the oldest runs first', () => {
    const detail = 'x'.repeat(500);
    const everythingFails = (minute: number): NewRun => {
      const time = noon + minute * minuteMs;
      const lines = minutes(0, 60).map(
        (target): RunLine =>
          ({
            ...outcome(time, `token@server${target}-${minute % 3}`, 'internal-error').line,
            ...{ status: 'failed', readings: {}, exchanges: [exchange(time, '/a'), exchange(time, '/b')] },
            finding: finding('internal-error', { detail }),
          }) as RunLine,
      );
      return { org: 'acme', at: time, lines };
    };
    const state = stateOf(minutes(0, 40).map(everythingFails));
    expect(size(state)).toBeLessThan(mostCharacters + 1_000);
    expect(timesOf(state).at(-1)).toBe(everythingFails(39).at);
    expect(readHistory(state, 'acme').from).toBeDefined();
  });
});

describe('what another group reads in the state', () => {
  it('is whether a probe passed in the run of a time, and not in others', () => {
    const failing = (target: string) => (target === 'token@org' ? 'internal-error' : 'passed');
    const runs = [run(0), run(1, failing), run(2)];
    const state = stateOf(runs);
    const passedIn = (probe: string) => runs.map((each) => hasPassed(state, 'acme', probe, each.at));
    expect(passedIn('organization')).toEqual([true, true, true]);
    expect(hasPassed(state, 'acme', 'organization', noon + 90 * minuteMs)).toBe(false);
    expect(hasPassed(state, 'acme', 'nothing', run(1).at)).toBe(false);
    expect(hasPassed(undefined, 'acme', 'organization', run(1).at)).toBe(false);
  });

  it('takes a run that is older than all that are kept for one that passed', () => {
    const state = stateOf(minutes(0, 100).map((minute) => run(minute)));
    expect(timesOf(state)).not.toContain(run(0).at);
    expect(hasPassed(state, 'acme', 'organization', run(0).at)).toBe(true);
  });

  it('are the latest token requests that were granted, although they passed', () => {
    const state = stateOf(minutes(0, 8).map((minute) => run(minute)));
    const requests = tokenRequestsIn(state);
    expect(requests).toHaveLength(10);
    expect(requests.at(-1)?.sentAtMs).toBe(run(7).at + 350);
    expect(new Set(requests.map(({ requestId }) => requestId)).size).toBeGreaterThan(1);
  });

  it.each([[undefined], [{ tokenRequests: 7 }], [{ tokenRequests: [null, 'text', { requestId: 7, at: 'soon' }] }]])(
    'are no token requests in %j',
    (state) => {
      expect(tokenRequestsIn(state as unknown as GroupState)).toEqual([]);
    },
  );
});
