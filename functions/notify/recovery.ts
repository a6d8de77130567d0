import type { AlarmSubject, SubjectOf } from '../findings/alarm-subject.ts';
import { type Finding, severityLevels } from '../model/finding.ts';
import { type Group, groups } from '../model/probe.ts';
import { oneOf } from '../model/read.ts';
import { formatTarget } from '../model/target.ts';
import { findingsIn, type KeptRun, lateIntervals, readHistory } from '../state/history.ts';
import type { OpenIncident } from '../state/incident-item.ts';
import type { Kept } from '../state/kept.ts';

/** The messages about an open incident that do not follow from a change of its alarm. */
const nextSteps = ['firing', 'recovered', 'again', 'also', 'real', 'reminder'] as const;

export type NextStep = (typeof nextSteps)[number];

const minuteMs = 60_000;

/**
 * How many good runs in a row end an incident, at least. At one run a minute, the fourth is four minutes after the last
 * bad one, and the sweep comes within a minute of it. Three would be one minute earlier, but an endpoint that fails for
 * two runs of five would then recover at its first pause.
 */
const fewestGoodRuns = 4;

export interface StepOptions {
  readonly now: number;
  /** How long a page may stand before it is repeated. Absent: it is not. */
  readonly remindAfterMs?: number | undefined;
}

/**
 * What comes next in an incident:
 *
 * - It has recovered when every group that reported it has had more good runs in a row than ever between two bad ones, and
 *   at least four. An endpoint that flaps has pauses, and none of them is its end.
 * - It is back when, after that, as many runs were bad as the alarm needs. That is announced once. From then on CloudWatch
 *   alone ends the incident, which limits it to four messages, however it flaps.
 * - There is more when the alarm fires already, and will not fire again for a new finding: see `newsIn`.
 * - It is real when the alarm fires for a drill, and as many runs are bad as it needs without the drill.
 */
export function nextStep(
  incident: OpenIncident,
  subject: AlarmSubject,
  kept: Kept,
  { now, remindAfterMs }: StepOptions,
): NextStep | undefined {
  if (incident.state === 'resolved') return undefined;
  const step = subject.kind === 'findings' ? stepOfFindings(incident, subject, kept, now) : undefined;
  return step ?? (isReminderDue(incident, now, remindAfterMs) ? 'reminder' : undefined);
}

function stepOfFindings(
  incident: OpenIncident,
  subject: SubjectOf<'findings'>,
  kept: Kept,
  now: number,
): NextStep | undefined {
  const { state, recoveredAt = now, drill, isNotice } = incident;
  const histories = groups.flatMap((group) => historyOf(kept, group, subject, incident) ?? []);
  if ((drill || state !== 'recovered') && newsIn(incident, subject, kept)) return drill ? 'real' : 'also';
  if (state === 'firing' && !isNotice && hasRecovered(histories, now)) return 'recovered';
  return state === 'recovered' && !drill && isBack(histories, incident, recoveredAt) ? 'again' : undefined;
}

/** An open page that stands for too long is repeated. */
function isReminderDue({ state, route, toldAt, drill }: OpenIncident, now: number, afterMs = Number.POSITIVE_INFINITY) {
  const isOpen = state === 'firing' || state === 'again';
  return isOpen && !drill && route === 'page' && now - toldAt >= afterMs;
}

/** How long an undelivered message is retried. */
const retriedMs = 60 * minuteMs;

/** The step of an incident whose message some receivers did not get. */
export function unsentStep({ unsent, toldAt }: OpenIncident, now: number): NextStep | undefined {
  if (now - toldAt > retriedMs) return undefined;
  const [, step] = /#([a-z]+)[^#]*$/.exec(unsent ?? '') ?? [];
  return oneOf(nextSteps, step === 'resolved' ? 'recovered' : step);
}

/**
 * Returns the news to announce although the alarm fires already: an unsent notice; or
 * any other finding, if only notices or a drill were announced.
 */
export function newsIn(
  { isNotice, drill, runsToAlarm, since }: Pick<OpenIncident, 'isNotice' | 'drill' | 'runsToAlarm' | 'since'>,
  { domain, severity }: SubjectOf<'findings'>,
  { states, told, org }: Kept,
): Finding | undefined {
  const runs = groups.flatMap((group) => {
    const state = states[group];
    return state ? [readHistory(state, org).runs.filter(({ at }) => at >= since)] : [];
  });
  const shown = ({ lines }: KeptRun) =>
    lines.flatMap(findingsIn).filter((each) => each.domain === domain && each.severity === severity);
  const untold = runs
    .flatMap((each) => each.slice(-1).flatMap(shown))
    .find(({ once }) => once?.some((key) => !told.has(key)));
  if (untold || !(isNotice || drill)) return untold;
  const lasting = runs.flatMap((each) =>
    each.flatMap((run) =>
      shown(run)
        .filter(({ once }) => !once)
        .slice(0, 1),
    ),
  );
  return lasting.length >= runsToAlarm ? lasting.at(-1) : undefined;
}

