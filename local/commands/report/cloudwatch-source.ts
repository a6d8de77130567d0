import {
  type CloudWatchClient,
  DescribeAlarmHistoryCommand,
  GetMetricDataCommand,
  type MetricDataQuery,
} from '@aws-sdk/client-cloudwatch';
import { type CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { resourceName } from '../../../functions/model/deployment.ts';
import type { EvidenceLine, LoggedLine } from '../../../functions/model/log-line.ts';
import type { Group } from '../../../functions/model/probe.ts';
import { asRecord, oneOf, parseJson } from '../../../functions/model/read.ts';
import { readLine } from '../../../functions/model/read-line.ts';
import type { AlarmChange, FoundEvidence, Period, ReportSource, SeriesQuery } from './source.ts';

export interface CloudWatchOptions {
  readonly cloudWatch: Pick<CloudWatchClient, 'send'>;
  readonly logs: Pick<CloudWatchLogsClient, 'send'>;
  readonly region: string;
  readonly deployment: string;
  /** The groups of probes that are deployed. */
  readonly groups: readonly Group[];
  readonly logRetentionDays: number;
  /** Epoch ms. */
  readonly now: number;
}

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** CloudWatch keeps each change of an alarm for 30 days. */
const alarmHistoryDays = 30;

/**
 * How long CloudWatch keeps points of each period. An hour is subtracted, because time passes while points are read.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
 */
const retentions = [
  { minutes: 1, keptMs: 15 * dayMs - 60 * minuteMs },
  { minutes: 5, keptMs: 63 * dayMs - 60 * minuteMs },
  { minutes: 60, keptMs: Number.POSITIVE_INFINITY },
] as const;

/** Metrics or alarms cannot be read. It has the name of AWS's error only, because the message may name the caller. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
}

/** The limits of one call. */
const [mostQueries, mostPages] = [500, 20];

/**
 * Reads a deployment's metrics, alarms and logs with the caller's own rights: `cloudwatch:GetMetricData`,
 * `cloudwatch:DescribeAlarmHistory` and `logs:FilterLogEvents`.
 *
 * Trap: GetMetricData costs a cent for a thousand metrics.
 */
export function openCloudWatchSource(options: CloudWatchOptions): ReportSource {
  const { cloudWatch, logs, region, deployment, groups, logRetentionDays, now } = options;
  async function reading<Value>(what: string, read: () => Promise<Value>): Promise<Value> {
    try {
      return await read();
    } catch (error) {
      const why = error instanceof Error ? error.name : 'unknown error';
      throw new SourceError(
        `CloudWatch's ${what} cannot be read in ${region} (${why}). It takes credentials that allow cloudwatch:GetMetricData, cloudwatch:DescribeAlarmHistory and logs:FilterLogEvents.`,
      );
    }
  }
  return {
    name: `CloudWatch, ${region}`,
    finestMinutes: (at) => retentions.find(({ keptMs }) => now - at <= keptMs)?.minutes ?? 60,
    async statistics(queries, period, periodMinutes) {
      const all = [];
      for (let first = 0; first < queries.length; first += mostQueries) {
        const some = queries.slice(first, first + mostQueries);
        all.push(...(await reading('metrics', () => readStatistics(cloudWatch, some, period, periodMinutes))));
      }
      return all;
    },
    alarmsKnownSince: now - alarmHistoryDays * dayMs,
    alarmChanges: async (alarm, { start, end }) => {
      const since = Math.max(start, now - alarmHistoryDays * dayMs);
      return since < end ? reading('alarms', () => readChanges(cloudWatch, alarm, { start: since, end })) : [];
    },
    async evidence(org, { start, end }) {
      if (end < now - logRetentionDays * dayMs)
        return { lines: [], problem: `the logs are kept for ${logRetentionDays} days` };
      const lines: LoggedLine[] = [];
      const problems = new Set<string>();
      for (const group of groups) {
        const logGroup = `/aws/lambda/${resourceName(deployment, group)}`;
        const found = await readLog(logs, logGroup, org, { start, end });
        lines.push(...found.lines);
        if (found.problem) problems.add(found.problem);
      }
      lines.sort((one, other) => one.time - other.time);
      return { lines, ...(problems.size > 0 && { problem: [...problems].join('; ') }) };
    },
    reasons: () => [],
  };
}

/** Trap: CloudWatch answers 200 although a metric failed. Its points would seem to be missing. */
const failures: ReadonlySet<string> = new Set(['InternalError', 'Forbidden']);

async function readStatistics(
  cloudWatch: CloudWatchOptions['cloudWatch'],
  queries: readonly SeriesQuery[],
  { start, end }: Period,
  periodMinutes: number,
) {
  const periodMs = periodMinutes * minuteMs;
  const count = Math.ceil((end - start) / periodMs);
  const series = queries.map(() => new Array<number | undefined>(count).fill(undefined));
  const MetricDataQueries = queries.map(
    ({ identity, statistic }, index): MetricDataQuery => ({
      Id: `m${index}`,
      MetricStat: {
        Metric: {
          Namespace: identity.namespace,
          MetricName: identity.name,
          Dimensions: Object.entries(identity.dimensions).map(([Name, Value]) => ({ Name, Value })),
        },
        Period: periodMinutes * 60,
        Stat: statistic,
      },
    }),
  );
  let NextToken: string | undefined;
  do {
    const answer = await cloudWatch.send(
      new GetMetricDataCommand({
        ...{ MetricDataQueries, StartTime: new Date(start), EndTime: new Date(end) },
        ...{ ScanBy: 'TimestampAscending', ...(NextToken !== undefined && { NextToken }) },
      }),
    );
    for (const { Id = '', StatusCode, Timestamps = [], Values = [] } of answer.MetricDataResults ?? []) {
      if (StatusCode !== undefined && failures.has(StatusCode)) {
        throw Object.assign(new Error('CloudWatch could not read a metric'), { name: StatusCode });
      }
      const values = series[Number(Id.slice(1))];
      for (const [index, time] of Timestamps.entries()) {
        const slot = Math.floor((time.getTime() - start) / periodMs);
        if (values && slot >= 0 && slot < count) values[slot] = Values[index];
      }
    }
    ({ NextToken } = answer);
  } while (NextToken !== undefined);
  return series;
}

const states = ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const;

async function readChanges(
  cloudWatch: CloudWatchOptions['cloudWatch'],
  alarm: string,
  { start, end }: Period,
): Promise<readonly AlarmChange[]> {
  const changes: AlarmChange[] = [];
  let NextToken: string | undefined;
  do {
    const answer = await cloudWatch.send(
      new DescribeAlarmHistoryCommand({
        ...{ AlarmName: alarm, HistoryItemType: 'StateUpdate', ScanBy: 'TimestampAscending', MaxRecords: 100 },
        ...{ AlarmTypes: ['MetricAlarm', 'CompositeAlarm'], StartDate: new Date(start), EndDate: new Date(end) },
        ...(NextToken !== undefined && { NextToken }),
      }),
    );
    for (const { Timestamp, HistoryData } of answer.AlarmHistoryItems ?? []) {
      const to = oneOf(states, asRecord(asRecord(parseJson(HistoryData)).newState).stateValue);
      if (Timestamp && to) changes.push({ at: Timestamp.getTime(), to });
    }
    ({ NextToken } = answer);
  } while (NextToken !== undefined);
  return changes;
}

/** Trap: a page may be empty although more follow. */
async function readLog(
  logs: CloudWatchOptions['logs'],
  logGroupName: string,
  org: string,
  { start, end }: Period,
): Promise<FoundEvidence> {
  const lines: LoggedLine[] = [];
  let nextToken: string | undefined;
  try {
    for (let page = 1; page === 1 || nextToken !== undefined; page += 1) {
      if (page > mostPages) return { lines, problem: `only part of ${logGroupName} was read: it is too long` };
      const answer = await logs.send(
        new FilterLogEventsCommand({
          ...{ logGroupName, filterPattern: `{ $.org = ${JSON.stringify(org)} }`, startTime: start, endTime: end },
          ...(nextToken !== undefined && { nextToken }),
        }),
      );
      for (const { message, timestamp = start } of answer.events ?? []) {
        const line = readLine(message);
        if (line) lines.push({ time: timeOf(line, timestamp), logGroup: logGroupName, line });
      }
      ({ nextToken } = answer);
    }
    return { lines };
  } catch (error) {
    // The error's name only: its message may quote what was sent.
    const why = error instanceof Error ? error.name : 'unknown error';
    return { lines, problem: `${logGroupName} could not be read: ${why}` };
  }
}

/** The timeout of a function is shorter. */
const longestRunMs = 60_000;

/** A run that is later than this goes by its start. */
const mostLateMs = 6 * 60_000;

/**
 * Returns the time of a line: the minute that its run was due in, which is also the time of the alarm's datapoint. Without a
 * schedule, it is the run's start. If that is far from the time at which CloudWatch received the line, it is that time.
 *
 * A line is written when its run ends. If the run's clock is wrong, or a simulation has set it, its time must not split
 * an incident: the alarm goes by CloudWatch's time.
 */
export function timeOf(line: EvidenceLine, timestamp: number): number {
  const [startedAt, due] = [Date.parse(line.at), Date.parse(line.due ?? '')];
  if (!(Math.abs(timestamp - startedAt) <= longestRunMs)) return timestamp;
  return Math.abs(startedAt - due) <= mostLateMs ? due : startedAt;
}
