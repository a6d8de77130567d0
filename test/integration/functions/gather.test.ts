import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { formatTarget } from '../../../functions/model/target.ts';
import type { AlarmChange } from '../../../functions/notify/event.ts';
import { gather, type Sources } from '../../../functions/notify/gather.ts';
import { type AwsEmulator, startAwsEmulator } from '../../../local/emulators/aws/aws-emulator.ts';
import { metricAlarm } from '../../support/alarms.ts';
import { at, flowsLog, outcome, statusPage } from '../../support/log-of.ts';
import { recovery, rise } from '../../support/messages.ts';

const statusLog = '/aws/lambda/okta-synthetics-status';
const denied = { status: 400, type: 'AccessDeniedException', message: 'no' };

let aws: AwsEmulator;
let sources: Sources;
beforeAll(async () => {
  aws = await startAwsEmulator(new Map());
  const credentials = { accessKeyId: 'loopback', secretAccessKey: 'loopback' };
  const options = { endpoint: aws.url, region: 'us-east-1', credentials, maxAttempts: 1 };
  sources = {
    logs: new CloudWatchLogsClient(options),
    cloudWatch: new CloudWatchClient(options),
    logGroups: [flowsLog, statusLog],
    signal: new AbortController().signal,
  };
  for (const group of [flowsLog, statusLog]) aws.logs.create(group);
});
afterAll(() => aws.close());
const undo: (() => void)[] = [];
afterEach(() => {
  for (const restore of undo.splice(0)) restore();
  aws.clear();
  aws.alarmHistory = () => [];
});

/** Writes an outcome to the log, as its function does when the run ends. */
function write(time: number, place: string, more: object = {}, group = flowsLog): void {
  const { line } = place === 'status-page' ? statusPage(time, more) : outcome(time, place, 'passed', more);
  aws.logs.add(group, { timestamp: time + 900, message: JSON.stringify(line) });
}

/** What was gathered, as `place time`. */
async function gathered(change: AlarmChange = rise, from: Partial<Sources> = {}): Promise<readonly string[]> {
  const { lines } = await gather(change, { ...sources, ...from });
  return lines.map(({ time, line }) => {
    const what = line.type === 'outcome' ? formatTarget(line) : line.type;
    return `${what} ${new Date(time).toISOString().slice(11, 16)}`;
  });
}

/** How the alarm changed, as its history tells. */
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

