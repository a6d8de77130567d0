import { type LatencyPhase, type LatencySeries, latencyPhases, type Measured } from '../../../functions/board/board.ts';
import { shownMetrics } from '../../../functions/board/measured-series.ts';
import { orgBoard, worstFirst } from '../../../functions/board/org-board.ts';
import type { TimeRange } from '../../../functions/board/read-measured.ts';
import { alarmSubject } from '../../../functions/findings/alarm-subject.ts';
import { metricNamespace } from '../../../functions/model/deployment.ts';
import type { Exchange, Phases } from '../../../functions/model/exchange.ts';
import type { LogLine } from '../../../functions/model/log-line.ts';
import { durationMs, finalExchanges } from '../../../functions/model/outcome.ts';
import { readDocument } from '../../../functions/model/read-line.ts';
import { formatTarget } from '../../../functions/model/target.ts';
import { ascribe } from '../../../functions/okta/sender.ts';
import { keptOf } from '../../../functions/state/kept.ts';
import { monitorPartition, type StoredItem, storedItem } from '../../../functions/state/state-table.ts';
import { type Alarm, alarmPoints, comparisons } from '../../../packages/cloudwatch-alarms/src/index.ts';
import type { Item, Tables } from '../aws-emulator/tables.ts';
import type { HistoryReader, StoredMessage } from '../history/read-history.ts';
import type { LocalSystem } from '../local-system.ts';
import type { AlarmWindow, BoardPage, OrgDetail, SeenRequest, TimelineEntry } from './page.ts';

/** A system on this machine and its history. */
export interface PageSource {
  readonly system: Pick<LocalSystem, 'deployment' | 'alarmState' | 'store' | 'now'> & {
    readonly aws: { readonly tables: Pick<Tables, 'items'> };
  };
  readonly reader: HistoryReader;
  /** The name of the deployment. */
  readonly name: string;
  /** The orgs of the configuration. */
  readonly orgs: readonly string[];
  readonly now: () => number;
}

/** Reads the board of all orgs, with the details of one: of the only one, if none is named. */
export type ReadPage = (org?: string) => Promise<BoardPage>;

const hourMs = 3_600_000;

/** How far back each part looks. */
const shownMs = { timeline: 24 * hourMs, graphs: 3 * hourMs, requests: hourMs };

/** Reads the page of a system as the deployed widget does: from the items of its state table. */
export function pageReader(source: PageSource): ReadPage {
  const { system, orgs } = source;
  return async (asked) => {
    const now = source.now();
    const items = await readItems(system);
    const keptOfOrg = (org: string) =>
      keptOf(
        org,
        items.filter((each) => each.org === org),
      );
    const options = { deployment: source.name, now };
    const boards = orgs.map((org) => orgBoard(keptOfOrg(org), options));
    const org = asked ?? (orgs.length === 1 ? orgs[0] : undefined);
    const board = boards.find((each) => each.org === org);
    const runbook = system.deployment.functions.find(({ entry }) => entry === 'widget')?.variables.RUNBOOK;
    return {
      ...{ at: now, orgs: worstFirst(boards), runbook },
      monitor: orgBoard(keptOfOrg(monitorPartition), options),
      ...(board && { detail: detailOf(source, board, now) }),
    };
  };
}

async function readItems({ deployment, aws }: PageSource['system']): Promise<readonly StoredItem[]> {
  const all = await Promise.all(deployment.tables.map(({ name }) => aws.tables.items(name)));
  // The items of sent messages are many, and nothing here reads them.
  return all.flat().flatMap((item) => (item.item?.S && String(item.item.S) < 'message#' ? [storedItemOf(item)] : []));
}

function storedItemOf(item: Item): StoredItem {
  return storedItem(item as unknown as Parameters<typeof storedItem>[0]);
}

