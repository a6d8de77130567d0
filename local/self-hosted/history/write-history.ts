import { createHash } from 'node:crypto';
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { LogLine } from '../../../functions/model/log-line.ts';
import type { MetricIdentity } from '../../../functions/model/metric.ts';
import { findingsOf } from '../../../functions/model/outcome.ts';
import type { Run } from '../journal.ts';
import { answererOf } from '../reported-finding.ts';
import type { DeliveredMessage, Delivery } from '../sns/sns.ts';
import type { History } from './open-history.ts';

type Writer = Pick<History, 'journal' | 'keepItem' | 'keepSchedules' | 'keepGap' | 'keepDelivery'> & {
  /** Connects a delivery with its row. */
  adopt(delivery: Delivery, row: number): void;
};

/** Keeps what a write does, now or later. */
export type Enqueue = (...writes: readonly (() => void)[]) => void;

/** How a delivery stands. What cannot be sent from this machine is shown. */
export type DeliveryState = 'shown' | 'pending' | 'delivered' | 'failed';

const minuteMs = 60_000;

/** What a receiver is called where its address must not be: the origin of an address by https, which may hold a key. */
export function receiverOf({ protocol, endpoint }: Pick<Delivery, 'protocol' | 'endpoint'>): string {
  return isPosted(protocol) ? (URL.parse(endpoint)?.origin ?? 'unreadable address') : endpoint;
}

/** Tells addresses of the same origin apart. */
export function digestOf(endpoint: string): string {
  return createHash('sha256').update(endpoint).digest('base64url').slice(0, 22);
}

/** Whether this machine can deliver by a protocol. */
export function isPosted(protocol: string): boolean {
  return protocol === 'https' || protocol === 'api destination';
}

/** A JSON object with its members in order, so that equal dimensions are equal texts. */
export function dimensionsKey(dimensions: MetricIdentity['dimensions']): string {
  return JSON.stringify(
    Object.fromEntries(Object.entries(dimensions).sort(([one], [other]) => (one < other ? -1 : 1))),
  );
}

