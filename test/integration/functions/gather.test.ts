import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openCloudWatch, openCloudWatchLogs } from '../../../functions/aws/clients.ts';
import { formatTarget } from '../../../functions/model/target.ts';
import type { AlarmChange } from '../../../functions/notify/event.ts';
import { gatherEvidence, type Sources } from '../../../functions/notify/evidence.ts';
import { type AwsEmulator, startAwsEmulator } from '../../../local/emulators/aws/aws-emulator.ts';
import { metricAlarm } from '../../support/alarms.ts';
import { awsEnvironment } from '../../support/aws-environment.ts';
import { at, flowsLog, outcome, statusPage } from '../../support/log-of.ts';
import { firing, firingOf, resolved } from '../../support/messages.ts';

const statusLog = '/aws/lambda/okta-synthetics-status';
const negativeTestsLog = '/aws/lambda/okta-synthetics-negative-tests';
const denied = { status: 400, type: 'AccessDeniedException', message: 'no' };

let aws: AwsEmulator;
let sources: Sources;
beforeAll(async () => {
  aws = await startAwsEmulator(new Map());
  const options = { environment: awsEnvironment(aws.url), maxAttempts: 1 };
  sources = {
    logs: openCloudWatchLogs(options),
    cloudWatch: openCloudWatch(options),
    logGroups: [flowsLog, statusLog, negativeTestsLog],
    signal: new AbortController().signal,
  };
  for (const group of sources.logGroups) aws.logs.create(group);
});
afterAll(() => aws.close());
const undo: (() => void)[] = [];
afterEach(() => {
  for (const restore of undo.splice(0)) restore();
  aws.clear();
  aws.alarmHistory = () => [];
});

/** Writes an outcome to the log, as its function does when the run ends. */
function write(time: number, target: string, more: object = {}, group = flowsLog): void {
  const { line } = target === 'status-page' ? statusPage(time, more) : outcome(time, target, 'passed', more);
  aws.logs.add(group, { timestamp: time + 900, message: JSON.stringify(line) });
}

/** What was gathered, as `target time`. */
async function gathered(change: AlarmChange = firing, from: Partial<Sources> = {}): Promise<readonly string[]> {
  const { lines } = await gatherEvidence(change, { ...sources, ...from });
  return lines.map(({ time, line }) => {
    const what = line.type === 'outcome' ? formatTarget(line) : line.type;
    return `${what} ${new Date(time).toISOString().slice(11, 16)}`;
  });
}

/** The changes of the alarm in its history. */
function setHistory(...changes: readonly [time: string, before: string, after: string][]): void {
  aws.alarmHistory = () =>
    changes.map(([time, before, after]) => ({
      timestamp: at(time),
      summary: `Alarm updated from ${before} to ${after}`,
      data: JSON.stringify({
        version: '1.0',
        oldState: { stateValue: before, stateReason: 'before' },
        newState: { stateValue: after, stateReason: `${after} at ${time}` },
      }),
    }));
}

