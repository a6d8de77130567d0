import type { FilterLogEventsCommandInput } from '@aws-sdk/client-cloudwatch-logs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FindingCode } from '../../../../functions/findings/finding.ts';
import type { Group } from '../../../../functions/model/probe.ts';
import type { GroupState } from '../../../../functions/model/state.ts';
import type { AlarmChange } from '../../../../functions/notify/event.ts';
import { type Evidence, gatherEvidence, type LoggedLine, type Sources } from '../../../../functions/notify/evidence.ts';
import { incidentOf } from '../../../../functions/notify/incident.ts';
import type { Kept } from '../../../../functions/notify/kept.ts';
import { type NewRun, withRun } from '../../../../functions/runtime/history.ts';
import type { LogLine } from '../../../../functions/runtime/log.ts';
import { at, exchange, outcome, statusPage } from '../../../support/log-of.ts';
import { firing, resolved } from '../../../support/messages.ts';

const minuteMs = 60_000;
const logGroupOf = (group: Group) => `/aws/lambda/okta-synthetics-${group}`;

/** Log groups in memory, and every request to read one. */
function logsOf(lines: readonly LoggedLine[], { isReadFromStart = false } = {}) {
  const requests: { readonly logGroup: string; readonly from: number; readonly to: number }[] = [];
  const filterLogEvents = async ({
    logGroupName: logGroup = '',
    startTime: from = 0,
    endTime: to = 0,
    filterPattern = '',
  }: FilterLogEventsCommandInput) => {
    requests.push({ logGroup, from, to });
    const probe = /\$\.probe = "([^"]+)"/.exec(filterPattern)?.[1];
    const events = lines
      .filter((each) => each.logGroup === logGroup && (isReadFromStart || each.time >= from) && each.time <= to)
      .filter(({ line }) => probe === undefined || ('probe' in line && line.probe === probe))
      .map(({ time, line }) => ({ timestamp: time, message: JSON.stringify(line) }));
    return { events };
  };
  const sources: Sources = {
    logs: { filterLogEvents },
    cloudWatch: { describeAlarmHistory: async () => ({ AlarmHistoryItems: [] }), getMetricData: async () => ({}) },
    logGroups: [logGroupOf('flows'), logGroupOf('status')],
    signal: new AbortController().signal,
  };
  return { sources, requests };
}

function keptOf(runs: Readonly<Partial<Record<Group, readonly NewRun[]>>>): Kept {
  const states = Object.entries(runs).map(([group, own = []]) => [
    group,
    own.reduce<GroupState | undefined>((state, run) => JSON.parse(JSON.stringify(withRun(state, run))), undefined),
  ]);
  return { org: 'acme', states: Object.fromEntries(states), incidents: new Map(), told: new Map(), changes: [] };
}

const linesOf = (runs: readonly NewRun[], group: Group): readonly LoggedLine[] =>
  runs.flatMap(({ at: time, lines }) => lines.map((line) => ({ time, logGroup: logGroupOf(group), line })));

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

/** Without what the table does not keep: requests of probes that passed. They are in no message. */
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

describe('what a message is made of, from the state table', () => {
  it('is what the log would have given, for any alarm that fires', async () => {
    await fc.assert(
      fc.asyncProperty(history, fc.integer({ min: 0, max: 15 }), async (outcomes, bad) => {
        const runs = outcomes.map((own, minute) =>
          // Most runs are good: the alarm fires at the end.
          runOf(minute, (_, index) => (minute < outcomes.length - bad ? 'passed' : (own[index] ?? 'passed'))),
        );
        const last = runs.at(-1)?.at ?? 0;
        const change = { ...firing, changedAt: last + 50_000 };
        const own = statusRuns.filter((run) => run.at <= last);
        const lines = [...linesOf(runs, 'flows'), ...linesOf(own, 'status')];
        // The table also has what was before the time that a log is read for.
        const fromLogs = await gatherEvidence(change, logsOf(lines, { isReadFromStart: true }).sources);
        const { sources, requests } = logsOf([]);
        const fromTable = await gatherEvidence(change, sources, { kept: keptOf({ flows: runs, status: own }) });
        expect(requests).toEqual([]);
        expect(said(change, fromTable)).toEqual(said(change, fromLogs));
      }),
      { numRuns: 12 },
    );
  });

  it('is what the log would have given, for an alarm that has resolved', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (outcomes) => {
        const runs = outcomes.map((own, minute) =>
          runOf(minute, (_, index) =>
            minute >= 20 && minute < outcomes.length - 10 ? (own[index] ?? 'passed') : 'passed',
          ),
        );
        const last = runs.at(-1)?.at ?? 0;
        const change = { ...resolved, changedAt: last + 50_000 };
        const fired = { at: runs[21]?.at ?? 0, reason: 'two bad runs' };
        const own = statusRuns.filter((run) => run.at <= last);
        const lines = [...linesOf(runs, 'flows'), ...linesOf(own, 'status')];
        const fromLogs = await gatherEvidence(change, logsOf(lines).sources, { firing: fired });
        const fromTable = await gatherEvidence(change, logsOf(lines).sources, {
          firing: fired,
          kept: keptOf({ flows: runs, status: own }),
        });
        expect(said(change, fromTable)).toEqual(said(change, fromLogs));
      }),
      { numRuns: 12 },
    );
  });
});