/** @param enqueue does the writes of a change in one transaction */
export function openWriter(database: DatabaseSync, enqueue: Enqueue): Writer {
  const insert = (table: string, columns: readonly string[]) => {
    const statement = database.prepare(
      `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
    );
    return (...values: readonly (SQLInputValue | undefined)[]) =>
      Number(statement.run(...values.map((value) => value ?? null)).lastInsertRowid);
  };
  const addRun = insert('runs', [
    'at',
    'lambda',
    'schedule',
    'org',
    'status',
    'attempt',
    'error',
    'duration_ms',
    'cold',
    'findings',
  ]);
  const addOutcome = insert('outcomes', [
    ...['run', 'at', 'minute', 'org', 'probe', 'server', 'status', 'findings', 'answered_by', 'duration_ms', 'line'],
  ]);
  const addPoint = insert('points', ['series', 'at', 'value', 'unit', 'source']);
  const addTransition = insert('transitions', ['at', 'alarm', 'before', 'after', 'reason']);
  const addMessage = insert('messages', [
    ...['at', 'sent_at', 'topic', 'route', 'source', 'alarm', 'state', 'subject', 'text', 'context'],
  ]);
  const addDelivery = insert('deliveries', [
    ...['message', 'protocol', 'receiver', 'digest', 'subject', 'text', 'state', 'attempts', 'delivered_at'],
  ]);
  const addGap = insert('gaps', ['start', '"end"', 'reason']);
  const addLine = insert('log_lines', ['run', 'message']);
  const putAlarm = database.prepare(
    'INSERT INTO alarms VALUES (?, ?) ON CONFLICT DO UPDATE SET status = excluded.status WHERE status != excluded.status',
  );
  const putSchedule = database.prepare('INSERT INTO schedules VALUES (?, ?) ON CONFLICT DO NOTHING');
  const putItem = database.prepare('INSERT OR REPLACE INTO items VALUES (?, ?, ?, ?, ?)');
  const putEvent = database.prepare('INSERT OR REPLACE INTO events VALUES (?, ?)');
  const endEvent = database.prepare('DELETE FROM events WHERE request_id = ?');
  const putClock = database.prepare('INSERT OR REPLACE INTO clock VALUES (1, ?)');
  const putDelivery = database.prepare('UPDATE deliveries SET state = ?, attempts = ?, delivered_at = ? WHERE id = ?');
  const addSeries = insert('series', ['namespace', 'name', 'dimensions']);
  const findSeries = database.prepare('SELECT id FROM series WHERE namespace = ? AND name = ? AND dimensions = ?');
  const rows = new WeakMap<Delivery, number>();
  let change: (() => void)[] | undefined;

  function seriesOf({ namespace, name, dimensions }: MetricIdentity): number {
    const key = dimensionsKey(dimensions);
    const found = findSeries.get(namespace, name, key);
    return found ? Number(found.id) : addSeries(namespace, name, key);
  }

  /** Keeps what a change writes, or nothing of it. */
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

  function write(one: () => void): void {
    if (change) change.push(one);
    else enqueue(one);
  }

  function keepRun(run: Run): void {
    const { at, lambda, by, org, status, attempt, error, durationMs, cold, findings, lines } = run;
    const own = findings.filter(({ probe }) => probe === undefined);
    const id = addRun(
      at,
      lambda,
      'schedule' in by ? by.schedule : undefined,
      org,
      status,
      attempt,
      error,
      durationMs,
      cold ? 1 : 0,
      JSON.stringify(own),
    );
    for (const line of lines) {
      const outcome = outcomeIn(line);
      if (outcome) keepOutcome(id, outcome, line);
      else addLine(id, line);
    }
  }

  function keepOutcome(run: number, outcome: LogLine, line: string): void {
    const { org, probe, server, status, exchanges, durationMs } = outcome;
    const at = Date.parse(outcome.at);
    const minute = outcome.due === undefined ? Math.floor(at / minuteMs) * minuteMs : Date.parse(outcome.due);
    const findings = findingsOf(outcome).map(({ code, domain, severity }) => ({ code, domain, severity }));
    const answeredBy = answererOf(exchanges ?? []);
    addOutcome(run, at, minute, org, probe, server, status, JSON.stringify(findings), answeredBy, durationMs, line);
  }

  function keepMessage(message: DeliveredMessage): void {
    const { at, sentAt, topic, route, from, alarm, state, subject, text, context, deliveries } = message;
    const id = addMessage(
      ...[Math.round(at), Math.round(sentAt), topic, route, from, alarm, state, subject, text],
      context && JSON.stringify(context),
    );
    for (const delivery of deliveries) {
      const { protocol, endpoint } = delivery;
      const begins: DeliveryState = isPosted(protocol) ? 'pending' : 'shown';
      const row = addDelivery(
        ...[id, protocol, receiverOf(delivery), digestOf(endpoint), delivery.subject, delivery.text, begins],
        delivery.attempts ?? 0,
        delivery.deliveredAt,
      );
      rows.set(delivery, row);
    }
  }

  return {
    adopt(delivery, row) {
      rows.set(delivery, row);
    },
    journal: {
      atomically,
      onRun: (run) => write(() => keepRun(run)),
      onPoint: ({ identity, timestamp, value, unit, source }) =>
        write(() => addPoint(seriesOf(identity), Math.round(timestamp), value, unit, source)),
      onMessage: (message) => write(() => keepMessage(message)),
      onAccepted: (event) => write(() => putEvent.run(event.requestId, JSON.stringify(event))),
      onEnded: ({ requestId }) => write(() => endEvent.run(requestId)),
      onEvaluated(at, transitions, statuses) {
        // What an alarm remembers changes.
        const now = [...statuses].map(([name, status]) => [name, JSON.stringify(status)] as const);
        write(() => {
          for (const { at: changedAt, alarm, from, to, reason } of transitions)
            addTransition(changedAt, alarm, from, to, reason);
          for (const [name, status] of now) putAlarm.run(name, status);
          putClock.run(at);
        });
      },
    },
    keepItem(table, item, { partition, sort }) {
      const key = (name: string) => String(item[name]?.S ?? '');
      const expiresAt = Number(item.expiresAt?.N ?? Number.MAX_SAFE_INTEGER / 1000) * 1000;
      const text = JSON.stringify(item);
      write(() => putItem.run(table, key(partition), key(sort), text, Math.floor(expiresAt)));
    },
    keepSchedules(createdAt) {
      const all = [...createdAt];
      write(() => {
        for (const [name, at] of all) putSchedule.run(name, at);
      });
    },
    keepGap: ({ start, end, reason }) => write(() => addGap(start, end, reason)),
    keepDelivery(delivery, isPending) {
      const { failed, attempts = 0, deliveredAt } = delivery;
      const state: DeliveryState = isPending ? 'pending' : failed ? 'failed' : 'delivered';
      write(() => {
        const row = rows.get(delivery);
        if (row !== undefined) putDelivery.run(state, attempts, deliveredAt ?? null, row);
      });
    },
  };
}

/** The outcome in a logged line. Undefined for any other line. */
function outcomeIn(line: string): LogLine | undefined {
  try {
    const value = JSON.parse(line);
    const isOutcome = value?.type === 'outcome' && [value.org, value.probe].every((name) => typeof name === 'string');
    return isOutcome ? value : undefined;
  } catch {
    return undefined;
  }
}