function detailOf(source: PageSource, board: BoardPage['orgs'][number], now: number): OrgDetail {
  const { reader, name: deployment } = source;
  const range = { from: now - shownMs.graphs, to: now + 1 };
  return {
    board: { ...board, measured: measureHistory(reader, { org: board.org, deployment, range }) },
    timeline: timelineOf(source, board.org, now),
    alarms: alarmsOf(source, board.org, now),
    requests: requestsOf(source, board.org, now),
  };
}

/** Whether an alarm is about an org, or about the monitor, without which nothing is known of any org. */
function concerns(alarm: string, org: string, deployment: string): boolean {
  const subject = alarmSubject(alarm, deployment);
  return subject !== undefined && (!('org' in subject) || subject.org === org);
}

function timelineOf({ reader, name }: PageSource, org: string, now: number): readonly TimelineEntry[] {
  const period = { start: now - shownMs.timeline, end: now + 1 };
  const messages = reader.messages(period).flatMap((message) => {
    const { alarm = message.context?.alarm } = message;
    return alarm === undefined || concerns(alarm, org, name) ? messageEntry(message) : [];
  });
  const changes = reader.transitions(period).flatMap(({ at, alarm, from, to, reason }): readonly TimelineEntry[] =>
    // A new alarm goes to OK. Nothing was wrong.
    concerns(alarm, org, name) && (from === 'ALARM' || to === 'ALARM')
      ? [{ kind: 'alarm', id: `change-${at}-${alarm}`, at, alarm, to, reason }]
      : [],
  );
  const gaps = reader
    .gaps(period)
    .map(({ start, end }): TimelineEntry => ({ kind: 'gap', id: `gap-${start}`, at: start, until: end }));
  return [...messages, ...changes, ...gaps].toSorted((one, other) => other.at - one.at);
}

/** A message as people got it. Those to the topic of the alarms are for functions. */
function messageEntry({
  id,
  sentAt,
  route,
  topic,
  subject,
  text,
  deliveries,
}: StoredMessage): readonly TimelineEntry[] {
  if (!route || topic.endsWith('-alarms')) return [];
  const [first] = deliveries;
  return [
    {
      ...{ kind: 'message', id: `message-${id}`, at: sentAt, route },
      ...{ subject: first?.subject ?? subject ?? 'Message', text: first?.text ?? text },
      // Without the address, which is personal.
      deliveries: deliveries.map(({ protocol, state }) => `${protocol}, ${state === 'shown' ? 'shown here' : state}`),
    },
  ];
}

function alarmsOf({ system, reader, name }: PageSource, org: string, now: number): readonly AlarmWindow[] {
  const since = new Map(
    reader.transitions({ start: now - shownMs.timeline, end: now + 1 }).map(({ at, alarm }) => [alarm, at]),
  );
  const rank = ({ state }: AlarmWindow) => ['ALARM', 'INSUFFICIENT_DATA', 'OK'].indexOf(state);
  return system.deployment.alarms.alarms
    .filter((alarm) => concerns(alarm.name, org, name))
    .map((alarm) => windowOf(alarm, system, since.get(alarm.name)))
    .toSorted((one, other) => rank(one) - rank(other));
}

function windowOf(alarm: Alarm, system: PageSource['system'], since?: number): AlarmWindow {
  const { store, now } = system;
  const { state, reason } = system.alarmState(alarm.name);
  const window = { name: alarm.name, state, reason, ...(since !== undefined && { since }) };
  if (alarm.kind === 'composite') return { ...window, rule: 'by other alarms' };
  const { comparison, threshold, datapointsToAlarm, evaluationPeriods } = alarm;
  const { sign, breaches } = comparisons[comparison];
  return {
    ...window,
    rule: `${datapointsToAlarm} of ${evaluationPeriods} points ${sign} ${threshold}`,
    points: alarmPoints(alarm, store, now).map((value) =>
      value === undefined ? undefined : { value, breaches: breaches(value, threshold) },
    ),
  };
}

