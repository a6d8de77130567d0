import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { describe, expect, it } from 'vitest';
import { openCloudWatchSource, SourceError, timeOf } from '../../../../../local/commands/report/cloudwatch-source.ts';
import { at, outcome } from '../../../../support/log-of.ts';

const now = Date.UTC(2026, 10, 1);
const period = { start: now - 60 * 60_000, end: now };
const query = { identity: { namespace: 'Okta', name: 'Severity', dimensions: {} }, statistic: 'Maximum' } as const;

/** A source whose CloudWatch answers every call in the same way. */
function sourceOf(answer: () => object) {
  const send = async () => answer();
  return openCloudWatchSource({
    cloudWatch: { send: send as unknown as CloudWatchClient['send'] },
    logs: { send: send as unknown as CloudWatchLogsClient['send'] },
    ...{ region: 'eu-west-1', deployment: 'okta-synthetics', groups: ['flows'], logRetentionDays: 30, now },
  });
}

function denied(): never {
  throw Object.assign(new Error('User: arn:aws:iam::111122223333:user/jane is not authorized'), {
    name: 'AccessDeniedException',
  });
}

it('metrics or alarms that may not be read are an error without the name of the caller', async () => {
  const source = sourceOf(denied);
  for (const read of [source.statistics([query], period, 1), source.alarmChanges('an-alarm', period)]) {
    const error = await read.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SourceError);
    expect(String(error)).toMatch(/cannot be read in eu-west-1 \(AccessDeniedException\)/);
    expect(String(error)).not.toContain('jane');
  }
});

it.each(['InternalError', 'Forbidden'])(
  'a metric that failed with %s is an error, and not a gap',
  async (StatusCode) => {
    const source = sourceOf(() => ({ MetricDataResults: [{ Id: 'm0', StatusCode }] }));
    await expect(source.statistics([query], period, 1)).rejects.toThrow(
      `metrics cannot be read in eu-west-1 (${StatusCode})`,
    );
  },
);

it('the values of a metric may come on several pages', async () => {
  const pages = [
    {
      NextToken: 'next',
      MetricDataResults: [{ Id: 'm0', StatusCode: 'PartialData', Timestamps: [new Date(period.start)], Values: [2] }],
    },
    {
      MetricDataResults: [
        { Id: 'm0', StatusCode: 'Complete', Timestamps: [new Date(period.end - 60_000)], Values: [1] },
      ],
    },
  ];
  const [values = []] = await sourceOf(() => pages.shift() ?? {}).statistics([query], period, 1);
  expect([values.length, values[0], values[1], values[59]]).toEqual([60, 2, undefined, 1]);
});

describe('timeOf', () => {
  const { line } = outcome(at('12:00'), 'token@default', 'passed');

  it('returns when the run of a line began', () => {
    expect(timeOf(line, at('12:00:25'))).toBe(at('12:00'));
  });

  it('returns the minute that the run was due in, which is the time of the datapoint', () => {
    const due = new Date(at('11:59')).toISOString();
    expect(timeOf({ ...line, due }, at('12:00:25'))).toBe(at('11:59'));
  });

  it('returns when the run began if the minute is none that the run can have been due in', () => {
    for (const due of ['noon', new Date(at('11:00')).toISOString(), new Date(at('13:00')).toISOString()]) {
      expect(timeOf({ ...line, due }, at('12:00:25'))).toBe(at('12:00'));
    }
  });

  it('returns when the log received a line whose run had a wrong clock', () => {
    expect(timeOf(line, at('15:00'))).toBe(at('15:00'));
    expect(timeOf({ ...line, at: 'noon' }, at('15:00'))).toBe(at('15:00'));
  });
});
