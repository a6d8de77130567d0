import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type { Finding } from '../../../functions/model/finding.ts';
import type { LogLine } from '../../../functions/model/log-line.ts';
import type { MetricIdentity } from '../../../functions/model/metric.ts';
import type { Ascription } from '../../../functions/okta/sender.ts';
import type { AlarmState, AlarmStatus } from '../../../packages/cloudwatch-alarms/src/index.ts';
import type { Transition } from '../alarms/cloudwatch.ts';
import type { Invocation } from '../journal.ts';
import type { DeliveredMessage, Delivery } from '../sns/sns.ts';
import type { Gap } from './open-history.ts';
import { readStatuses } from './restore.ts';
import { type DeliveryState, dimensionsKey } from './write-history.ts';

/** From `start` to before `end`, epoch ms. */
export interface Period {
  readonly start: number;
  readonly end: number;
}

/** Which outcomes are read: all by default. */
export interface OutcomeFilter {
  readonly org?: string;
  readonly probe?: string;
  /** `null`: only those of the whole org. */
  readonly server?: string | null;
  readonly status?: StoredOutcome['status'];
}

export interface StoredOutcome {
  /** The id of its run. */
  readonly run: number;
  readonly at: number;
  /** The minute that the run was due in. */
  readonly minute: number;
  readonly org: string;
  readonly probe: string;
  readonly server?: string;
  readonly status: LogLine['status'];
  readonly findings: readonly Pick<Finding, 'code' | 'domain' | 'severity'>[];
  readonly answeredBy?: Ascription['by'];
  readonly durationMs?: number;
  /** The whole outcome with its exchanges. Absent when it passed without a finding some days ago. */
  readonly line?: LogLine;
}

export type StoredRun = {
  readonly id: number;
  /** The schedule that started it; absent if a message on a topic did. */
  readonly schedule?: string;
} & Pick<Invocation, 'at' | 'lambda' | 'org' | 'status' | 'attempt' | 'error' | 'durationMs' | 'cold' | 'findings'>;

export interface StoredDelivery extends Pick<Delivery, 'protocol' | 'subject' | 'text' | 'deliveredAt'> {
  /** An address by e-mail, or the origin of one by https. */
  readonly receiver: string;
  readonly state: DeliveryState;
  readonly attempts: number;
}

export type StoredMessage = { readonly id: number; readonly deliveries: readonly StoredDelivery[] } & Pick<
  DeliveredMessage,
  'at' | 'sentAt' | 'topic' | 'route' | 'from' | 'alarm' | 'state' | 'subject' | 'text' | 'context'
>;

/** Reads a history, oldest first. Periods are half open. */
export interface HistoryReader {
  runs(period: Period): readonly StoredRun[];
  outcomes(period: Period, filter?: OutcomeFilter): readonly StoredOutcome[];
  /** The last outcome of every target since a time. */
  latestOutcomes(since: number): readonly StoredOutcome[];
  /** Every series that has points. */
  series(): readonly MetricIdentity[];
  points(identity: MetricIdentity, period: Period): readonly { readonly at: number; readonly value: number }[];
  transitions(period: Period, alarm?: string): readonly Transition[];
  /** What each alarm remembers now, by its name. */
  alarmStatuses(): ReadonlyMap<string, AlarmStatus>;
  messages(period: Period): readonly StoredMessage[];
  /** The gaps that overlap a period. */
  gaps(period: Period): readonly Gap[];
  /** When the first run began. Undefined without runs. */
  firstRunAt(): number | undefined;
}

type Row = Readonly<Record<string, SQLOutputValue>>;