/** The requests of the last run of each check. The state table has only those of failures, for its size. */
function requestsOf({ reader }: PageSource, org: string, now: number): readonly SeenRequest[] {
  const outcomes = reader.latestOutcomes(now - shownMs.requests).filter((each) => each.org === org);
  const requests = outcomes.flatMap(({ line: logged }) => {
    const line = readDocument(logged);
    // The status page is not the org's, so its answers lack the marks of an org.
    if (line?.type !== 'outcome' || line.probe === 'status-page') return [];
    const { status, exchanges } = line;
    return exchanges.map((exchange) => ({
      target: formatTarget(line),
      status,
      exchange,
      ascription: ascribe(exchange),
    }));
  });
  const rank = ({ status }: SeenRequest) => (status === 'failed' ? 0 : 1);
  return requests.toSorted((one, other) => rank(one) - rank(other));
}

const minuteMs = 60_000;

/** A graph has no room for more. */
const mostPoints = 180;

/** Returns a history's measurements of an org: latency by phase, headroom, and expiries. */
function measureHistory(
  reader: Pick<HistoryReader, 'outcomes' | 'points' | 'series'>,
  { org, deployment, range }: { readonly org: string; readonly deployment: string; readonly range: TimeRange },
): Measured {
  const period = { start: range.from, end: range.to };
  const periodMs = Math.ceil((range.to - range.from) / mostPoints / minuteMs) * minuteMs;
  const lines = reader.outcomes(period, { org }).flatMap(({ line, minute }) => (line ? [{ line, minute }] : []));
  const own = reader
    .series()
    .filter(({ namespace, dimensions }) => namespace === metricNamespace(deployment) && dimensions.Org === org)
    .flatMap((identity) => {
      const as = Object.hasOwn(shownMetrics, identity.name) ? shownMetrics[identity.name] : undefined;
      return as ? [{ as, points: reader.points(identity, period) }] : [];
    });
  return {
    latency: latencyOf(lines, periodMs),
    headroom: own.flatMap(({ as, points }) => ('as' in as && as.as === 'headroom' ? points : [])),
    expiries: own.flatMap(({ as, points }) => {
      const last = points.at(-1);
      return 'expiry' in as && last ? [{ name: as.expiry, days: last.value }] : [];
    }),
    problems: [],
  };
}

/** The mean of each phase in each period, by target. */
function latencyOf(
  lines: readonly { readonly line: LogLine; readonly minute: number }[],
  periodMs: number,
): readonly LatencySeries[] {
  const byTarget = Map.groupBy(lines, ({ line }) => formatTarget(line));
  return [...byTarget].flatMap(([target, own]) => {
    const byPeriod = Map.groupBy(own, ({ minute }) => Math.floor(minute / periodMs) * periodMs);
    const periods = [...byPeriod].toSorted(([one], [other]) => one - other);
    return latencyPhases.flatMap((phase): readonly LatencySeries[] => {
      const points = periods.flatMap(([at, runs]) => {
        const values = runs.flatMap(({ line }) => phaseOf(line, phase) ?? []);
        return values.length > 0 ? [{ at, value: values.reduce((sum, each) => sum + each, 0) / values.length }] : [];
      });
      return points.length > 0 ? [{ target, phase, points, periodMs }] : [];
    });
  });
}

const members = { DNS: 'dnsMs', TCP: 'tcpMs', TLS: 'tlsMs', body: 'bodyMs' } as const satisfies Partial<
  Record<LatencyPhase, keyof Phases>
>;

/** The connection is that of the first request that opened one, and the rest is the last request. */
function phaseOf(line: LogLine, phase: LatencyPhase): number | undefined {
  if (phase === 'first byte') return durationMs(line);
  const member = members[phase];
  const has = ({ phases }: Exchange) => phases[member] !== undefined;
  const exchanges = finalExchanges(line);
  return (phase === 'body' ? exchanges.findLast(has) : exchanges.find(has))?.phases[member];
}
