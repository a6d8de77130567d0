import { createHash } from 'node:crypto';
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { LogLine } from '../../../functions/model/log-line.ts';
import type { MetricIdentity } from '../../../functions/model/metric.ts';
import { findingsOf } from '../../../functions/model/outcome.ts';
import type { PublishedPoint } from '../alarms/cloudwatch.ts';
import type { Run } from '../journal.ts';
import { answererOf } from '../reported-finding.ts';
import type { DeliveredMessage, Delivery } from '../sns/sns.ts';
import type { History } from './open-history.ts';

type Writer = Pick<History, 'journal' | 'keepItem' | 'keepSchedules' | 'keepGap' | 'keepDelivery'> & {
  /** Remembers the row of a delivery from an earlier start. */
  adopt(delivery: Delivery, row: number): void;
};

/** Makes writes in one transaction, now or later. */
export type Enqueue = (...writes: readonly (() => void)[]) => void;

/** The state of a delivery. Deliveries that this machine cannot send are only shown. */
export type DeliveryState = 'shown' | 'pending' | 'delivered' | 'failed';

const minuteMs = 60_000;

/** Returns a receiver's name without secrets: only the origin of an https address, because the rest may hold a key. */
export function receiverOf({ protocol, endpoint }: Pick<Delivery, 'protocol' | 'endpoint'>): string {
  return isPosted(protocol) ? (URL.parse(endpoint)?.origin ?? 'unreadable address') : endpoint;
}

/** Returns a digest that tells addresses of the same origin apart. */
export function digestOf(endpoint: string): string {
  return createHash('sha256').update(endpoint).digest('base64url').slice(0, 22);
}

/** Returns whether this machine can deliver by a protocol. */
export function isPosted(protocol: string): boolean {
  return protocol === 'https' || protocol === 'api destination';
}

/** Returns dimensions as JSON with sorted members, so that equal dimensions are equal texts. */
export function dimensionsKey(dimensions: MetricIdentity['dimensions']): string {
  return JSON.stringify(
    Object.fromEntries(Object.entries(dimensions).sort(([first], [second]) => (first < second ? -1 : 1))),
  );
}

