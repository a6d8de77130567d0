import type { FindingCode } from '../findings/finding.ts';
import type { Exchange } from '../model/exchange.ts';
import { type Finding, severityLevels } from '../model/finding.ts';
import type { LogLine } from '../model/log-line.ts';
import type { Org } from '../model/org.ts';
import type { Probe } from '../model/probe.ts';
import type { GroupState } from '../model/state.ts';
import { formatTarget } from '../model/target.ts';
import { bucketOf, locate } from '../okta/endpoints.ts';
import { isRateLimited, limitOwner } from '../okta/rate-limit.ts';
import { enabledProbes, type PlannedProbe, planProbes, targetOf } from '../probes/plan.ts';
import { type History, hasFailures, type KeptRun, lateIntervals, readHistory } from '../state/history.ts';
import type { RunReport } from './run.ts';
import type { RunTime } from './run-time.ts';

/** The requests that a run leaves out, so that an org in trouble gets fewer requests from the monitor, not more. */
export interface Restraint {
  /** The circuit breaker is open: this target asks first, and the others only if Okta answers it. */
  readonly first?: string;
  /** The targets that do not ask in this run. */
  readonly held: ReadonlyMap<string, Held>;
}

/** Why a target sends no request, and its known state. */
export interface Held {
  readonly because: string;
  /** Okta's last answer, which still holds. */
  readonly finding?: Finding;
}

export const unrestrained: Restraint = { held: new Map() };

/** The number of runs with only 5xx from Okta that opens the circuit breaker. */
export const runsToOpen = 3;

/** What 5xx answers of Okta are called. */
const outages: readonly FindingCode[] = [
  'internal-error',
  'gateway-error',
  'temporarily-unavailable',
  'read-only-mode',
];

/** Longer than any window of a rate limit, so that a wrong header cannot silence the monitor for a day. */
const mostHeldMs = 10 * 60_000;

const minuteMs = 60_000;

