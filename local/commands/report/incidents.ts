import { alarmName } from '../../../functions/findings/alarm-subject.ts';
import { runsToAlarm, windowRuns } from '../../../functions/findings/finding-alarms.ts';
import type { Range } from '../../../functions/findings/slo.ts';
import { type FaultDomain, faultDomains } from '../../../functions/model/fault-domain.ts';
import type { Route } from '../../../functions/model/finding.ts';
import { occurrencesIn } from '../../../functions/notify/occurrences.ts';
import { domainMinutes, joined, type Slot } from './slots.ts';
import type { AlarmChange, FoundEvidence, Period, ReportSource } from './source.ts';

/** Findings of one fault domain with no more than ten runs between them, which is what an alarm counts as one. */
export interface IncidentTime extends Period {
  readonly domain: FaultDomain;
  /** The worst that was reported. */
  readonly severity: Route;
  readonly pageMinutes: Range;
  readonly ticketMinutes: Range;
}

export interface Incident extends IncidentTime {
  /** When its alarm fired, which may be before it. `unknown` where the changes of alarms are no longer known; absent if it did not fire. */
  readonly firedAt?: number | 'unknown';
  /** The findings that the logs show, the leading one first. */
  readonly findings: readonly IncidentFinding[];
  /** A drill, during which nothing else was found. Trap: its points are real, so its minutes count. */
  readonly isDrill?: true;
  /** What could not be read. */
  readonly problem?: string;
}

export interface IncidentFinding {
  readonly code: string;
  readonly summary: string;
  /** Where: `token@default`. */
  readonly targets: readonly string[];
  /** Some requests that show it, oldest first: the last of each target in the minutes that were read. */
  readonly requests: readonly IncidentRequest[];
}

/** A request as evidence. */
export interface IncidentRequest {
  /** ISO 8601. */
  readonly at: string;
  readonly method: string;
  readonly url: string;
  /** `500`, or the code of a transport error. */
  readonly answer: string;
  readonly requestId?: string;
}

const minuteMs = 60_000;

/** How long after the start the logs are read: what began it. Then the last minutes of a long one. */
const evidenceMs = 5 * minuteMs;

/** A run may begin late in its minute, and is logged when it ends. */
const loggedMs = 2 * minuteMs;

const [mostRequests, mostFindings] = [5, 4];

/** Every time at which a fault domain had findings, and how many of them were too short for an alarm. */
export function incidentTimes(slots: readonly Slot[], intervalMinutes: number): readonly IncidentTime[] {
  const patienceMs = windowRuns * intervalMinutes * minuteMs;
  const times = faultDomains.flatMap((domain) => {
    const bad = slots.filter(({ page, ticket }) => page[domain] ?? ticket[domain]);
    return joined(bad, patienceMs).map((time): IncidentTime => {
      const own = bad.filter(({ start }) => start >= time.start && start < time.end);
      const [pageMinutes, ticketMinutes] = [domainMinutes(own, domain, 'page'), domainMinutes(own, domain, 'ticket')];
      return { ...time, domain, severity: pageMinutes.most > 0 ? 'page' : 'ticket', pageMinutes, ticketMinutes };
    });
  });
  return times.toSorted((one, other) => one.start - other.start);
}

/** Whether as many runs were bad as an alarm needs. */
export function isLongEnough(time: IncidentTime, intervalMinutes: number): boolean {
  const { domain, pageMinutes, ticketMinutes } = time;
  const isEnough = (severity: Route, minutes: number) => minutes >= runsToAlarm({ domain, severity }) * intervalMinutes;
  return isEnough('page', pageMinutes.most) || isEnough('ticket', ticketMinutes.most);
}

/** Adds to an incident what alarms and logs say of it. */
export async function completed(
  source: ReportSource,
  time: IncidentTime,
  org: { readonly name: string; readonly deployment?: string },
  changes: readonly AlarmChange[],
  intervalMinutes: number,
): Promise<Incident> {
  const until = time.end + windowRuns * intervalMinutes * minuteMs;
  const before = changes.findLast(({ at }) => at <= time.start);
  const fired =
    before?.to === 'ALARM' ? before : changes.find(({ at, to }) => to === 'ALARM' && at > time.start && at <= until);
  const firedAt = fired?.at ?? (time.start < source.alarmsKnownSince ? ('unknown' as const) : undefined);
  const first = { start: time.start, end: Math.min(time.end, time.start + evidenceMs) };
  const last = { start: Math.max(first.end, time.end - minuteMs), end: time.end };
  const evidenceOf = ({ start, end }: Period) => source.evidence(org.name, { start, end: end + loggedMs });
  const found = [await evidenceOf(first)];
  if (last.start < last.end) found.push(await evidenceOf(last));
  const problem = found.find((each) => each.problem)?.problem;
  const findings = findingsIn(found, time);
  const isDrilled = found.some(({ lines }) =>
    lines.some(({ line }) => line.type === 'drill' && line.finding.domain === time.domain),
  );
  return {
    ...time,
    ...(firedAt !== undefined && { firedAt }),
    findings,
    ...(isDrilled && findings.length === 0 && { isDrill: true as const }),
    ...(problem !== undefined && { problem }),
  };
}

/** The alarm that reports an incident. */
export function alarmOf(
  { domain, severity }: IncidentTime,
  org: { readonly name: string; readonly deployment?: string },
) {
  return alarmName({ kind: 'findings', org: org.name, domain, severity }, org.deployment);
}

function findingsIn(
  found: readonly FoundEvidence[],
  { domain, severity, start, end }: IncidentTime,
): readonly IncidentFinding[] {
  const lines = found.flatMap((each) => each.lines).filter(({ time }) => time >= start && time < end);
  const occurrences = occurrencesIn(lines, (finding) => finding.domain === domain && finding.severity === severity);
  return occurrences.slice(0, mostFindings).map(({ finding, targets }) => {
    const exchanges = targets.flatMap(({ outcomes }) => outcomes.flatMap((outcome) => outcome.exchanges.slice(-1)));
    return {
      ...{ code: finding.code, summary: finding.summary, targets: targets.map(({ target }) => target) },
      requests: exchanges
        .toSorted((one, other) => (one.at < other.at ? -1 : 1))
        .slice(0, mostRequests)
        .map(({ at, method, url, status, failure, requestId }) => ({
          ...{ at, method, url, answer: String(status ?? failure?.code ?? 'no answer') },
          ...(requestId !== undefined && { requestId }),
        })),
    };
  });
}
