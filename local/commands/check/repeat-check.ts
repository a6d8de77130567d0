import type { Phases } from '../../../functions/model/exchange.ts';
import type { LogLine } from '../../../functions/model/log-line.ts';
import { findingsOf } from '../../../functions/model/outcome.ts';
import { formatTarget } from '../../../functions/model/target.ts';
import type { CheckedOrg } from './check-orgs.ts';
import type { SelectedOrg } from './select-probes.ts';

/** How long a phase took over several runs, in milliseconds. */
export interface PhaseTimes {
  readonly phase: keyof Phases;
  /** The probe whose last request it is. Absent for all requests of the org. */
  readonly target?: string;
  readonly count: number;
  readonly min: number;
  readonly median: number;
  readonly p95: number;
}

/** What several runs of an org have in common. */
export interface RepeatedRuns {
  readonly runs: number;
  /** How often each probe ran, and how often it had a finding. */
  readonly probes: readonly { readonly target: string; readonly runs: number; readonly findings: number }[];
  readonly times: readonly PhaseTimes[];
}

/**
 * The probes that a further run repeats: those of sign-in, which take part in the group `flows`.
 *
 * Trap: never the journey. Each of its runs sends the test user's password, and Okta locks a user out.
 */
export function repeatable(selected: readonly SelectedOrg[]): readonly SelectedOrg[] {
  return selected
    .map(({ org, plan }) => ({ org, plan: plan.filter(({ probe }) => probe.group === 'flows') }))
    .filter(({ plan }) => plan.some(({ howToEnable }) => howToEnable === undefined));
}

/** Several runs as one: each probe with its first finding, if it had any, and the times of all runs. */
export function mergeRuns(runs: readonly (readonly CheckedOrg[])[]): readonly CheckedOrg[] {
  const [first = []] = runs;
  return first.map((checked) => {
    const all = runs.flatMap((run) =>
      run.filter(({ org, region }) => org.name === checked.org.name && region === checked.region),
    );
    const outcomes = all.flatMap((each) => each.outcomes);
    const byTarget = Map.groupBy(outcomes, formatTarget);
    return {
      ...checked,
      outcomes: checked.outcomes.map((outcome) => worst(byTarget.get(formatTarget(outcome)) ?? []) ?? outcome),
      repeated: {
        runs: all.length,
        probes: [...byTarget].map(([target, own]) => ({
          ...{ target, runs: own.length },
          findings: own.filter((outcome) => findingsOf(outcome).length > 0).length,
        })),
        times: [
          ...connectionPhases.flatMap((phase) =>
            timesOf(
              phase,
              outcomes.flatMap(({ exchanges = [] }) => exchanges),
            ),
          ),
          ...[...byTarget].flatMap(([target, own]) =>
            timesOf(
              'firstByteMs',
              own.flatMap(({ exchanges = [] }) => exchanges.at(-1) ?? []),
            ).map((times) => ({
              ...times,
              target,
            })),
          ),
        ],
      },
    };
  });
}

const connectionPhases = ['dnsMs', 'tcpMs', 'tlsMs', 'bodyMs'] as const;

/** The first outcome that failed, or else the first with a warning, or else the last one. */
function worst(outcomes: readonly LogLine[]): LogLine | undefined {
  return (
    outcomes.find(({ status }) => status === 'failed') ??
    outcomes.find((outcome) => findingsOf(outcome).length > 0) ??
    outcomes.at(-1)
  );
}

function timesOf(phase: keyof Phases, exchanges: readonly { readonly phases: Phases }[]): readonly PhaseTimes[] {
  const values = exchanges.flatMap(({ phases }) => phases[phase] ?? []).toSorted((one, other) => one - other);
  const rank = (share: number) => values[Math.max(0, Math.ceil(share * values.length) - 1)] ?? 0;
  return values.length === 0 ? [] : [{ phase, count: values.length, min: rank(0), median: rank(0.5), p95: rank(0.95) }];
}
