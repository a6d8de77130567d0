import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FindingCode } from '../../../../functions/findings/finding.ts';
import type { LogLine } from '../../../../functions/model/log-line.ts';
import type { Group } from '../../../../functions/model/probe.ts';
import type { GroupState } from '../../../../functions/model/state.ts';
import type { AlarmChange } from '../../../../functions/notify/event.ts';
import { type Evidence, gatherEvidence, type Sources, windowsOf } from '../../../../functions/notify/evidence.ts';
import { incidentOf } from '../../../../functions/notify/incident.ts';
import { type NewRun, withRun } from '../../../../functions/state/history.ts';
import type { Kept } from '../../../../functions/state/kept.ts';
import { at, evidenceOf, exchange, outcome, statusPage } from '../../../support/log-of.ts';
import { firing, resolved } from '../../../support/messages.ts';

const minuteMs = 60_000;
const logGroupOf = (group: Group) => `/aws/lambda/okta-synthetics-${group}`;

const sources: Sources = {
  cloudWatch: { describeAlarmHistory: async () => ({ AlarmHistoryItems: [] }), getMetricData: async () => ({}) },
  logGroups: [logGroupOf('flows'), logGroupOf('status')],
  signal: new AbortController().signal,
};

function keptOf(runs: Readonly<Partial<Record<Group, readonly NewRun[]>>>): Kept {
  const states = Object.entries(runs).map(([group, own = []]) => [
    group,
    own.reduce<GroupState | undefined>((state, run) => JSON.parse(JSON.stringify(withRun(state, run))), undefined),
  ]);
  return { org: 'acme', states: Object.fromEntries(states), incidents: new Map(), told: new Map(), changes: [] };
}

/** The evidence that all lines of these runs are, as if all were kept, with their requests. */
function evidenceOfAll(
  change: AlarmChange,
  runs: Readonly<Partial<Record<Group, readonly NewRun[]>>>,
  firing?: Evidence['firing'],
): Evidence {
  const windows = windowsOf(change, firing);
  const isWanted = (time: number) =>
    change.kind === 'firing' || windows.some(({ from, to }) => time >= from && time <= to);
  const lines = Object.entries(runs).flatMap(([group, own = []]) =>
    own.flatMap(({ at: time, lines: of }) =>
      isWanted(time) ? of.map((line) => ({ time, logGroup: logGroupOf(group as Group), line })) : [],
    ),
  );
  return { ...evidenceOf(lines, { windows, logGroups: sources.logGroups, changes: [] }), ...(firing && { firing }) };
}

const targets = ['organization', 'token@default', 'verify@default', 'token@org', 'authorize@org'];
const statuses = [
  'passed',
  'passed',
  'internal-error',
  'client-refused',
  'no-answer',
  'skipped',
  'signature-invalid',
] as const;

function runOf(
  minute: number,
  statusOf: (target: string, index: number) => 'passed' | 'skipped' | FindingCode,
): NewRun {
  const startedAt = at('11:00') + minute * minuteMs + ((minute * 7919) % 5000);
  // A schedule starts most runs, and a person some.
  const time = minute % 7 === 0 ? startedAt : at('11:00') + minute * minuteMs;
  const stamp = { at: new Date(startedAt).toISOString(), ...(minute % 7 > 0 && { due: new Date(time).toISOString() }) };
  const lines = targets.map((target, index) => {
    const status = statusOf(target, index);
    // Each run has requests of its own, but a probe that judges another's answer makes none.
    const exchanges = target.startsWith('verify') || status === 'skipped' ? [] : [exchange(time + index, `/${target}`)];
    return outcome(time, target, status, { ...stamp, exchanges }).line;
  });
  return { org: 'acme', at: time, intervalMinutes: 1, expects: { flows: 1, status: 5 }, lines };
}

const statusRuns: readonly NewRun[] = Array.from({ length: 20 }, (_, index) => {
  const time = at('11:00') + index * 5 * minuteMs;
  return { org: 'acme', at: time, intervalMinutes: 5, lines: [statusPage(time).line as LogLine] };
});

/** Leaves out requests of probes that passed, which the table does not keep and no message shows. */
function said(change: AlarmChange, evidence: Evidence) {
  return JSON.parse(JSON.stringify(incidentOf(change, evidence)));
}

const history = fc.array(
  fc.array(fc.constantFrom(...statuses), { minLength: targets.length, maxLength: targets.length }),
  {
    minLength: 22,
    maxLength: 62,
  },
);