/** The runs of a group since an incident began, in order: each is bad, good, or shows nothing. */
interface GroupHistory {
  readonly intervalMs: number;
  readonly runs: readonly { readonly at: number; readonly result: 'bad' | 'good' | 'unknown' }[];
}

function historyOf(
  kept: Kept,
  group: Group,
  subject: SubjectOf<'findings'>,
  { since, drill }: OpenIncident,
): GroupHistory | undefined {
  const state = kept.states[group];
  if (!state) return undefined;
  const runs = readHistory(state, kept.org).runs.filter(({ at }) => at >= since);
  const affectedBy = (run: KeptRun) => [...affectedIn(run, subject), ...(drill ? drilledIn(run, subject) : [])];
  const affected = new Set(runs.flatMap(affectedBy));
  if (affected.size === 0) return undefined;
  return {
    intervalMs: (state.intervalMinutes ?? 1) * minuteMs,
    runs: runs.map((run) => ({
      at: run.at,
      result: affectedBy(run).length > 0 ? 'bad' : resultOf(run, subject, affected),
    })),
  };
}

/** Returns the targets with a finding that makes the alarm fire. */
function affectedIn({ lines }: KeptRun, { domain, severity }: SubjectOf<'findings'>): readonly string[] {
  return lines.flatMap((line) => {
    const isShown = findingsIn(line).some((each) => each.domain === domain && each.severity === severity);
    return isShown && line.type !== 'monitor-error'
      ? [line.type === 'outcome' ? formatTarget(line) : formatTarget({})]
      : [];
  });
}

/** Returns the same for a drilled finding. */
function drilledIn({ lines }: KeptRun, { domain, severity }: SubjectOf<'findings'>): readonly string[] {
  return lines.flatMap((line) =>
    line.type === 'drill' && line.finding.domain === domain && line.finding.severity === severity
      ? [formatTarget({})]
      : [],
  );
}

/**
 * A run that shows nothing of it is good only if everything that was affected passed in it, without a finding of this fault domain that is as severe
 * or more. A run in which something else failed there says nothing of this incident.
 */
function resultOf(run: KeptRun, subject: SubjectOf<'findings'>, affected: ReadonlySet<string>): 'good' | 'unknown' {
  const worse = run.lines
    .flatMap(findingsIn)
    .some(
      ({ domain, severity }) =>
        domain === subject.domain && severityLevels[severity] > severityLevels[subject.severity],
    );
  const passed = new Set(
    run.lines.flatMap((line) => (line.type === 'outcome' && line.status === 'passed' ? [formatTarget(line)] : [])),
  );
  const isAllPassed = [...affected].every((target) => target === formatTarget({}) || passed.has(target));
  return !worse && isAllPassed ? 'good' : 'unknown';
}

function hasRecovered(histories: readonly GroupHistory[], now: number): boolean {
  return histories.length > 0 && histories.every((history) => isQuiet(history, now));
}

function isQuiet({ runs, intervalMs }: GroupHistory, now: number): boolean {
  const pauses: number[] = [];
  let good = 0;
  for (const [index, { at, result }] of runs.entries()) {
    // Missing runs count as unknown.
    const isMissing = at - (runs[index - 1]?.at ?? at) > lateIntervals * intervalMs;
    if (isMissing) good = 0;
    if (result === 'good') good += 1;
    else {
      pauses.push(good);
      good = 0;
    }
  }
  const last = runs.at(-1)?.at ?? 0;
  return good >= Math.max(fewestGoodRuns, 1 + Math.max(0, ...pauses)) && now - last <= lateIntervals * intervalMs;
}

function isBack(
  histories: readonly GroupHistory[],
  { runsToAlarm, lookBackMs }: OpenIncident,
  recoveredAt: number,
): boolean {
  return histories.some(({ runs }) => {
    const last = runs.at(-1)?.at ?? 0;
    const bad = runs.filter(({ at, result }) => result === 'bad' && at > recoveredAt && at > last - lookBackMs);
    return bad.length >= runsToAlarm;
  });
}
