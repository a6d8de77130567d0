import type { Finding } from '../../../functions/model/finding.ts';
import type { LogLine } from '../../../functions/model/log-line.ts';
import { findingsOf } from '../../../functions/model/outcome.ts';
import type { Group } from '../../../functions/model/probe.ts';
import { formatTarget } from '../../../functions/model/target.ts';
import { ConfigError } from '../../../lib/config/config-error.ts';
import type { MonitoredOrg } from '../../../lib/monitored-org.ts';
import type { CheckedOrg, CheckOrgs } from './check-orgs.ts';
import type { SelectedOrg } from './select-probes.ts';

/** A change between two rounds of a check. Times are milliseconds since the epoch. */
export interface WatchChange {
  readonly kind: 'problem' | 'recovered';
  readonly org: string;
  /** The Region of the functions that saw it. Absent if this machine did. */
  readonly region?: string;
  /** The targets that began to report it together, or that no longer do. */
  readonly targets: readonly string[];
  readonly finding: Finding;
  /** When the first of these targets reported it first. */
  readonly since: number;
  readonly at: number;
}

/** One round of a watched check. */
export interface WatchRound {
  readonly at: number;
  /** The checked orgs, or why the check was not possible. */
  readonly checked: readonly CheckedOrg[] | ConfigError;
  readonly changes: readonly WatchChange[];
  /** The latest outcome of every target that has run, by org and place. */
  readonly latest: readonly CheckedOrg[];
}

export interface WatchOptions {
  readonly selected: readonly SelectedOrg[];
  readonly check: CheckOrgs;
  readonly everyMs: number;
  /** The shortest interval between two runs of a group at an org, even if `everyMs` is shorter. */
  intervalMsOf(org: string, group: Group): number;
  readonly now: () => number;
  /** Waits, in milliseconds, or until the signal aborts. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
  /** Ends the watch, in the middle of a check too. */
  readonly signal: AbortSignal;
}

/** A timer may end a little early. */
const timerToleranceMs = 100;

/**
 * Repeats a check until the signal aborts. A round that could not check at all is reported, and the next one tries
 * again; but if the first one cannot, the error is thrown, because it is a mistake in how the check was called.
 */
export async function* watchChecks(options: WatchOptions): AsyncGenerator<WatchRound, void> {
  const { check, everyMs, now, wait, signal } = options;
  const nextDue = dueIn(options);
  const problems = trackProblems();
  const latest = latestOutcomes(options.selected);
  for (let isFirst = true; !signal.aborted; isFirst = false) {
    const at = now();
    const due = nextDue(at);
    let checked: readonly CheckedOrg[] | ConfigError;
    try {
      checked = due.length === 0 ? [] : await check(due, signal);
    } catch (error) {
      if (signal.aborted) return;
      if (isFirst || !(error instanceof ConfigError)) throw error;
      checked = error;
    }
    const seen = checked instanceof ConfigError ? [] : checked;
    latest.add(seen);
    yield { at, checked, changes: seen.flatMap((each) => problems.changesOf(each, now())), latest: latest.all() };
    await wait(Math.max(0, at + everyMs - now()), signal);
  }
}

/** Returns the probes that are due at a time, and remembers that they are started then. */
function dueIn({ selected, everyMs, intervalMsOf }: WatchOptions) {
  const startedAt = new Map<string, number>();
  return (at: number) => {
    const isDue = (org: string, group: Group) => {
      const before = startedAt.get(`${org} ${group}`);
      return before === undefined || at - before >= Math.max(everyMs, intervalMsOf(org, group)) - timerToleranceMs;
    };
    const due = selected
      .map(({ org, plan }) => ({ org, plan: plan.filter(({ probe }) => isDue(org.name, probe.group)) }))
      .filter(({ plan }) => plan.some(({ howToEnable }) => howToEnable === undefined));
    for (const { org, plan } of due) for (const { probe } of plan) startedAt.set(`${org.name} ${probe.group}`, at);
    return due;
  };
}

/** Keeps the latest outcome of each target over all rounds. */
function latestOutcomes(selected: WatchOptions['selected']) {
  const latest = new Map<string, CheckedOrg>();
  return {
    add(checked: readonly CheckedOrg[]): void {
      for (const each of checked) {
        const key = `${each.org.name} ${each.region ?? ''}`;
        const { plan = each.plan } = selected.find(({ org }) => org.name === each.org.name) ?? {};
        latest.set(key, { ...each, plan, outcomes: withLatest(latest.get(key)?.outcomes ?? [], each.outcomes) });
      }
    },
    all: (): readonly CheckedOrg[] => [...latest.values()],
  };
}

/** Sign-in, limits and the status page are checked as often as wanted, and everything else as often as it is deployed. */
export function intervalsOf(orgs: readonly MonitoredOrg[]): WatchOptions['intervalMsOf'] {
  const often: readonly Group[] = ['flows', 'limits', 'status'];
  return (name, group) => {
    const { intervalMinutes } = orgs.find(({ org }) => org.name === name) ?? {};
    return often.includes(group) ? 0 : (intervalMinutes?.[group] ?? 0) * 60_000;
  };
}

/** Of each target the newer outcome, in the order of the first round. */
function withLatest(before: readonly LogLine[], outcomes: readonly LogLine[]): readonly LogLine[] {
  const newer = new Map(outcomes.map((outcome) => [formatTarget(outcome), outcome]));
  const kept = before.map((outcome) => newer.get(formatTarget(outcome)) ?? outcome);
  const known = new Set(before.map(formatTarget));
  return [...kept, ...outcomes.filter((outcome) => !known.has(formatTarget(outcome)))];
}

interface Standing {
  readonly finding: Finding;
  readonly since: number;
}

/**
 * Remembers which target reports which finding, and says what changes.
 *
 * Trap: a skipped target says nothing. Its last result stands until it runs again.
 */
export function trackProblems() {
  const standing = new Map<string, Map<string, Standing>>();
  return {
    changesOf({ org, region, outcomes }: CheckedOrg, at: number): readonly WatchChange[] {
      const changes: WatchChange[] = [];
      const add = (kind: WatchChange['kind'], target: string, { finding, since }: Standing) => {
        const same = changes.findIndex((each) => each.kind === kind && each.finding.code === finding.code);
        const before = changes[same];
        if (before)
          changes[same] = { ...before, targets: [...before.targets, target], since: Math.min(before.since, since) };
        else
          changes.push({
            ...{ kind, org: org.name, targets: [target], finding, since, at },
            ...(region !== undefined && { region }),
          });
      };
      for (const outcome of outcomes.filter(({ status }) => status !== 'skipped')) {
        const target = formatTarget(outcome);
        const key = `${org.name} ${region ?? ''} ${target}`;
        const before = standing.get(key) ?? new Map<string, Standing>();
        // A status page that cannot be read is unknown, and no problem.
        const found = findingsOf(outcome).filter(({ code }) => code !== 'status-unknown');
        const now = new Map(
          found.map((finding) => [finding.code, { finding, since: before.get(finding.code)?.since ?? at }]),
        );
        for (const [code, each] of now) if (!before.has(code)) add('problem', target, each);
        for (const [code, each] of before) if (!now.has(code)) add('recovered', target, each);
        standing.set(key, now);
      }
      return changes;
    },
  };
}
