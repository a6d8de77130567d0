import type { DatabaseSync } from 'node:sqlite';
import type { AlarmState, AlarmStatus } from '../../../packages/cloudwatch-alarms/src/index.ts';
import type { PointSource, PublishedPoint } from '../alarms/cloudwatch.ts';
import type { Item } from '../aws-emulator/tables.ts';
import type { KeptState, QueuedEvent } from '../local-system.ts';
import type { DeliveredMessage, Delivery } from '../sns/sns.ts';
import type { Deployment } from '../template/deployment.ts';
import { digestOf } from './write-history.ts';

/** A message with the deliveries that were under way. */
export type PendingMessage = DeliveredMessage;

/** How far back the history of an alarm is needed for a message about it. */
const alarmHistoryMs = 24 * 60 * 60_000;

/** The state from which a system goes on. Points and logs are those since a time. */
export function readKeptState(
  database: DatabaseSync,
  { functions }: Deployment,
  since: number,
  hasGap: boolean,
): KeptState {
  const items = new Map<string, Item[]>();
  for (const row of database.prepare('SELECT "table" AS name, item FROM items').iterate()) {
    const name = String(row.name);
    items.set(name, [...(items.get(name) ?? []), JSON.parse(String(row.item))]);
  }
  const logs = new Map<string, { readonly timestamp: number; readonly message: string }[]>();
  const lines = database.prepare(
    `SELECT runs.at + runs.duration_ms AS at, runs.lambda, lines.message
     FROM (SELECT run, line AS message FROM outcomes UNION ALL SELECT run, message FROM log_lines) AS lines
     JOIN runs ON runs.id = lines.run
     WHERE runs.at >= ? AND lines.message IS NOT NULL ORDER BY at`,
  );
  for (const row of lines.iterate(since)) {
    const { logGroup } = functions.find(({ name }) => name === row.lambda) ?? {};
    if (logGroup === undefined) continue;
    const group = logs.get(logGroup) ?? [];
    group.push({ timestamp: Math.round(Number(row.at)), message: String(row.message) });
    logs.set(logGroup, group);
  }
  return {
    hasGap,
    items,
    logs,
    schedules: new Map(
      database
        .prepare('SELECT name, created_at FROM schedules')
        .all()
        .map((row) => [String(row.name), Number(row.created_at)]),
    ),
    statuses: readStatuses(database),
    transitions: database
      .prepare('SELECT * FROM transitions WHERE at >= ? ORDER BY at, rowid')
      .all(since - alarmHistoryMs)
      .map((row) => ({
        at: Number(row.at),
        alarm: String(row.alarm),
        reason: String(row.reason),
        from: row.before as AlarmState,
        to: row.after as AlarmState,
      })),
    points: readPoints(database, since),
    events: database
      .prepare('SELECT event FROM events ORDER BY rowid')
      .all()
      .map((row) => JSON.parse(String(row.event)) as QueuedEvent),
  };
}

export function readStatuses(database: DatabaseSync): ReadonlyMap<string, AlarmStatus> {
  const rows = database.prepare('SELECT name, status FROM alarms').all();
  return new Map(rows.map((row) => [String(row.name), JSON.parse(String(row.status)) as AlarmStatus]));
}

function readPoints(database: DatabaseSync, since: number): readonly PublishedPoint[] {
  return database
    .prepare('SELECT * FROM series CROSS JOIN points ON points.series = series.id AND at >= ? ORDER BY at')
    .all(since)
    .map((row) => ({
      identity: {
        namespace: String(row.namespace),
        name: String(row.name),
        dimensions: JSON.parse(String(row.dimensions)),
      },
      ...{ timestamp: Number(row.at), value: Number(row.value), source: row.source as PointSource },
      ...(row.unit !== null && { unit: String(row.unit) }),
    }));
}

/**
 * The messages with deliveries that were under way. Their addresses come from the deployment: the history has only digests.
 *
 * @param adopt connects a delivery with its row
 */
export function readPending(
  database: DatabaseSync,
  { topics, rules }: Deployment,
  adopt: (delivery: Delivery, row: number) => void,
): readonly PendingMessage[] {
  const addresses = new Map([
    ...topics.flatMap(({ name, subscriptions }) =>
      subscriptions.map(({ endpoint }) => [`${name} ${digestOf(endpoint)}`, endpoint] as const),
    ),
    ...rules.flatMap(({ name, to }) =>
      'endpoint' in to ? [[`${name} ${digestOf(to.endpoint)}`, to.endpoint] as const] : [],
    ),
  ]);
  const rows = database
    .prepare(
      `SELECT deliveries.*, messages.at, messages.sent_at, messages.topic, messages.source
       FROM deliveries JOIN messages ON messages.id = deliveries.message
       WHERE deliveries.state = 'pending' ORDER BY deliveries.id`,
    )
    .all();
  return rows.flatMap((row) => {
    const endpoint = addresses.get(`${row.topic} ${row.digest}`);
    if (endpoint === undefined) {
      database.prepare("UPDATE deliveries SET state = 'failed' WHERE id = ?").run(Number(row.id));
      return [];
    }
    const text = String(row.text);
    const subject = row.subject !== null && { subject: String(row.subject) };
    const delivery: Delivery = {
      ...{ protocol: String(row.protocol), endpoint, text, ...subject, failed: true },
      attempts: Number(row.attempts),
    };
    adopt(delivery, Number(row.id));
    return [
      {
        ...{ at: Number(row.at), sentAt: Number(row.sent_at), topic: String(row.topic), text, ...subject },
        from: row.source as DeliveredMessage['from'],
        deliveries: [delivery],
      },
    ];
  });
}
