import { type AlarmSubject, alarmName, alarmSubject } from '../findings/alarm-subject.ts';
import { type HitTarget, type Impact, impactOf } from '../findings/impact.ts';
import type { Exchange } from '../model/exchange.ts';
import { type FaultDomain, faultDomains } from '../model/fault-domain.ts';
import type { Finding, Route } from '../model/finding.ts';
import { routes } from '../model/finding.ts';
import type { LogLine } from '../model/log-line.ts';
import type { Group } from '../model/probe.ts';
import { formatTarget } from '../model/target.ts';
import { findingsIn } from '../state/history.ts';
import type { OpenIncident } from '../state/incident-item.ts';
import type { Kept } from '../state/kept.ts';
import type { GroupRuns } from './group-runs.ts';

/** The findings of the last runs of one fault domain and severity: the subject of one alarm. */
export interface Problem {
  readonly domain: FaultDomain;
  readonly severity: Route;
  readonly group: Group;
  /** The finding at the most targets. */
  readonly finding: Finding;
  /** `token@default`, or `the run`. */
  readonly targets: readonly string[];
  /** The request that shows it. */
  readonly exchange?: Exchange;
  /** The effect on people. Undefined if nothing fails. */
  readonly impact?: Impact;
  readonly since: number;
  /** Whether it has lasted long enough for an alarm to fire. */
  readonly isLasting: boolean;
  /** The incident as it was announced. */
  readonly incident?: OpenIncident;
}

interface Found {
  readonly runs: GroupRuns;
  readonly finding: Finding;
  readonly target: string;
  readonly line?: LogLine;
}

/** The problems of an org now, the gravest first. A group that is late says nothing of now. */
export function problemsOf(all: readonly GroupRuns[], kept: Kept, deployment: string, now: number): readonly Problem[] {
  const found = all.flatMap((runs) => (runs.isLate ? [] : foundIn(runs)));
  const pairs = routes.flatMap((severity) => faultDomains.map((domain) => ({ domain, severity })));
  return pairs.flatMap(({ domain, severity }) => {
    const own = found.filter(({ finding }) => finding.domain === domain && finding.severity === severity);
    return own.length > 0 ? [problemOf({ domain, severity }, own, all, kept, deployment, now)] : [];
  });
}

function foundIn(runs: GroupRuns): readonly Found[] {
  return runs.last.flatMap((line): readonly Found[] => {
    if (line.type !== 'outcome' && line.type !== 'finding') return [];
    const target = line.type === 'outcome' ? formatTarget(line) : formatTarget({});
    return findingsIn(line).map((finding) => ({ runs, finding, target, ...(line.type === 'outcome' && { line }) }));
  });
}

/** An alarm fires within this time, unless its group runs rarely: a ticket takes four runs, and the alarm some minutes. */
const alarmMs = 10 * 60_000;
const alarmIntervals = 6;

function problemOf(
  { domain, severity }: Pick<Problem, 'domain' | 'severity'>,
  found: readonly Found[],
  all: readonly GroupRuns[],
  { org, incidents }: Kept,
  deployment: string,
  now: number,
): Problem {
  const byCode = Object.values(Object.groupBy(found, ({ finding }) => finding.code));
  const [lead = []] = byCode.toSorted((one = [], other = []) => other.length - one.length);
  const [first = found[0]] = lead;
  if (!first) throw new TypeError('a problem without a finding');
  // The findings of some groups have an alarm for each probe.
  const subjects: readonly AlarmSubject[] = [
    { kind: 'findings', org, domain, severity },
    ...found.flatMap(({ line }) => (line ? [{ kind: 'probe-failing', org, probe: line.probe } as const] : [])),
  ];
  const incident = subjects
    .flatMap((subject) => incidents.get(alarmName(subject, deployment))?.incident ?? [])
    .find(({ state, drill }) => state !== 'resolved' && !drill);
  const began = Math.min(...found.map(({ runs, target }) => beganAt(runs, target)));
  const since = Math.min(began, isOver(incident) ? began : (incident?.since ?? began));
  const hit = found.flatMap(({ line, runs, target }) =>
    line?.status === 'failed' ? hitOf(line, runs, target, since) : [],
  );
  const isAnythingFine = all.some(({ last }) =>
    last.some((each) => each.type === 'outcome' && each.status === 'passed'),
  );
  const impact = impactOf({ ...first.finding, domain, severity, hit, isAnythingFine });
  const exchange = first.line?.exchanges.at(-1);
  return {
    ...{ domain, severity, group: first.runs.group, finding: first.finding, since },
    targets: [...new Set(found.map(({ target }) => target))],
    isLasting: now - began > Math.max(alarmMs, alarmIntervals * first.runs.intervalMs),
    ...(exchange && { exchange }),
    ...(impact && { impact }),
    ...(incident && { incident }),
  };
}

/** Whether people were told that an incident is over. */
export function isOver(incident: OpenIncident | undefined): boolean {
  return incident?.state === 'recovered';
}

/** The first of the bad runs in a row that end with the last run. */
function beganAt({ runs, lastAt }: GroupRuns, target: string): number {
  const good = runs.findLastIndex(({ marks }) => marks.get(target) === 'passed');
  return runs.slice(good + 1).find(({ marks }) => marks.has(target))?.at ?? lastAt;
}

function hitOf({ probe, server }: LogLine, { runs }: GroupRuns, target: string, since: number): readonly HitTarget[] {
  const isIntermittent = runs.some(({ at, marks }) => at >= since && marks.get(target) === 'passed');
  return [{ probe, ...(server !== undefined && { server }), isIntermittent }];
}

/** An announced incident that is not resolved, with the subject of its alarm. */
export interface ToldIncident {
  readonly incident: OpenIncident;
  readonly subject: AlarmSubject;
}

export function toldIncidents({ incidents }: Pick<Kept, 'incidents'>, deployment: string): readonly ToldIncident[] {
  return [...incidents.values()]
    .flatMap(({ incident }) => {
      const subject = alarmSubject(incident.alarm, deployment);
      return subject && incident.state !== 'resolved' ? [{ incident, subject }] : [];
    })
    .toSorted((one, other) => other.incident.since - one.incident.since);
}