export interface RestraintOptions {
  readonly plan: readonly PlannedProbe[];
  /** The runs of the group before this one. */
  readonly history: History | undefined;
  readonly intervalMinutes: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * Decides from earlier runs which requests to leave out:
 *
 * - After three runs in which nothing worked and Okta answered 5xx, or after a 503 that says when to come back, one light
 *   probe asks. As soon as Okta answers it, the same run asks everything else, so that a recovery is seen as early as without.
 * - A 429 that names its reset closes its bucket until then. The finding stays, because Okta's answer still holds.
 *
 * Trap: if any part works, every part is requested, because people first need to know which parts still work.
 */
export function restraintOf({ plan, history, intervalMinutes, now }: RestraintOptions): Restraint {
  const runs = history?.runs.slice(-runsToOpen) ?? [];
  const last = runs.at(-1);
  if (!last || now - last.at > lateIntervals * intervalMinutes * minuteMs) return unrestrained;
  const isBroken = runs.length === runsToOpen && runs.every(isOutage);
  const isAskedToWait =
    isOutage(last) && failuresIn(last).some(({ exchanges }) => endOfPause(exchanges.at(-1), now) > now);
  const first = isBroken || isAskedToWait ? lightestFailure(plan, history?.runs ?? []) : undefined;
  return { ...(first !== undefined && { first }), held: heldByLimits(plan, history?.runs ?? [], now) };
}

/** Nothing worked, and what failed did because of Okta. */
function isOutage(run: KeptRun): boolean {
  const failures = failuresIn(run);
  return (
    failures.length > 0 &&
    run.lines.every((line) => line.type !== 'outcome' || line.status !== 'passed') &&
    failures.every(isOfOutage)
  );
}

function isOfOutage({ finding }: FailureLine): boolean {
  return outages.includes(finding.code as FindingCode);
}

type FailureLine = LogLine & { readonly status: 'failed' };

function failuresIn({ lines }: KeptRun): readonly FailureLine[] {
  return lines.filter((line): line is FailureLine => line.type === 'outcome' && line.status === 'failed');
}

/**
 * The first probe of the plan that needs no other one, of those whose last answer was the gravest. Undefined if each of
 * these needs another: a probe whose failure is a ticket must not stand for those that page.
 */
function lightestFailure(plan: readonly PlannedProbe[], runs: readonly KeptRun[]): string | undefined {
  const levelOf = ({ finding }: FailureLine) => severityLevels[finding.severity];
  const failures = lastAnswers(runs).filter(isOfOutage);
  const gravest = Math.max(...failures.map(levelOf));
  const failed = new Set(failures.filter((failure) => levelOf(failure) === gravest).map(formatTarget));
  return enabledProbes(plan)
    .filter(({ probe: { inputs = [], after = [] } }) => inputs.length === 0 && after.length === 0)
    .map(targetOf)
    .find((target) => failed.has(target));
}

/** The last outcome of each target that asked and failed, unless it has passed since. One that did not ask says nothing. */
function lastAnswers(runs: readonly KeptRun[]): readonly FailureLine[] {
  const answers = new Map<string, FailureLine>();
  for (const run of runs) {
    for (const line of run.lines) {
      if (line.type === 'outcome' && line.status === 'passed') answers.delete(formatTarget(line));
    }
    for (const failure of failuresIn(run))
      if (failure.exchanges.length > 0) answers.set(formatTarget(failure), failure);
  }
  return [...answers.values()];
}

function heldByLimits(plan: readonly PlannedProbe[], runs: readonly KeptRun[], now: number): ReadonlyMap<string, Held> {
  const held = new Map<string, Held>();
  for (const failure of lastAnswers(runs)) {
    const exchange = failure.exchanges.at(-1);
    const bucket = exchange && locate(exchange.url)?.bucket;
    if (!exchange || !bucket || !isRateLimited(exchange)) continue;
    if (exchange.rateLimit && limitOwner(exchange.rateLimit, bucket) === 'concurrency') continue;
    const until = endOfPause(exchange, now);
    if (until <= now) continue;
    const because = `not asked before ${new Date(until).toISOString().slice(11, 19)}Z, when Okta resets the limit of ${bucket}`;
    const { limit, remaining } = exchange.rateLimit ?? {};
    const left = limit === undefined ? '' : `${remaining} of ${limit} requests left; `;
    for (const planned of enabledProbes(plan).filter((each) => bucketsOf(each).includes(bucket))) {
      const target = targetOf(planned);
      const own = target === formatTarget(failure) && { finding: { ...failure.finding, detail: `${left}${because}` } };
      if (own || !held.has(target)) held.set(target, { because, ...own });
    }
  }
  return held;
}

/** When Okta wants to be asked again, in milliseconds since the epoch: by `Retry-After`, or by the reset of the limit. */
function endOfPause(exchange: Exchange | undefined, now: number): number {
  const { at = '', rateLimit, retryAfterSeconds = rateLimit?.secondsToReset } = exchange ?? {};
  const isPause = exchange && (isRateLimited(exchange) || exchange.retryAfterSeconds !== undefined);
  const until = Date.parse(at) + (retryAfterSeconds ?? 0) * 1000;
  return isPause && until <= now + mostHeldMs ? until : Number.NEGATIVE_INFINITY;
}

/** The buckets that a probe asks, once for each request. */
function bucketsOf({ server, requests }: PlannedProbe): readonly string[] {
  return requests.flatMap((endpoint) => bucketOf(server, endpoint) ?? []);
}

/** The limits of an org by bucket, as its answers named them: requests per minute. */
export type KnownLimits = ReadonlyMap<string, number>;

/**
 * The targets that would make a run ask more than a share of a rate limit. They take turns, so that each asks in some run,
 * and at least one asks in each.
 *
 * @param turn counts the runs
 */
export function heldByBudget(
  plan: readonly PlannedProbe[],
  limits: KnownLimits,
  atMostPercent: number,
  turn: number,
): ReadonlyMap<string, Held> {
  const held = new Map<string, Held>();
  for (const [bucket, limit] of limits) {
    const asking = enabledProbes(plan).flatMap((planned) => {
      const count = bucketsOf(planned).filter((each) => each === bucket).length;
      return count > 0 ? [{ target: targetOf(planned), count }] : [];
    });
    const allowed = Math.floor((limit * atMostPercent) / 100);
    let left = allowed;
    const start = asking.length === 0 ? 0 : turn % asking.length;
    for (const [index, { target, count }] of [...asking.slice(start), ...asking.slice(0, start)].entries()) {
      left -= count;
      if (index === 0 || left >= 0) continue;
      const because = `not asked in this run: at most ${atMostPercent} % of the ${limit} requests a minute of ${bucket} are for the monitor`;
      held.set(target, { because });
    }
  }
  return held;
}

/** Decides which requests the runs of a container leave out. Remembers the limits that an org's answers named, by domain. */
export function openRestraints() {
  const limitsOf = new Map<string, Map<string, number>>();
  return {
    before(org: Org, probes: readonly Probe[], time: RunTime, state: GroupState | undefined): Restraint {
      const { intervalMinutes = 1, minute } = time;
      const plan = planProbes(org, probes);
      const history = state && hasFailures(state) ? readHistory(state, org.name) : undefined;
      const { held, ...restraint } = restraintOf({ plan, history, intervalMinutes, now: time.startedAt });
      const turn = Math.floor(minute / minuteMs / intervalMinutes);
      const limits = limitsOf.get(org.domain) ?? new Map();
      return { ...restraint, held: new Map([...heldByBudget(plan, limits, org.atMostPercent, turn), ...held]) };
    },

    after({ org, outcomes }: Pick<RunReport, 'org' | 'outcomes'>): void {
      const limits = limitsOf.get(org.domain) ?? new Map<string, number>();
      limitsOf.set(org.domain, limits);
      for (const { url, rateLimit } of outcomes.flatMap(({ exchanges }) => exchanges)) {
        const bucket = locate(url)?.bucket;
        // A limit of 0 is one of concurrency.
        if (bucket && rateLimit && rateLimit.limit > 0) limits.set(bucket, rateLimit.limit);
      }
    },
  };
}
