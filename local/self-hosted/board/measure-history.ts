import { type LatencyPhase, type LatencySeries, latencyPhases, type Measured } from '../../../functions/board/board.ts';
import { shownMetrics } from '../../../functions/board/measured-series.ts';
import type { TimeRange } from '../../../functions/board/read-measured.ts';
import { metricNamespace } from '../../../functions/model/deployment.ts';
import type { Exchange, Phases } from '../../../functions/model/exchange.ts';
import type { LogLine } from '../../../functions/model/log-line.ts';
import { durationMs, finalExchanges } from '../../../functions/model/outcome.ts';
import { formatTarget } from '../../../functions/model/target.ts';
import type { HistoryReader } from '../history/read-history.ts';

const minuteMs = 60_000;

/** A graph has no room for more. */
const mostPoints = 180;

/** What a history has measured of an org: latency by phase, headroom, and what expires. */
export function measureHistory(
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