export function openHistoryReader(database: DatabaseSync): HistoryReader {
  const all = (sql: string, ...values: readonly (string | number)[]) => database.prepare(sql).all(...values);
  return {
    runs: ({ start, end }) => all('SELECT * FROM runs WHERE at >= ? AND at < ? ORDER BY at, id', start, end).map(runOf),
    outcomes({ start, end }, filter = {}) {
      const conditions = Object.entries(filter).map(([column, value]) => ({
        text: value === null ? `${column} IS NULL` : `${column} = ?`,
        values: value === null || value === undefined ? [] : [value],
      }));
      const where = ['at >= ?', 'at < ?', ...conditions.map(({ text }) => text)].join(' AND ');
      const values = conditions.flatMap((each) => each.values);
      return all(`SELECT * FROM outcomes WHERE ${where} ORDER BY at, rowid`, start, end, ...values).map(outcomeOf);
    },
    // SQLite takes the other columns from the row with the greatest value. https://sqlite.org/lang_select.html#bareagg
    latestOutcomes: (since) =>
      all(
        'SELECT *, max(at) FROM outcomes INDEXED BY outcomes_at WHERE at >= ? GROUP BY org, probe, server',
        since,
      ).map(outcomeOf),
    series: () => all('SELECT * FROM series ORDER BY id').map(identityOf),
    points({ namespace, name, dimensions }, { start, end }) {
      return all(
        `SELECT points.at, points.value FROM points JOIN series ON series.id = points.series
         WHERE namespace = ? AND name = ? AND dimensions = ? AND at >= ? AND at < ? ORDER BY at`,
        ...[namespace, name, dimensionsKey(dimensions), start, end],
      ).map(({ at, value }) => ({ at: Number(at), value: Number(value) }));
    },
    transitions: ({ start, end }, alarm) =>
      all(
        `SELECT * FROM transitions WHERE at >= ? AND at < ?${alarm === undefined ? '' : ' AND alarm = ?'} ORDER BY at, rowid`,
        ...[start, end, ...(alarm === undefined ? [] : [alarm])],
      ).map(({ at, alarm: name, before, after, reason }) => ({
        ...{ at: Number(at), alarm: String(name), reason: String(reason) },
        ...{ from: before as AlarmState, to: after as AlarmState },
      })),
    alarmStatuses: () => readStatuses(database),
    messages({ start, end }) {
      return all('SELECT * FROM messages WHERE at >= ? AND at < ? ORDER BY at, id', start, end).map((row) =>
        messageOf(row, all('SELECT * FROM deliveries WHERE message = ? ORDER BY id', Number(row.id))),
      );
    },
    gaps: ({ start, end }) =>
      all('SELECT * FROM gaps WHERE "end" > ? AND start < ? ORDER BY start', start, end).map((row) => ({
        ...{ start: Number(row.start), end: Number(row.end), reason: row.reason as Gap['reason'] },
      })),
    firstRunAt() {
      const at = all('SELECT min(at) AS at FROM runs')[0]?.at ?? null;
      return at === null ? undefined : Number(at);
    },
  };
}

function runOf(row: Row): StoredRun {
  return {
    ...{ id: Number(row.id), at: Number(row.at), lambda: String(row.lambda), attempt: Number(row.attempt) },
    ...{ status: row.status as StoredRun['status'], durationMs: Number(row.duration_ms), cold: row.cold === 1 },
    findings: JSON.parse(String(row.findings)),
    ...(row.schedule !== null && { schedule: String(row.schedule) }),
    ...(row.org !== null && { org: String(row.org) }),
    ...(row.error !== null && { error: String(row.error) }),
  };
}

function outcomeOf(row: Row): StoredOutcome {
  return {
    ...{ run: Number(row.run), at: Number(row.at), minute: Number(row.minute) },
    ...{ org: String(row.org), probe: String(row.probe), status: row.status as StoredOutcome['status'] },
    findings: JSON.parse(String(row.findings)),
    ...(row.server !== null && { server: String(row.server) }),
    ...(row.answered_by !== null && { answeredBy: row.answered_by as Ascription['by'] }),
    ...(row.duration_ms !== null && { durationMs: Number(row.duration_ms) }),
    ...(row.line !== null && { line: JSON.parse(String(row.line)) }),
  };
}

function identityOf({ namespace, name, dimensions }: Row): MetricIdentity {
  return { namespace: String(namespace), name: String(name), dimensions: JSON.parse(String(dimensions)) };
}

function messageOf(row: Row, deliveries: readonly Row[]): StoredMessage {
  return {
    ...{ id: Number(row.id), at: Number(row.at), sentAt: Number(row.sent_at), topic: String(row.topic) },
    ...{ from: row.source as StoredMessage['from'], text: String(row.text) },
    ...(row.route !== null && { route: row.route as NonNullable<StoredMessage['route']> }),
    ...(row.alarm !== null && { alarm: String(row.alarm), state: row.state as AlarmState }),
    ...(row.subject !== null && { subject: String(row.subject) }),
    ...(row.context !== null && { context: JSON.parse(String(row.context)) }),
    deliveries: deliveries.map((each) => ({
      ...{ protocol: String(each.protocol), receiver: String(each.receiver), text: String(each.text) },
      ...{ state: each.state as DeliveryState, attempts: Number(each.attempts) },
      ...(each.subject !== null && { subject: String(each.subject) }),
      ...(each.delivered_at !== null && { deliveredAt: Number(each.delivered_at) }),
    })),
  };
}