describe('what is read from the logs', () => {
  const healthy = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => runOf(from + index, () => 'passed'));
  const requestsFor = async (changedAt: number, kept: Kept) => {
    const { sources, requests } = logsOf([]);
    await gatherEvidence({ ...firing, changedAt }, sources, { kept });
    return requests;
  };

  it('is nothing if the table has every run of the time that the alarm looks back on', async () => {
    const kept = keptOf({ flows: healthy(0, 60), status: statusRuns.slice(0, 12) });
    expect(await requestsFor(at('12:00'), kept)).toEqual([]);
  });

  it('is nothing before the first run of an org that was just deployed', async () => {
    const kept = keptOf({ flows: healthy(58, 60), status: statusRuns.slice(11, 12) });
    expect(await requestsFor(at('12:00'), kept)).toEqual([]);
  });

  it('is the time in which runs are missing, in the log of their group only', async () => {
    const kept = keptOf({ flows: [...healthy(0, 50), ...healthy(55, 60)], status: statusRuns.slice(0, 12) });
    const [request, ...others] = await requestsFor(at('12:00'), kept);
    expect(others).toEqual([]);
    expect(request).toMatchObject({ logGroup: logGroupOf('flows') });
    expect([request?.from, request?.to]).toEqual([
      runOf(49, () => 'passed').at + 1_000,
      runOf(55, () => 'passed').at - 1_000,
    ]);
  });

  it('is the end, if the last runs are not in the table', async () => {
    const kept = keptOf({ flows: healthy(0, 50), status: statusRuns.slice(0, 12) });
    expect(await requestsFor(at('12:00'), kept)).toMatchObject([{ logGroup: logGroupOf('flows'), to: at('12:01') }]);
  });

  it('is not the log of a group that does not run for the org', async () => {
    const flows = healthy(0, 60).map((run) => ({ ...run, expects: { flows: 1 } }));
    expect(await requestsFor(at('12:00'), keptOf({ flows }))).toEqual([]);
  });

  it('is everything if the table knows nothing', async () => {
    const requests = await requestsFor(at('12:00'), keptOf({}));
    expect(new Set(requests.map(({ logGroup }) => logGroup))).toEqual(
      new Set([logGroupOf('flows'), logGroupOf('status')]),
    );
  });

  it('is one log after another', async () => {
    let [open, most] = [0, 0];
    const filterLogEvents = async () => {
      open += 1;
      most = Math.max(most, open);
      await Promise.resolve();
      open -= 1;
      return { events: [] };
    };
    const { sources } = logsOf([]);
    await gatherEvidence(firing, { ...sources, logs: { filterLogEvents } });
    expect(most).toBe(1);
  });

  it('is repeated while CloudWatch throttles the requests', async () => {
    let calls = 0;
    const filterLogEvents = async () => {
      calls += 1;
      if (calls === 1) throw Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' });
      return { events: [] };
    };
    const { sources } = logsOf([]);
    const { gaps } = await gatherEvidence(firing, { ...sources, logs: { filterLogEvents } });
    expect(gaps).toEqual([]);
  });

  it('leaves out the beginning of a long incident if people were told of it', async () => {
    const runs = Array.from({ length: 300 }, (_, minute) =>
      runOf(minute, (target) =>
        minute >= 100 && minute < 289 && target === 'token@org' ? 'internal-error' : 'passed',
      ),
    );
    const { sources, requests } = logsOf([]);
    const changedAt = (runs.at(-1)?.at ?? 0) + 50_000;
    const fired = { at: runs[102]?.at ?? 0, since: runs[100]?.at ?? 0, code: 'internal-error', startObserved: true };
    const evidence = await gatherEvidence({ ...resolved, changedAt }, sources, {
      kept: keptOf({ flows: runs, status: statusRuns }),
      firing: fired,
    });
    expect(requests.filter(({ logGroup }) => logGroup === logGroupOf('flows'))).toEqual([]);
    expect(incidentOf({ ...resolved, changedAt }, evidence)).toMatchObject({
      since: fired.since,
      until: runs[288]?.at,
      isComplete: false,
    });
  });
});
