import type { Route } from '../../functions/alarms/subject.ts';
import { formatTarget } from '../../functions/model/target.ts';
import type { MonitoredOrg } from '../../lib/monitored-org.ts';
import { canHost } from '../runner/choose-variant.ts';
import { allCases } from './all-cases.ts';
import { type Case, nameOf, type Variant } from './case.ts';
import { noGaps } from './checks.ts';
import { type DeploymentPlan, findingsAlarm } from './deployment-plan.ts';
import { injects, injectsWithShortTimeouts } from './faults/simulation-fault.ts';
import type { ExpectedFinding, ExpectedNotification, Scenario } from './scenario.ts';

/** How soon people must hear, in runs from the first bad one. */
export const withinRuns = { page: 3, ticket: 10 } as const;

/** How long a case lasts, in runs. */
export const badRuns = 10;

/** What comes only after a wait, and would come too late in a rehearsal for as long as a deployed run waits. */
const slowCodes = ['connect-timeout', 'no-answer', 'slow-answer'];

/** What takes real time to happen: a name that is not found, too, where the resolver asks around. */
const waitingCodes = [...slowCodes, 'dns-not-resolved', 'out-of-time', 'metrics-refused'];

/** A row for one cell of a case. */
export function caseScenario(watch: DeploymentPlan, watched: MonitoredOrg, one: Case, cell: Variant): Scenario {
  const { org, intervalMinutes } = watched;
  const severity = cell.severity ?? one.severity;
  const { code } = cell.expected;
  // What is wrong with a run as a whole is wrong with AWS, which is the same for all orgs.
  const hit = cell.target.probe === undefined ? watch.orgs : [watched];
  const act = slowCodes.includes(code) ? injectsWithShortTimeouts(...cell.faults) : injects(...cell.faults);
  return {
    name: `${nameOf(one, cell)}, ${cell.symptom}`,
    kind: 'case',
    id: one.id,
    title: one.title,
    target: formatTarget(cell.target),
    deployment: 'configured',
    org: org.name,
    faultPhases: [{ minutes: badRuns * intervalMinutes.flows, faults: [act] }],
    expected:
      severity === 'info'
        ? []
        : hit.map((each) =>
            expectedFinding({ watch, org: each.org.name, every: each.intervalMinutes.flows }, severity, cell.expected),
          ),
    checks: intervalMinutes.flows === 1 ? [noGaps] : [],
    ...(waitingCodes.includes(code) && { pace: 'waits' }),
  };
}

/** What people must hear of a finding at an org that is looked at every so many minutes. */
export function expectedFinding(
  { watch, org, every }: { readonly watch: DeploymentPlan; readonly org: string; readonly every: number },
  severity: Route,
  finding: ExpectedFinding,
): ExpectedNotification {
  const { domain } = finding;
  return {
    alarm: findingsAlarm(org, domain, severity),
    route: watch.routeOf(domain, severity),
    within: withinRuns[severity] * every,
    every,
    finding,
  };
}

/**
 * The rows of cases, in the order of their table: one for each thing that a case can come to, at the first place where it
 * does; or one for each of its cells.
 */
export function caseScenarios(watch: DeploymentPlan, everyCell = false): readonly Scenario[] {
  return allCases.flatMap((one) => {
    const cells = one.variants.filter((cell) => watch.orgs.some((org) => canHost(org, cell.target)));
    const isFirst = (cell: Variant) => cell === cells.find((other) => isAlike(one, cell, other));
    return cells
      .filter((cell) => everyCell || isFirst(cell))
      .flatMap((cell) => {
        const org = watch.orgs.find((each) => canHost(each, cell.target));
        return org ? [caseScenario(watch, org, one, cell)] : [];
      });
  });
}

function isAlike({ severity }: Case, one: Variant, other: Variant): boolean {
  return one.expected.code === other.expected.code && (one.severity ?? severity) === (other.severity ?? severity);
}