describe('the evidence for an alarm that fires', () => {
  it("contains the org's lines around the alarm from every log group, in order of time", async () => {
    write(at('12:00'), 'token@default');
    write(at('11:58'), 'status-page', {}, statusLog);
    write(at('11:59'), 'keys@org');
    write(at('11:30'), 'token@long-before');
    write(at('12:00'), 'token@other', { org: 'other' });
    aws.logs.add(flowsLog, { timestamp: at('12:00'), message: 'START RequestId: 1' });
    expect(await gathered()).toEqual(['status-page 11:58', 'keys@org 11:59', 'token@default 12:00']);
  });

  it('contains all pages of a log', async () => {
    const notes = Array.from({ length: 20 }, () => 'x'.repeat(1_500));
    for (let n = 0; n < 90; n++) write(at('12:00'), `keys@aus${n}`, { notes });
    write(at('12:00'), 'status-page');
    expect(await gathered()).toHaveLength(91);
    expect(aws.calls.length).toBeGreaterThan(3);
  });

  it('has a gap when a log is too long to read completely', async () => {
    for (let n = 0; n < 13; n++) {
      aws.logs.add(flowsLog, {
        timestamp: at('12:00') + n,
        message: JSON.stringify({ org: 'acme', x: 'x'.repeat(1_000_000) }),
      });
    }
    write(at('12:00'), 'status-page', {}, statusLog);
    const { gaps } = await gatherEvidence(firing, sources);
    expect(gaps).toEqual([
      { kind: 'incomplete', sentence: `only part of ${flowsLog} was read: it has too many matching lines` },
    ]);
  });

  it("reaches further back for Okta's status page, which is read less often", async () => {
    write(at('11:05'), 'status-page', {}, statusLog);
    write(at('11:05'), 'token@default');
    expect(await gathered()).toEqual(['status-page 11:05']);
  });

  it('has a gap for a log group that does not exist, and the lines of the others', async () => {
    write(at('12:00'), 'token@default');
    const { lines, gaps } = await gatherEvidence(firing, { ...sources, logGroups: [flowsLog, 'gone'] });
    expect(lines).toHaveLength(1);
    expect(gaps).toEqual([{ kind: 'unreadable', sentence: 'gone could not be read: ResourceNotFoundException' }]);
  });

  it('has a gap for a missing permission, without the message of AWS', async () => {
    undo.push(aws.injectFault('FilterLogEvents', { ...denied, message: 'a secret' }));
    const { gaps } = await gatherEvidence(firing, sources);
    expect(gaps.map(({ sentence }) => sentence)).toEqual([
      `${flowsLog} could not be read: AccessDeniedException`,
      `${statusLog} could not be read: AccessDeniedException`,
      `${negativeTestsLog} could not be read: AccessDeniedException`,
    ]);
  });

  it('has a gap for what could not be read in time', async () => {
    const { gaps } = await gatherEvidence(firing, { ...sources, signal: AbortSignal.abort() });
    expect(gaps[0]?.sentence).toBe(`${flowsLog} could not be read: time ran out`);
  });

  it.each([
    ['status', statusLog],
    ['negative-tests', negativeTestsLog],
  ] as const)('about the function of the %s probes contains only the errors and crashes in %s', async (group, log) => {
    const error = { type: 'monitor-error', at: '2026-11-21T12:00:00.000Z', org: 'acme', name: 'TypeError', frames: [] };
    const report = { type: 'platform.report', record: { status: 'timeout' } };
    for (const each of sources.logGroups) {
      for (const line of [error, report]) {
        aws.logs.add(each, { timestamp: at('12:00'), message: JSON.stringify(line) });
      }
      write(at('12:00'), 'token@default', {}, each);
    }
    const { lines } = await gatherEvidence(firingOf({ kind: 'group-broken', group }), sources);
    expect(lines.map(({ line, logGroup }) => [line.type, logGroup])).toEqual([
      ['monitor-error', log],
      ['crash', log],
    ]);
  });

  it('about a notifier reads no log', async () => {
    await gatherEvidence(firingOf({ kind: 'messages-undelivered', receiver: 'pages-email' }), sources);
    expect(aws.calls).toEqual([]);
  });

  it('about an org that is silent reaches further back, and contains how runs ended', async () => {
    const change = firingOf({ kind: 'not-running', org: 'acme' });
    const report = { type: 'platform.report', record: { status: 'timeout' } };
    write(at('11:35'), 'token@default');
    aws.logs.add(flowsLog, { timestamp: at('11:40'), message: JSON.stringify(report) });
    expect(await gathered(change)).toEqual(['token@default 11:35', 'crash 11:40']);
  });
});

describe('the evidence for an alarm that has resolved', () => {
  it("begins when the alarm fired according to the alarm's history", async () => {
    setHistory(['04:00', 'OK', 'ALARM'], ['05:00', 'ALARM', 'OK'], ['10:02', 'OK', 'ALARM'], ['12:19', 'ALARM', 'OK']);
    for (const time of ['03:59', '09:59', '11:00', '12:10']) write(at(time), 'token@default');
    const evidence = await gatherEvidence(resolved, sources);
    expect(evidence.firing).toEqual({ at: at('10:02'), reason: 'ALARM at 10:02' });
    expect(evidence.windows).toHaveLength(2);
    expect(evidence.lines.map(({ time }) => time)).toEqual([at('09:59'), at('12:10')]);
    expect(evidence.gaps).toEqual([]);
  });

  it('contains nothing from the history after the alarm resolved', async () => {
    const requests: unknown[] = [];
    aws.alarmHistory = (...request) => {
      requests.push(request);
      return [];
    };
    await gatherEvidence(resolved, sources);
    expect(requests).toEqual([[metricAlarm.AlarmName, 0, resolved.changedAt]]);
  });

  it('has a gap when the history cannot be read', async () => {
    write(at('12:10'), 'token@default');
    undo.push(aws.injectFault('DescribeAlarmHistory', denied));
    const evidence = await gatherEvidence(resolved, sources);
    expect(evidence.lines).toHaveLength(1);
    expect(evidence.gaps).toEqual([
      { kind: 'unreadable', sentence: "the alarm's history could not be read: AccessDeniedException" },
    ]);
  });

  it.each([
    ['is empty', []],
    ['contains only the change to OK', [['12:19', 'ALARM', 'OK']]],
  ] as const)('has a gap when the history %s', async (_, changes) => {
    setHistory(...(changes as readonly [string, string, string][]));
    const { gaps } = await gatherEvidence(resolved, sources);
    expect(gaps).toEqual([{ kind: 'incomplete', sentence: "the alarm's history does not show when it fired" }]);
  });

  it('ignores an entry of the history that is not JSON', async () => {
    aws.alarmHistory = () => [{ timestamp: at('12:00'), summary: '', data: 'no' }];
    expect((await gatherEvidence(resolved, sources)).firing).toBeUndefined();
  });
});
