import { type Finding, severityLevels } from '../model/finding.ts';
import type { DrillLine, FindingLine, LogLine, MonitorErrorLine, RunStamp } from '../model/log-line.ts';
import type { SentRequest } from '../model/org-log.ts';
import { findingsOf } from '../model/outcome.ts';
import type { Group } from '../model/probe.ts';
import type { Slo } from '../model/slo.ts';
import type { GroupState, KeptOutcome, KeptRateLimit, PassedOutcome, RunMoment } from '../model/state.ts';
import { formatTarget } from '../model/target.ts';
import { locate } from '../okta/endpoints.ts';

/** A line that a run writes to its log. */
export type RunLine = LogLine | FindingLine | DrillLine | MonitorErrorLine;

/** One run, as its log has it. */
export interface KeptRun {
  /** The minute that it was due in, or when it began if no schedule started it. Milliseconds since the epoch. */
  readonly at: number;
  readonly lines: readonly RunLine[];
}

/** The recent runs of a group, in order of time. */
export interface History {
  readonly org: string;
  readonly runs: readonly KeptRun[];
  /** Earlier runs are left out. Absent if there were none. */
  readonly from?: number;
}

/** Lines that several runs share. The lines of hundreds of runs are made only when they are needed. */
interface Kind {
  /** Lines with the same key say the same. See `keyOf`. */
  readonly key: string;
  readonly isBad: boolean;
  lineOf(run: Run): RunLine;
}

/** A run in few words. `kinds` may be shared with other runs. */
interface Run {
  readonly at: number;
  readonly isLast: boolean;
  readonly kinds: readonly Kind[];
}

interface Runs {
  readonly runs: readonly Run[];
  /** As in `History`. */
  readonly from?: number;
}

/** A run to add to the history, and its event's facts about the schedule. */
export interface NewRun extends KeptRun {
  readonly org: string;
  readonly executionId?: string | undefined;
  readonly intervalMinutes?: number | undefined;
  /** The groups that should run for the org, with their intervals in minutes. */
  readonly expects?: Readonly<Partial<Record<Group, number>>> | undefined;
  readonly slo?: Slo | undefined;
}

const minuteMs = 60_000;

/** The most runs that are kept: as many as the board shows. Messages look back as far as their alarm does, which is less. */
export const fewestRuns = 60;
const shortestMs = 20 * minuteMs;

/** After a bad run, the runs of this time are kept: most incidents are shorter. */
const longestMs = 120 * minuteMs;

/** The most lines that messages show with the same finding at the same target. */
const mostLines = 3;

/**
 * The most characters of a state. The table's own limit is 400 kB. A healthy state has one or two thousand; an outage of
 * everything less than this. Left out first are all but the last line of each outcome, then the older half of the
 * runs, again and again, and the requests of the last run at the very end.
 */
export const mostCharacters = 100_000;

/**
 * The state with one more run. Runs may be added in any order: each has its place in time. Of two runs of one event, the
 * first counts.
 */
export function withRun(before: GroupState | undefined, run: NewRun): GroupState {
  const isRepeated = run.executionId !== undefined && run.executionId === before?.executionId;
  if (before && isRepeated) return before;
  const latest = latestBelieved(run);
  const state = before && withoutMomentsAfter(before, latest);
  const all: Runs = state ? runsOf(state, run.org) : { runs: [] };
  const known = { ...all, runs: all.runs.filter(({ at }) => at <= latest) };
  const added: Run = { at: run.at, isLast: true, kinds: run.lines.map((line) => kindOf(line, () => line)) };
  const runs = [...known.runs, added].toSorted((one, other) => one.at - other.at);
  const last = runs.at(-1)?.at ?? run.at;
  return {
    last: momentOf(last),
    ...(last === run.at ? settingsOf(run, state) : knownSettings(state)),
    ...withTokenRequests(state, run),
    ...turningPoints(runs, state),
    unbroken: unbrokenSince(run, state),
    ...compressed(recent({ ...known, runs })),
  };
}

type Settings = Pick<GroupState, 'executionId' | 'intervalMinutes' | 'expects' | 'slo' | 'rateLimits'>;

