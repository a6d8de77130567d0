import type { FindingDefinition } from '../../../functions/findings/definition.ts';
import { type FindingCode, findings } from '../../../functions/findings/finding.ts';
import { limits } from '../../../functions/journey/sign-in-memory.ts';
import type { Route } from '../../../functions/model/finding.ts';
import { publishMode } from '../../../functions/model/probe.ts';
import { formatTarget } from '../../../functions/model/target.ts';
import type { MonitoredOrg } from '../../../lib/monitored-org.ts';
import { allCases } from './all-cases.ts';
import { type Case, type Variant, variantName } from './case.ts';
import { type CaseDeployment, canHost, type DeploymentPlan, findingsAlarm } from './deployment-plan.ts';
import type { DeploymentVariant } from './deployment-variants.ts';
import { injects, injectsWithShortTimeouts, slowFindings } from './faults/configuration.ts';
import { forgetSignIns } from './faults/test-user.ts';
import {
  type ExpectedContext,
  type ExpectedNotification,
  faultRuns,
  noGaps,
  notifyWithinRuns,
  type Scenario,
} from './scenario.ts';
import { at } from './targets.ts';

/** Findings that take real time to appear. A resolver may retry before it reports that a name does not exist. */
const waitingFindings = [...slowFindings, 'dns-not-resolved', 'out-of-time', 'metrics-refused'];

/** How long a limit may be reported that is in the System Log too: its probe repeats an event for 15 minutes. */
const minutesOfLoggedLimit = 45;

/** One variant of a case as a scenario. The faults last for as many runs of its group, however rare they are. */
export function caseScenario(
  plan: DeploymentPlan,
  org: MonitoredOrg,
  one: Case,
  variant: Variant,
  deployment: DeploymentVariant = 'configured',
): Scenario {
  const { flows } = org.intervalMinutes;
  const { group } = variant.target;
  const { code, domain } = variant.expected;
  const severity = variant.severity ?? one.severity;
  // A finding of the run itself comes from AWS, which all orgs share.
  const affected = variant.target.probe === undefined ? plan.orgs : [org];
  // After so many sign-ins that show nothing, the journey stops.
  const runs = group === 'journey' ? Math.min(faultRuns, limits.scheduled[variant.usesUp ?? 'passwords']) : faultRuns;
  const faults = [...(group === 'journey' ? [at(variant.target, forgetSignIns)] : []), ...variant.faults];
  const isLogged = domain === 'quota' && org.org.systemLog !== undefined && group !== 'system-log';
  const loggedAlarm = findingsAlarm(org.org.name, 'quota', 'ticket');
  const fault = (slowFindings.includes(code) ? injectsWithShortTimeouts : injects)(...faults);
  return {
    name: `${variantName(one, variant)}, ${variant.symptom}`,
    kind: 'case',
    id: one.id,
    title: one.title,
    target: formatTarget(variant.target),
    deployment,
    org: org.org.name,
    faultPhases: [
      {
        minutes: variant.reportedMinutes ?? runs * org.intervalMinutes[group],
        // The rest of a long fault shows nothing new.
        ...(variant.reportedMinutes === undefined && { untilFired: true }),
        faults: [fault],
      },
    ],
    expected:
      severity === 'info'
        ? []
        : affected.map((each) => {
            const at = { plan, org: each.org.name, every: each.intervalMinutes[group] };
            const notification = findingNotification(at, severity, { finding: code, domain });
            return {
              ...notification,
              ...(variant.isToldOnce && { isToldOnce: true }),
              ...(isLogged && { lasted: [1, minutesOfLoggedLimit] as const }),
            };
          }),
    checks: flows === 1 ? [noGaps] : [],
    // Its event may be a ticket beside a page.
    ...(isLogged && {
      recoversWithin: minutesOfLoggedLimit,
      allowedAlarms: [loggedAlarm],
      allowedMessages: ({ alarm }) => alarm === loggedAlarm && severity !== 'ticket',
    }),
    // Its alarm ends when no run of its window has reported it any more.
    ...((variant.isToldOnce ?? definitionOf(code).isToldOnce) && {
      recoversWithin: faultRuns * org.intervalMinutes[group],
    }),
    ...(waitingFindings.includes(code) && { pace: 'waits' }),
  };
}

/** Alarms on the monitor itself have a code and no definition. */
function definitionOf(code: string): Partial<FindingDefinition> {
  return findings[code as FindingCode] ?? {};
}

/** What people must be told of a finding at an org whose flows run at this interval. */
export function findingNotification(
  { plan, org, every }: { readonly plan: DeploymentPlan; readonly org: string; readonly every: number },
  severity: Route,
  context: ExpectedContext,
): ExpectedNotification {
  const { domain, finding } = context;
  return {
    alarm: findingsAlarm(org, domain, severity),
    route: plan.routeOf(domain, severity),
    within: notifyWithinRuns[severity] * every,
    every,
    context,
    ...(finding !== undefined && definitionOf(finding).isToldOnce && { isToldOnce: true }),
  };
}

/**
 * The scenarios of all cases, in the order of their table: one for each case and one for each further finding that no other
 * scenario has, at the first target that can have it, or one for each variant. Probes with their own alarm are not among
 * them: their scenarios are scripted.
 */
export function caseScenarios(plan: DeploymentPlan, everyVariant = false): readonly Scenario[] {
  const played = new Set<string>();
  const hostedOf = (one: Case) =>
    one.variants.flatMap((variant) => {
      if (variant.needsPast || publishMode[variant.target.group] === 'ownSeries') return [];
      if (!plan.orgs.some((each) => canHost(each, variant.target))) return [];
      const deployment = deploymentFor(variant);
      const org = plan.orgsIn[deployment].find((each) => canHost(each, variant.target));
      return org ? [{ one, variant, org, deployment }] : [];
    });
  const cases = allCases.map(hostedOf);
  for (const [first] of cases) if (first) played.add(resultOf(first));
  return cases.flatMap((hosted) =>
    hosted
      .filter((each, index) => {
        const isNew = index === 0 || !played.has(resultOf(each));
        played.add(resultOf(each));
        return everyVariant || isNew;
      })
      .map(({ one, variant, org, deployment }) => caseScenario(plan, org, one, variant, deployment)),
  );
}

/** Health checks that a configuration has may leave out what a case needs, and they run rarely. */
function deploymentFor({ target }: Variant): CaseDeployment {
  return target.group === 'health' ? 'health' : 'configured';
}

/** What people are told of a variant. */
function resultOf({ one, variant }: { readonly one: Case; readonly variant: Variant }): string {
  return `${variant.expected.code} ${variant.severity ?? one.severity}`;
}