/** Prepares an INSERT. The returned function takes one value a column and returns the row's id. */
function prepareInsert(database: DatabaseSync, table: string, columns: readonly string[]) {
  const marks = columns.map(() => '?').join(', ');
  const statement = database.prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${marks})`);
  return (...values: readonly (SQLInputValue | undefined)[]) =>
    Number(statement.run(...values.map((value) => value ?? null)).lastInsertRowid);
}

const addedColumns = {
  runs: ['at', 'lambda', 'schedule', 'org', 'status', 'attempt', 'error', 'duration_ms', 'cold', 'findings'],
  outcomes: 'run at minute org probe server status findings answered_by duration_ms line'.split(' '),
  points: ['series', 'at', 'value', 'unit', 'source'],
  transitions: ['at', 'alarm', 'before', 'after', 'reason'],
  messages: ['at', 'sent_at', 'topic', 'route', 'source', 'alarm', 'state', 'subject', 'text', 'context'],
  deliveries: 'message protocol receiver digest subject text state attempts delivered_at'.split(' '),
  gaps: ['start', '"end"', 'reason'],
  log_lines: ['run', 'message'],
  series: ['namespace', 'name', 'dimensions'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

const statementTexts = {
  putAlarm:
    'INSERT INTO alarms VALUES (?, ?) ON CONFLICT DO UPDATE SET status = excluded.status WHERE status != excluded.status',
  putSchedule: 'INSERT INTO schedules VALUES (?, ?) ON CONFLICT DO NOTHING',
  putItem: 'INSERT OR REPLACE INTO items VALUES (?, ?, ?, ?, ?)',
  putEvent: 'INSERT OR REPLACE INTO events VALUES (?, ?)',
  endEvent: 'DELETE FROM events WHERE request_id = ?',
  putClock: 'INSERT OR REPLACE INTO clock VALUES (1, ?)',
  putDelivery: 'UPDATE deliveries SET state = ?, attempts = ?, delivered_at = ? WHERE id = ?',
  findSeries: 'SELECT id FROM series WHERE namespace = ? AND name = ? AND dimensions = ?',
};

/** Writes what the monitor did as rows, at once. */
class Rows {
  readonly add: Readonly<Record<keyof typeof addedColumns, ReturnType<typeof prepareInsert>>>;
  readonly statements: Readonly<Record<keyof typeof statementTexts, StatementSync>>;
  /** The row of each delivery, so that its state can be changed. */
  readonly deliveries = new WeakMap<Delivery, number>();

  constructor(database: DatabaseSync) {
    this.add = mapValues(addedColumns, (columns, table) => prepareInsert(database, table, columns));
    this.statements = mapValues(statementTexts, (text) => database.prepare(text));
  }

  keepRun(run: Run): void {
    const { at, lambda, by, org, status, attempt, error, durationMs, cold, findings, lines } = run;
    const schedule = 'schedule' in by ? by.schedule : undefined;
    const own = JSON.stringify(findings.filter(({ probe }) => probe === undefined));
    const row = this.add.runs(at, lambda, schedule, org, status, attempt, error, durationMs, cold ? 1 : 0, own);
    for (const line of lines) {
      const outcome = outcomeIn(line);
      if (outcome) this.#keepOutcome(row, outcome, line);
      else this.add.log_lines(row, line);
    }
  }

  #keepOutcome(run: number, outcome: LogLine, line: string): void {
    const { org, probe, server, status, exchanges, durationMs } = outcome;
    const at = Date.parse(outcome.at);
    const minute = outcome.due === undefined ? Math.floor(at / minuteMs) * minuteMs : Date.parse(outcome.due);
    const findings = JSON.stringify(
      findingsOf(outcome).map(({ code, domain, severity }) => ({ code, domain, severity })),
    );
    const answeredBy = answererOf(exchanges ?? []);
    this.add.outcomes(run, at, minute, org, probe, server, status, findings, answeredBy, durationMs, line);
  }

  keepPoint({ identity, timestamp, value, unit, source }: PublishedPoint): void {
    const { namespace, name } = identity;
    const dimensions = dimensionsKey(identity.dimensions);
    const found = this.statements.findSeries.get(namespace, name, dimensions);
    const series = found ? Number(found.id) : this.add.series(namespace, name, dimensions);
    this.add.points(series, Math.round(timestamp), value, unit, source);
  }

  keepMessage(message: DeliveredMessage): void {
    const { at, sentAt, topic, route, from, alarm, state, subject, text, deliveries } = message;
    const context = message.context && JSON.stringify(message.context);
    const times = [Math.round(at), Math.round(sentAt)];
    const row = this.add.messages(...times, topic, route, from, alarm, state, subject, text, context);
    for (const delivery of deliveries) this.deliveries.set(delivery, this.#addDelivery(row, delivery));
  }

  #addDelivery(message: number, delivery: Delivery): number {
    const { protocol, endpoint, subject, text, attempts = 0, deliveredAt } = delivery;
    const state: DeliveryState = isPosted(protocol) ? 'pending' : 'shown';
    const receiver = [receiverOf(delivery), digestOf(endpoint)];
    return this.add.deliveries(message, protocol, ...receiver, subject, text, state, attempts, deliveredAt);
  }
}

/**
 * Opens the writing half of a history.
 *
 * @param enqueue writes a change in one transaction
 */
export function openWriter(database: DatabaseSync, enqueue: Enqueue): Writer {
  const rows = new Rows(database);
  const { add, statements, deliveries } = rows;
  let change: (() => void)[] | undefined;

  /** Stores either everything that a change writes, or nothing. */
  function atomically(tell: () => void): void {
    if (change) {
      tell();
      return;
    }
    change = [];
    try {
      tell();
      enqueue(...change);
    } finally {
      change = undefined;
    }
  }

  function write(action: () => void): void {
    if (change) change.push(action);
    else enqueue(action);
  }

  return {
    adopt(delivery, row) {
      deliveries.set(delivery, row);
    },
    journal: {
      atomically,
      onRun: (run) => write(() => rows.keepRun(run)),
      onPoint: (point) => write(() => rows.keepPoint(point)),
      onMessage: (message) => write(() => rows.keepMessage(message)),
      onAccepted: (event) => write(() => statements.putEvent.run(event.requestId, JSON.stringify(event))),
      onEnded: ({ requestId }) => write(() => statements.endEvent.run(requestId)),
      onEvaluated(at, transitions, statuses) {
        // Serialized now, because the statuses change before the write happens.
        const now = [...statuses].map(([name, status]) => [name, JSON.stringify(status)] as const);
        write(() => {
          for (const { at: changedAt, alarm, from, to, reason } of transitions) {
            add.transitions(changedAt, alarm, from, to, reason);
          }
          for (const [name, status] of now) statements.putAlarm.run(name, status);
          statements.putClock.run(at);
        });
      },
    },
    keepItem(table, item, { partition, sort }) {
      const key = (name: string) => String(item[name]?.S ?? '');
      const expiresAt = Number(item.expiresAt?.N ?? Number.MAX_SAFE_INTEGER / 1000) * 1000;
      const text = JSON.stringify(item);
      write(() => statements.putItem.run(table, key(partition), key(sort), text, Math.floor(expiresAt)));
    },
    keepSchedules(createdAt) {
      const all = [...createdAt];
      write(() => {
        for (const [name, at] of all) statements.putSchedule.run(name, at);
      });
    },
    keepGap: ({ start, end, reason }) => write(() => add.gaps(start, end, reason)),
    keepDelivery(delivery, isPending) {
      const { failed, attempts = 0, deliveredAt } = delivery;
      const state: DeliveryState = isPending ? 'pending' : failed ? 'failed' : 'delivered';
      write(() => {
        const row = deliveries.get(delivery);
        if (row !== undefined) statements.putDelivery.run(state, attempts, deliveredAt ?? null, row);
      });
    },
  };
}

function mapValues<Key extends string, Value, Result>(
  values: Readonly<Record<Key, Value>>,
  change: (value: Value, key: Key) => Result,
): Readonly<Record<Key, Result>> {
  const entries = Object.entries(values) as [Key, Value][];
  return Object.fromEntries(entries.map(([key, value]) => [key, change(value, key)])) as Record<Key, Result>;
}

/** Returns the outcome in a logged line, or undefined for any other line. */
function outcomeIn(line: string): LogLine | undefined {
  try {
    const value = JSON.parse(line);
    const isOutcome = value?.type === 'outcome' && [value.org, value.probe].every((name) => typeof name === 'string');
    return isOutcome ? value : undefined;
  } catch {
    return undefined;
  }
}