describe('the evidence of a message, from the state table', () => {
  it('is what all lines of the runs say, for any alarm that fires', async () => {
    await fc.assert(
      fc.asyncProperty(history, fc.integer({ min: 0, max: 15 }), async (outcomes, bad) => {
        const flows = outcomes.map((own, minute) =>
          // Most runs are good: the alarm fires at the end.
          runOf(minute, (_, index) => (minute < outcomes.length - bad ? 'passed' : (own[index] ?? 'passed'))),
        );
        const last = flows.at(-1)?.at ?? 0;
        const change = { ...firing, changedAt: last + 50_000 };
        const runs = { flows, status: statusRuns.filter((run) => run.at <= last) };
        const evidence = await gatherEvidence(change, sources, { kept: keptOf(runs) });
        expect(evidence.gaps).toEqual([]);
        expect(said(change, evidence)).toEqual(said(change, evidenceOfAll(change, runs)));
      }),
      { numRuns: 6 },
    );
  });

  it('is what all lines of the runs say, for an alarm that has resolved', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (outcomes) => {
        const flows = outcomes.map((own, minute) =>
          runOf(minute, (_, index) =>
            minute >= 20 && minute < outcomes.length - 10 ? (own[index] ?? 'passed') : 'passed',
          ),
        );
        const last = flows.at(-1)?.at ?? 0;
        const change = { ...resolved, changedAt: last + 50_000 };
        const fired = { at: flows[21]?.at ?? 0, reason: 'two bad runs' };
        const runs = { flows, status: statusRuns.filter((run) => run.at <= last) };
        const evidence = await gatherEvidence(change, sources, { firing: fired, kept: keptOf(runs) });
        expect(said(change, evidence)).toEqual(said(change, evidenceOfAll(change, runs, fired)));
      }),
      { numRuns: 6 },
    );
  });
});

describe('a gap in the state table', () => {
  const healthy = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => runOf(from + index, () => 'passed'));
  const gapsFor = async (kept: Kept, change: AlarmChange = { ...firing, changedAt: at('12:00') }) => {
    const { gaps } = await gatherEvidence(change, sources, { kept });
    return gaps.map(({ sentence }) => sentence);
  };
  const seeFlows = `: see ${logGroupOf('flows')}`;

  it('is nothing if it has every run of the time that the alarm looks back on', async () => {
    expect(await gapsFor(keptOf({ flows: healthy(0, 60), status: statusRuns.slice(0, 12) }))).toEqual([]);
  });

  it('is nothing before the first run of an org that was just deployed', async () => {
    expect(await gapsFor(keptOf({ flows: healthy(58, 60), status: statusRuns.slice(11, 12) }))).toEqual([]);
  });

  it('is the time in which runs are missing, with the log of their function', async () => {
    const kept = keptOf({ flows: [...healthy(0, 50), ...healthy(55, 60)], status: statusRuns.slice(0, 12) });
    expect(await gapsFor(kept)).toEqual([`the state table has no run of flows from 11:49Z to 11:54Z${seeFlows}`]);
  });

  it('is the end, if the last runs are not in it', async () => {
    const kept = keptOf({ flows: healthy(0, 50), status: statusRuns.slice(0, 12) });
    expect(await gapsFor(kept)).toEqual([`the state table has no run of flows from 11:49Z to 12:01Z${seeFlows}`]);
  });

  it('is not a group that does not run for the org', async () => {
    const flows = healthy(0, 60).map((run) => ({ ...run, expects: { flows: 1 } }));
    expect(await gapsFor(keptOf({ flows }))).toEqual([]);
  });

  it('is a group that runs for the org and was never kept', async () => {
    expect(await gapsFor(keptOf({ flows: healthy(0, 60) }))).toEqual([
      `the state table has no run of status: see ${logGroupOf('status')}`,
    ]);
  });

  it('is everything if it has no run of the org', async () => {
    expect(await gapsFor(keptOf({}))).toEqual([`the state table has no run of this org${seeFlows}`]);
  });

  it('is what came before a bad run that is the first one kept', async () => {
    const bad = Array.from({ length: 150 }, (_, minute) => runOf(minute, () => 'internal-error'));
    const changedAt = bad.at(-1)?.at ?? 0;
    const kept = keptOf({ flows: bad, status: [] });
    const [sentence] = await gapsFor(kept, { ...firing, changedAt, lookBackMs: 140 * minuteMs });
    expect(sentence).toMatch(/^the state table has no run of flows before 1\d:\d\dZ: see /);
    const [more] = await gapsFor(keptOf({ flows: healthy(0, 150), status: [] }), {
      ...firing,
      changedAt,
      lookBackMs: 140 * minuteMs,
    });
    expect(more).not.toContain('before');
  });

  it('is not the beginning of a long incident if people were told of it', async () => {
    const flows = Array.from({ length: 300 }, (_, minute) =>
      runOf(minute, (target) =>
        minute >= 100 && minute < 289 && target === 'token@org' ? 'internal-error' : 'passed',
      ),
    );
    const changedAt = (flows.at(-1)?.at ?? 0) + 50_000;
    const fired = { at: flows[102]?.at ?? 0, since: flows[100]?.at ?? 0, code: 'internal-error', startObserved: true };
    const evidence = await gatherEvidence({ ...resolved, changedAt }, sources, {
      kept: keptOf({ flows }),
      firing: fired,
    });
    expect(evidence.gaps.filter(({ logGroup }) => logGroup === logGroupOf('flows'))).toEqual([]);
    expect(incidentOf({ ...resolved, changedAt }, evidence)).toMatchObject({
      since: fired.since,
      until: flows[288]?.at,
      isComplete: false,
    });
  });
});
