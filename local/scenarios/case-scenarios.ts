import type { Audience } from '../../functions/alarms/subject.ts';
import type { WatchedOrg } from '../../lib/monitored-org.ts';
import { canMeet } from '../runner/choose-variant.ts';
import { allCases } from './all-cases.ts';
import { type Case, type Cell, nameOf } from './case.ts';
import { noGaps } from './checks.ts';
import { findingsAlarm, type Watch } from './deployment-plan.ts';
import { stages, stagesImpatiently } from './faults/simulation-fault.ts';
import { placeOf } from './place.ts';
import type { Drill, Incident, Named } from './scenario.ts';

/** How soon people must hear, in runs from the first bad one. */
export const withinRuns = { page: 3, ticket: 10 } as const;

/** How long a case lasts, in runs. */
export const badRuns = 10;

/** What comes only after a wait, and would come too late in a rehearsal for as long as a deployed run waits. */
const slowCodes = ['connect-timeout', 'no-answer', 'slow-answer'];

/** What takes real time to happen: a name that is not found, too, where the resolver asks around. */
const waitingCodes = [...slowCodes, 'dns-not-resolved', 'out-of-time', 'metrics-refused'];

/** A row for one cell of a case. */
export function caseDrill(watch: Watch, watched: WatchedOrg, one: Case, cell: Cell): Drill {
  const { org, everyMinutes } = watched;
  const hears = cell.hears ?? one.hears;
  const { code } = cell.expected;
  // What is wrong with a run as a whole is wrong with AWS, which is the same for all orgs.
  const hit = cell.site.probe === undefined ? watch.orgs : [watched];
  const act = slowCodes.includes(code) ? stagesImpatiently(...cell.steps) : stages(...cell.steps);
  return {
    name: `${nameOf(one, cell)}, ${cell.wire}`,
    kind: 'case',
    id: one.id,
    title: one.title,
    at: placeOf(cell.site),
    world: 'configured',
    org: org.name,
    bad: [{ minutes: badRuns * everyMinutes.flows, acts: [act] }],
    expects:
      hears === 'info'
        ? []
        : hit.map((each) =>
            findingIncident({ watch, org: each.org.name, every: each.everyMinutes.flows }, hears, cell.expected),
          ),
    checks: everyMinutes.flows === 1 ? [noGaps] : [],
    ...(waitingCodes.includes(code) && { pace: 'waits' }),
  };
}

/** What people must hear of a finding at an org that is looked at every so many minutes. */
export function findingIncident(
  { watch, org, every }: { readonly watch: Watch; readonly org: string; readonly every: number },
  severity: Audience,
  named: Named,
): Incident {
  const { domain } = named;
  return {
    alarm: findingsAlarm(org, domain, severity),
    audience: watch.audienceOf(domain, severity),
    within: withinRuns[severity] * every,
    every,
    named,
  };
}

/**
 * The rows of cases, in the order of their table: one for each thing that a case can come to, at the first place where it
 * does; or one for each of its cells.
 */
export function caseDrills(watch: Watch, everyCell = false): readonly Drill[] {
  return allCases.flatMap((one) => {
    const cells = one.cells.filter((cell) => watch.orgs.some((org) => canMeet(org, cell.site)));
    const isFirst = (cell: Cell) => cell === cells.find((other) => isAlike(one, cell, other));
    return cells
      .filter((cell) => everyCell || isFirst(cell))
      .flatMap((cell) => {
        const org = watch.orgs.find((each) => canMeet(each, cell.site));
        return org ? [caseDrill(watch, org, one, cell)] : [];
      });
  });
}

function isAlike({ hears }: Case, one: Cell, other: Cell): boolean {
  return one.expected.code === other.expected.code && (one.hears ?? hears) === (other.hears ?? hears);
}
