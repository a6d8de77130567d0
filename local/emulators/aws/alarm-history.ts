/** One change of an alarm's state. */
export interface AlarmHistoryItem {
  /** Epoch milliseconds. */
  readonly timestamp: number;
  /** For example `Alarm updated from OK to ALARM`. */
  readonly summary: string;
  /** JSON with `oldState` and `newState`, each with a `stateValue`. */
  readonly data: string;
}

/** Returns the history of an alarm between two times in epoch milliseconds. */
export type AlarmHistory = (alarmName: string, startMs: number, endMs: number) => readonly AlarmHistoryItem[];

/**
 * DescribeAlarmHistory for the state changes of one alarm. The history of an unknown alarm is empty.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarmHistory.html
 */
export function describeAlarmHistory(
  history: AlarmHistory,
  { AlarmName, StartDate, EndDate, ScanBy, MaxRecords }: Readonly<Record<string, unknown>>,
): object {
  const [start, end] = [Number(StartDate ?? 0) * 1000, Number(EndDate ?? Number.POSITIVE_INFINITY) * 1000];
  const items = history(String(AlarmName), start, end)
    .filter(({ timestamp }) => timestamp >= start && timestamp <= end)
    .toSorted((one, other) => one.timestamp - other.timestamp);
  if (ScanBy !== 'TimestampAscending') items.reverse();
  return {
    AlarmHistoryItems: items.slice(0, Number(MaxRecords ?? 100)).map(({ timestamp, summary, data }) => ({
      AlarmName,
      AlarmType: 'MetricAlarm',
      Timestamp: timestamp / 1000,
      HistoryItemType: 'StateUpdate',
      HistorySummary: summary,
      HistoryData: data,
    })),
  };
}
