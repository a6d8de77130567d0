import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openCloudWatch } from '../../../functions/aws/clients.ts';
import { gatherEvidence, type Sources } from '../../../functions/notify/evidence.ts';
import { keptOf } from '../../../functions/state/kept.ts';
import { type AwsEmulator, startAwsEmulator } from '../../../local/self-hosted/aws-emulator/aws-emulator.ts';
import { metricAlarm } from '../../support/alarms.ts';
import { awsEnvironment } from '../../support/aws-environment.ts';
import { at, flowsLog, outcome } from '../../support/log-of.ts';
import { resolved } from '../../support/messages.ts';
import { groupItem } from '../../support/stored-org.ts';

const denied = { status: 400, type: 'AccessDeniedException', message: 'no' };

let aws: AwsEmulator;
let sources: Sources;
beforeAll(async () => {
  aws = await startAwsEmulator(new Map());
  const cloudWatch = openCloudWatch({ environment: awsEnvironment(aws.url), maxAttempts: 1 });
  sources = { cloudWatch, logGroups: [flowsLog], signal: new AbortController().signal };
});
afterAll(() => aws.close());
const undo: (() => void)[] = [];
afterEach(() => {
  for (const restore of undo.splice(0)) restore();
  aws.clear();
  aws.alarmHistory = () => [];
});

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

/** Good runs every ten minutes, all the time. */
const runs = Array.from({ length: 55 }, (_, index) => {
  const time = at('03:20') + index * 10 * 60_000;
  return {
    org: 'acme',
    at: time,
    intervalMinutes: 10,
    expects: { flows: 10 },
    lines: [outcome(time, 'token@default', 'passed').line],
  };
});
const known = { kept: keptOf('acme', [groupItem('flows', runs)]) };

describe('the evidence for an alarm that has resolved', () => {
  it("begins when the alarm fired according to the alarm's history", async () => {
    setHistory(['04:00', 'OK', 'ALARM'], ['05:00', 'ALARM', 'OK'], ['10:02', 'OK', 'ALARM'], ['12:19', 'ALARM', 'OK']);
    const evidence = await gatherEvidence(resolved, sources, known);
    expect(evidence.firing).toEqual({ at: at('10:02'), reason: 'ALARM at 10:02' });
    expect(evidence.windows).toHaveLength(2);
    expect(evidence.lines.map(({ time }) => time)).toEqual([at('09:50'), at('10:00'), at('12:10'), at('12:20')]);
    expect(evidence.gaps).toEqual([]);
  });

  it('contains nothing from the history after the alarm resolved', async () => {
    const requests: unknown[] = [];
    aws.alarmHistory = (...request) => {
      requests.push(request);
      return [];
    };
    await gatherEvidence(resolved, sources, known);
    expect(requests).toEqual([[metricAlarm.AlarmName, 0, resolved.changedAt]]);
  });

  it('has a gap when the history cannot be read', async () => {
    undo.push(aws.injectFault('DescribeAlarmHistory', denied));
    const evidence = await gatherEvidence(resolved, sources, known);
    expect(evidence.lines).toHaveLength(2);
    expect(evidence.gaps).toEqual([
      { kind: 'unreadable', sentence: "the alarm's history could not be read: AccessDeniedException" },
    ]);
  });

  it.each([
    ['is empty', []],
    ['contains only the change to OK', [['12:19', 'ALARM', 'OK']]],
  ] as const)('has a gap when the history %s', async (_, changes) => {
    setHistory(...(changes as readonly [string, string, string][]));
    const { gaps } = await gatherEvidence(resolved, sources, known);
    expect(gaps).toEqual([{ kind: 'incomplete', sentence: "the alarm's history does not show when it fired" }]);
  });

  it('ignores an entry of the history that is not JSON', async () => {
    aws.alarmHistory = () => [{ timestamp: at('12:00'), summary: '', data: 'no' }];
    expect((await gatherEvidence(resolved, sources, known)).firing).toBeUndefined();
  });
});