describe('gathering evidence', () => {
  it("reads every log group for the org's lines around the alarm, in the order of time", async () => {
    write(at('12:00'), 'token@default');
    write(at('11:58'), 'status-page', {}, statusLog);
    write(at('11:59'), 'keys@org');
    write(at('11:30'), 'token@long-before');
    write(at('12:00'), 'token@other', { org: 'other' });
    aws.logs.add(flowsLog, { timestamp: at('12:00'), message: 'START RequestId: 1' });
    expect(await gathered()).toEqual(['status-page 11:58', 'keys@org 11:59', 'token@default 12:00']);
  });

  it('reads all pages', async () => {
    const notes = Array.from({ length: 20 }, () => 'x'.repeat(1_500));
    for (let n = 0; n < 90; n++) write(at('12:00'), `keys@aus${n}`, { notes });
    write(at('12:00'), 'status-page');
    expect(await gathered()).toHaveLength(91);
    expect(aws.calls.length).toBeGreaterThan(3);
  });

  it('stops where there is more than anybody needs, and says so', async () => {
    for (let n = 0; n < 13; n++) {
      aws.logs.add(flowsLog, {
        timestamp: at('12:00') + n,
        message: JSON.stringify({ org: 'acme', x: 'x'.repeat(1_000_000) }),
      });
    }
    write(at('12:00'), 'status-page', {}, statusLog);
    const { gaps } = await gather(rise, sources);
    expect(gaps).toEqual([{ kind: 'lacking', sentence: `${flowsLog} was read in part: it holds too much` }]);
  });

  it("looks further back for Okta's status page, which is read less often", async () => {
    write(at('11:05'), 'status-page', {}, statusLog);
    write(at('11:05'), 'token@default');
    expect(await gathered()).toEqual(['status-page 11:05']);
  });

  it('tells of a log group that is not there, and reads the others', async () => {
    write(at('12:00'), 'token@default');
    const { lines, gaps } = await gather(rise, { ...sources, logGroups: [flowsLog, 'gone'] });
    expect(lines).toHaveLength(1);
    expect(gaps).toEqual([{ kind: 'refused', sentence: 'gone could not be read: ResourceNotFoundException' }]);
  });

  it('tells of a right that it lacks, and never what AWS says of it', async () => {
    undo.push(aws.injectFault('FilterLogEvents', { ...denied, message: 'a secret' }));
    const { gaps } = await gather(rise, sources);
    expect(gaps.map(({ sentence }) => sentence)).toEqual([
      `${flowsLog} could not be read: AccessDeniedException`,
      `${statusLog} could not be read: AccessDeniedException`,
    ]);
  });

  it('ends when the time is up', async () => {
    const { gaps } = await gather(rise, { ...sources, signal: AbortSignal.abort() });
    expect(gaps[0]?.sentence).toBe(`${flowsLog} could not be read: there was no time`);
  });

  it('of an alarm on one function reads its log alone, for faults and crashes', async () => {
    const change = { ...rise, subject: { kind: 'monitor', id: 'status-broken' } as const };
    const fault = { type: 'monitor-error', at: '2026-11-21T12:00:00.000Z', org: 'acme', name: 'TypeError', frames: [] };
    const report = { type: 'platform.report', record: { status: 'timeout' } };
    for (const group of [flowsLog, statusLog]) {
      for (const line of [fault, report])
        aws.logs.add(group, { timestamp: at('12:00'), message: JSON.stringify(line) });
      write(at('12:00'), 'token@default', {}, group);
    }
    expect(await gathered(change)).toEqual(['monitor-error 12:00', 'crash 12:00']);
    const messages = { ...rise, subject: { kind: 'monitor', id: 'messages-undelivered-page' } as const };
    aws.clear();
    await gather(messages, sources);
    expect(aws.calls).toEqual([]);
  });

  it('of a silent org reads further back, and how runs ended', async () => {
    const change = { ...rise, subject: { kind: 'not-running', org: 'acme' } as const };
    const report = { type: 'platform.report', record: { status: 'timeout' } };
    write(at('11:35'), 'token@default');
    aws.logs.add(flowsLog, { timestamp: at('11:40'), message: JSON.stringify(report) });
    expect(await gathered(change)).toEqual(['token@default 11:35', 'crash 11:40']);
  });
});

describe('gathering the evidence of a recovery', () => {
  it('finds in the history of the alarm when it rose, and reads from there on', async () => {
    setHistory(['04:00', 'OK', 'ALARM'], ['05:00', 'ALARM', 'OK'], ['10:02', 'OK', 'ALARM'], ['12:19', 'ALARM', 'OK']);
    for (const time of ['03:59', '09:59', '11:00', '12:10']) write(at(time), 'token@default');
    const evidence = await gather(recovery, sources);
    expect(evidence.firing).toEqual({ at: at('10:02'), reason: 'ALARM at 10:02' });
    expect(evidence.windows).toHaveLength(2);
    expect(evidence.lines.map(({ time }) => time)).toEqual([at('09:59'), at('12:10')]);
    expect(evidence.gaps).toEqual([]);
  });

  it('asks for nothing that came after it', async () => {
    const asked: unknown[] = [];
    aws.alarmHistory = (...question) => {
      asked.push(question);
      return [];
    };
    await gather(recovery, sources);
    expect(asked).toEqual([[metricAlarm.AlarmName, 0, recovery.changedAt]]);
  });

  it('makes do without a history', async () => {
    write(at('12:10'), 'token@default');
    undo.push(aws.injectFault('DescribeAlarmHistory', denied));
    const refused = await gather(recovery, sources);
    expect(refused.lines).toHaveLength(1);
    expect(refused.gaps).toEqual([
      { kind: 'refused', sentence: 'the history of the alarm could not be read: AccessDeniedException' },
    ]);
  });

  it.each([
    ['is empty', []],
    ['tells nothing but the recovery', [['12:19', 'ALARM', 'OK']]],
  ] as const)('says so where the history %s', async (_, changes) => {
    setHistory(...(changes as readonly [string, string, string][]));
    const { gaps } = await gather(recovery, sources);
    expect(gaps).toEqual([{ kind: 'lacking', sentence: 'the history of the alarm does not tell when it went up' }]);
  });

  it('is not confused by a history that is no JSON', async () => {
    aws.alarmHistory = () => [{ timestamp: at('12:00'), summary: '', data: 'no' }];
    expect((await gather(recovery, sources)).firing).toBeUndefined();
  });
});