/** Returns the schedule and limits of the latest run. Settings that it lacks stay as they were. */
function settingsOf(run: NewRun, state: GroupState | undefined): Settings {
  const { executionId, intervalMinutes, expects, slo } = knownSettings(state);
  return defined({
    executionId: run.executionId ?? executionId,
    intervalMinutes: run.intervalMinutes ?? intervalMinutes,
    expects: run.expects ? expectedGroups(run.expects, run.at, state) : expects,
    slo: run.expects ? run.slo : slo,
    ...rateLimitsIn(run),
  });
}

function knownSettings(state: Settings = {}): Settings {
  const { executionId, intervalMinutes, expects, slo, rateLimits } = state;
  return defined({ executionId, intervalMinutes, expects, slo, rateLimits });
}

/** Drops members without a value. */
function defined(settings: { readonly [Name in keyof Settings]: Settings[Name] | undefined }): Settings {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

/** Runs of a group may end in another order, but not this much: a scheduled one begins within five minutes. */
const mostDisorderMs = 15 * minuteMs;

/**
 * Runs that are later than this were written by a clock that was ahead. For a scheduled run, the clocks of the schedule and
 * of the function agree; another run contradicts nothing.
 */
function latestBelieved({ at }: NewRun): number {
  return at % minuteMs === 0 ? at + mostDisorderMs : Number.POSITIVE_INFINITY;
}

function withoutMomentsAfter(state: GroupState, latest: number): GroupState {
  if (timeOfMoment(state.last) <= latest) return state;
  const { lastGood, failing, unbroken, ...rest } = state;
  const believed = Object.entries({ lastGood, failing, unbroken }).filter(
    ([, moment]) => moment && timeOfMoment(moment) <= latest,
  );
  return { ...rest, ...Object.fromEntries(believed) };
}

/** Enough token requests for some minutes of an org with a few servers. */
const mostTokenRequests = 10;

function withTokenRequests(state: GroupState | undefined, { lines }: NewRun): Pick<GroupState, 'tokenRequests'> {
  const known = Array.isArray(state?.tokenRequests) ? state.tokenRequests : [];
  const exchanges = lines.flatMap((line) => (line.type === 'outcome' ? line.exchanges : []));
  const added = exchanges.flatMap(({ url, at, status, requestId }) =>
    status === 200 && requestId !== undefined && locate(url)?.endpoint === 'token' ? [{ requestId, at }] : [],
  );
  const tokenRequests = [...known, ...added].slice(-mostTokenRequests);
  return tokenRequests.length > 0 ? { tokenRequests } : {};
}

/** Trap: a limit of 0 is one of concurrency, and no number of requests in a minute. */
function rateLimitsIn({ lines }: NewRun): Pick<GroupState, 'rateLimits'> {
  const rateLimits: Record<string, KeptRateLimit> = {};
  const exchanges = lines.flatMap((line) => (line.type === 'outcome' ? line.exchanges : []));
  for (const { url, rateLimit, ofResource } of exchanges) {
    const bucket = ofResource ? undefined : locate(url)?.bucket;
    if (bucket === undefined || !rateLimit || rateLimit.limit <= 0) continue;
    const { remaining = rateLimit.remaining, requests = 0 } = rateLimits[bucket] ?? {};
    rateLimits[bucket] = {
      limit: rateLimit.limit,
      remaining: Math.min(remaining, rateLimit.remaining),
      requests: requests + 1,
    };
  }
  return Object.keys(rateLimits).length > 0 ? { rateLimits } : {};
}

/** The latest token requests in a state. Trap: another version of the monitor may have written it. */
export function tokenRequestsIn(state: GroupState | undefined): readonly SentRequest[] {
  const { tokenRequests } = Object(state) as { readonly tokenRequests?: unknown };
  if (!Array.isArray(tokenRequests)) return [];
  return tokenRequests.flatMap((one) => {
    const { requestId, at } = Object(one) as Readonly<Record<string, unknown>>;
    const sentAtMs = typeof at === 'string' ? Date.parse(at) : Number.NaN;
    return typeof requestId === 'string' && Number.isFinite(sentAtMs) ? [{ requestId, sentAtMs }] : [];
  });
}

/**
 * Whether the run of this time is kept, and a probe passed in it. A run that is older than all that are kept is taken for
 * one: callers would otherwise redo work that is almost certainly done.
 */
export function hasPassed(state: GroupState | undefined, org: string, probe: string, at: number): boolean {
  const runs = state ? readHistory(state, org).runs : [];
  const [oldest] = runs;
  if (oldest && at < oldest.at) return true;
  return runs.some(
    (run) =>
      run.at === at &&
      run.lines.some((line) => line.type === 'outcome' && line.probe === probe && line.status === 'passed'),
  );
}

/** The runs that a state holds. */
export function readHistory(state: GroupState, org: string): History {
  const { runs, ...history } = runsOf(state, org);
  return { ...history, org, runs: runs.map((run) => ({ at: run.at, lines: linesOf(run) })) };
}

/** Whether any of the kept runs failed to do something. */
export function hasFailures({ outcomes }: GroupState): boolean {
  return outcomes.some((outcome) => 'lines' in outcome && (outcome.lines as readonly RunLine[]).some(isFailure));
}

function runsOf(state: GroupState, org: string): Runs {
  const last = timeOfMoment(state.last);
  const kinds = state.outcomes.map((outcome) => keptKind(outcome, org));
  const runs = state.runs.flatMap(({ of, agoMs }) => {
    const reported = of.flatMap((index) => kinds[index] ?? []);
    return agoMs.map((ago): Run => ({ at: last - ago, isLast: ago === 0, kinds: reported }));
  });
  const { reachesBackMs } = state;
  return {
    runs: runs.toSorted((one, other) => one.at - other.at),
    ...(reachesBackMs !== undefined && { from: last - reachesBackMs }),
  };
}

function keptKind(outcome: KeptOutcome, org: string): Kind | undefined {
  const lineOf = ({ at, isLast }: Pick<Run, 'at' | 'isLast'>) => lineAt(outcome, at, org, isLast);
  const example = lineOf({ at: 0, isLast: false });
  return example && kindOf(example, (run) => lineOf(run) ?? example);
}

/** Trap: readers of lines must check them. Lines of another version may have no key. */
function kindOf(line: RunLine, lineOf: Kind['lineOf']): Kind {
  let [key, isBad]: [string?, boolean?] = [];
  return {
    lineOf,
    get key() {
      key ??= keyOf(line);
      return key;
    },
    get isBad() {
      isBad ??= isBadLine(line);
      return isBad;
    },
  };
}

function linesOf(run: Run): readonly RunLine[] {
  return run.kinds.map((kind) => kind.lineOf(run));
}

/** How the lines of a run are stamped that began at this time. */
function stampAt(time: number): RunStamp {
  const moment = momentOf(time);
  return 'due' in moment ? { at: moment.due, due: moment.due } : moment;
}

/** Scheduled runs go by whole minutes. */
function momentOf(time: number): RunMoment {
  const iso = new Date(time).toISOString();
  return time % minuteMs === 0 ? { due: iso } : { at: iso };
}

/** In milliseconds since the epoch. */
export function timeOfMoment(moment: RunMoment): number {
  return Date.parse('due' in moment ? moment.due : moment.at);
}

/** Whether a run reported a finding that needs action. */
export function isBad({ lines }: KeptRun): boolean {
  return lines.some(isBadLine);
}

function isBadLine(line: RunLine): boolean {
  return line.type === 'monitor-error' || isFailure(line) || findingsIn(line).some(notifies);
}

const isBadRun = ({ kinds }: Run): boolean => kinds.some((kind) => kind.isBad);

function isFailure(line: RunLine): boolean {
  return line.type === 'outcome' && line.status === 'failed';
}

function notifies({ severity }: Finding): boolean {
  return severityLevels[severity] > 0;
}

/** Returns the findings of a line, without drilled ones. */
export function findingsIn(line: RunLine): readonly Finding[] {
  if (line.type === 'finding') return [line.finding];
  return line.type === 'outcome' ? findingsOf(line) : [];
}

/** Since when a group has been expected, which the previous state may know. Both times are those of a last run. */
function expectedGroups(
  expects: NonNullable<NewRun['expects']>,
  at: number,
  state: GroupState | undefined,
): NonNullable<GroupState['expects']> {
  return Object.fromEntries(
    Object.entries(expects).map(([group, intervalMinutes]) => {
      const known = state?.expects?.[group as Group];
      const since = known && state ? timeOfMoment(state.last) - known.agoMs : at;
      return [group, { intervalMinutes, agoMs: at - since }];
    }),
  );
}

/** The intervals after which a run is not the successor of the one before. */
export const lateIntervals = 2.5;

function unbrokenSince(run: NewRun, state: GroupState | undefined): RunMoment {
  if (!state?.unbroken) return momentOf(run.at);
  const { last, unbroken, intervalMinutes = run.intervalMinutes ?? 1 } = state;
  return run.at - timeOfMoment(last) > lateIntervals * intervalMinutes * minuteMs ? momentOf(run.at) : unbroken;
}

function turningPoints(runs: readonly Run[], state: GroupState | undefined): Pick<GroupState, 'lastGood' | 'failing'> {
  const lastGood = runs.findLast((run) => !isBadRun(run));
  const good = lastGood ? momentOf(lastGood.at) : state?.lastGood;
  const isFailing = lastGood !== runs.at(-1);
  // Without a good run among those that are kept, an earlier start is known only from the previous state.
  const first = runs.find(({ at }) => at > (lastGood?.at ?? Number.NEGATIVE_INFINITY));
  const failing = lastGood === undefined && state?.failing ? state.failing : first && momentOf(first.at);
  return { ...(good && { lastGood: good }), ...(isFailing && failing && { failing }) };
}

/** Without the runs that no message needs. */
function recent({ runs, from }: Runs): Runs {
  const last = runs.at(-1)?.at ?? 0;
  const firstBad = runs.find((run) => run.at >= last - longestMs && isBadRun(run))?.at ?? last;
  const first = runs.findIndex(({ at }, index) => index >= runs.length - fewestRuns || at >= firstBad - shortestMs);
  return since({ runs, ...(from !== undefined && { from }) }, first);
}

/** The history from the run at this position on. */
function since({ runs, from }: Runs, first: number): Runs {
  const dropped = runs[first - 1];
  const begins = dropped ? dropped.at + 1 : from;
  return { runs: runs.slice(first), ...(begins !== undefined && { from: begins }) };
}

type Compressed = Pick<GroupState, 'reachesBackMs' | 'outcomes' | 'runs'>;

/** The history in as much detail as fits. */
function compressed(history: Runs): Compressed {
  for (const most of [mostLines, 1]) {
    const attempt = compress(history, most);
    if (JSON.stringify(attempt).length <= mostCharacters) return attempt;
  }
  if (history.runs.length > 1) return compressed(since(history, Math.ceil(history.runs.length / 2)));
  return compress({ ...history, runs: history.runs.map(withoutExchanges) }, 1);
}

function compress({ runs, from }: Runs, most: number): Compressed {
  const last = runs.at(-1)?.at ?? 0;
  const byKey = new Map<string, { readonly index: number; readonly reports: Report[] }>();
  const byOutcomes = new Map<string, number[]>();
  for (const run of runs) {
    const of = run.kinds.map((kind) => {
      const known = byKey.get(kind.key) ?? { index: byKey.size, reports: [] };
      byKey.set(kind.key, known);
      known.reports.push({ kind, run });
      return known.index;
    });
    const outcomes = JSON.stringify(of);
    const agoMs = byOutcomes.get(outcomes) ?? [];
    byOutcomes.set(outcomes, agoMs);
    agoMs.push(last - run.at);
  }
  const needed = serversToRepeat(runs);
  return {
    ...(from !== undefined && { reachesBackMs: last - from }),
    outcomes: [...byKey.values()].map(({ reports }) => keptOutcome(reports, most, needed)),
    runs: [...byOutcomes].map(([of, agoMs]) => ({ of: JSON.parse(of), agoMs })),
  };
}

/** One line of a run, which is not made yet. */
interface Report {
  readonly kind: Kind;
  readonly run: Run;
}

const lineOfReport = ({ kind, run }: Report): RunLine => kind.lineOf(run);

/** Lines with the same key say the same, apart from the requests, the notes and what exactly was seen. */
function keyOf(line: RunLine): string {
  const findings = findingsIn(line).map(({ code, domain, severity }) => `${code} ${domain} ${severity}`);
  if (line.type === 'finding') return JSON.stringify([line.type, findings]);
  if (line.type === 'drill') return JSON.stringify([line.type, line.finding.code, line.by, line.page]);
  if (line.type === 'monitor-error') return JSON.stringify([line.type, line.name, line.frames]);
  const { status, retriedAfter = '' } = line;
  const because = line.status === 'skipped' ? line.because : '';
  return JSON.stringify([formatTarget(line), status, retriedAfter, because, findings.sort()]);
}

type PassedLine = LogLine & { readonly status: 'passed' };

/** Whether nothing is to be said of an outcome but that it passed. */
function isPassed(line: RunLine): line is PassedLine {
  return line.type === 'outcome' && line.status === 'passed' && line.warnings.length === 0;
}

function keptOutcome(reports: readonly Report[], most: number, needed: ReadonlySet<string>): KeptOutcome {
  const [last] = reports.slice(-1).map(lineOfReport);
  if (last && isPassed(last)) {
    const { probe, server, retriedAfter, notes, durationMs } = last;
    const repeats = server !== undefined && needed.has(server) && last.exchanges.length > 0;
    if (!repeats) {
      return {
        probe,
        ...(server !== undefined && { server }),
        ...(retriedAfter !== undefined && { retriedAfter }),
        // Messages read the notes of the status page's probe. Other notes may be many, and differ each time.
        ...(server === undefined && notes.length > 0 && { notes }),
        ...(durationMs !== undefined && { durationMs: Math.round(durationMs) }),
      };
    }
    return { lines: [last] };
  }
  // A line that was shortened before does not become whole again.
  const lines = reports.map(lineOfReport);
  const whole = lines.filter((line) => !('isShortened' in line));
  return { lines: (whole.length > 0 ? whole : lines).slice(-most) };
}

/**
 * The servers at which a probe failed without making a request: people repeat the request whose answer it judged,
 * which another outcome has.
 */
function serversToRepeat(runs: readonly Run[]): ReadonlySet<string> {
  const servers = runs
    .filter(isBadRun)
    .flatMap((run) =>
      linesOf(run).flatMap((line) =>
        line.type === 'outcome' && line.status === 'failed' && line.exchanges.length === 0 ? (line.server ?? []) : [],
      ),
    );
  return new Set(servers);
}

/** The line of a run at this time: the one that was kept, or one like it without requests. */
function lineAt(outcome: KeptOutcome, at: number, org: string, isLast: boolean): RunLine | undefined {
  const stamp = stampAt(at);
  if (!('lines' in outcome)) return passedLine(outcome, stamp, org, isLast);
  const lines = outcome.lines as readonly RunLine[];
  const own = lines.find((line) => Date.parse(line.due ?? line.at) === at);
  const [last] = lines.slice(-1);
  if (own || !last) return own;
  const { executionId: _, due: __, ...rest } = last;
  const shortened: object = { ...rest, ...stamp, ...(last.type === 'outcome' && { exchanges: [] }), isShortened: true };
  return shortened as RunLine;
}

function passedLine(
  { probe, server, retriedAfter, notes = [], durationMs }: PassedOutcome,
  stamp: RunStamp,
  org: string,
  isLast: boolean,
): RunLine {
  return {
    ...{ type: 'outcome', ...stamp, org, probe, ...(server !== undefined && { server }) },
    ...{ exchanges: [], ...(retriedAfter !== undefined && { retriedAfter }) },
    ...(isLast && durationMs !== undefined && { durationMs }),
    ...{ status: 'passed', readings: {}, notes, warnings: [] },
  };
}

function withoutExchanges(run: Run): Run {
  const lineOf = (kind: Kind) => (of: Run) => {
    const line = kind.lineOf(of);
    return line.type === 'outcome' ? { ...line, exchanges: [] } : line;
  };
  return { ...run, kinds: run.kinds.map((kind) => ({ ...kind, lineOf: lineOf(kind) })) };
}
