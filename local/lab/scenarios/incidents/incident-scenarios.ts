import { findings } from '../../../../functions/findings/finding.ts';
import type { FaultDomain } from '../../../../functions/model/fault-domain.ts';
import { allCases } from '../all-cases.ts';
import { type Case, defineCase, type Variant, warning } from '../case.ts';
import { caseScenario } from '../case-scenarios.ts';
import { type CaseDeployment, canHost, caseDeployments, type DeploymentPlan } from '../deployment-plan.ts';
import { reportStatus } from '../faults/answers.ts';
import type { Scenario } from '../scenario.ts';
import { statusPage } from '../targets.ts';
import { pastIncidents } from './all-incidents.ts';
import type { Announcement, Noticing, PastIncident } from './past-incident.ts';

/** The variant of a case that stands for an incident. */
export interface IncidentCase {
  readonly case: Case;
  readonly variant: Variant;
}

/** An incident, and how it is played. */
export interface IncidentPlay {
  readonly incident: PastIncident;
  readonly noticing?: Noticing;
  /** Absent if it cannot be played. Incidents that look alike share one. */
  readonly scenario?: Scenario;
  /** Why it is not played. */
  readonly why?: string;
}

/** How each past incident is played in a deployment: by the first way to notice it that can be. */
export function incidentPlays(plan: DeploymentPlan): readonly IncidentPlay[] {
  const scenarios = new Map<string, Scenario>();
  return pastIncidents.map((incident): IncidentPlay => {
    for (const noticing of incident.noticed) {
      const found = caseOf(noticing);
      const made = found && !found.variant.needsPast && scenarioOf(found, plan);
      if (!made) continue;
      const scenario = scenarios.get(made.name) ?? made;
      scenarios.set(made.name, scenario);
      return { incident, noticing, scenario };
    }
    return { incident, why: whyNot(incident) };
  });
}

/** Whether the fault domain that a message names is that of those who were at fault. A finding that blames none is right. */
export function isBlamedRightly({ whose }: PastIncident, domain: FaultDomain, code?: string): boolean {
  const definition = code === undefined ? undefined : Object.entries(findings).find(([name]) => name === code)?.[1];
  if (definition && 'isFaultUnknown' in definition) return true;
  return whose === 'okta' ? domain === 'okta' : domain !== 'okta' && domain !== 'monitor';
}

/** Returns the variant that plays a way to notice an incident. Undefined if no case has its finding. */
export function caseOf({ play, findings, route }: Noticing): IncidentCase | undefined {
  if (typeof play !== 'string' && 'announcement' in play) return announcementCase(play.announcement);
  const fits = (one: Case, variant: Variant) =>
    findings.includes(variant.expected.code) &&
    (variant.severity ?? one.severity) === route &&
    (typeof play === 'string' || (one.id === play.case && variant.symptom === play.symptom));
  const [first] = allCases.flatMap((one) =>
    one.variants.filter((variant) => fits(one, variant)).map((variant) => ({ case: one, variant })),
  );
  return first;
}

/** The cell of the emulated org, whichever it was. */
const ownCell = 'okta.com:8';

function announcementCase(announcement: Announcement): IncidentCase {
  const { name = 'an incident' } = announcement;
  const announced = warning(
    statusPage,
    `announced as ${name}`,
    { code: 'announced-incident', domain: 'okta' },
    reportStatus({ kind: 'incident', cells: [ownCell], ...announcement }),
  );
  return { case: defineCase('O6', name, 'ticket', [announced]), variant: announced };
}

/** In the first deployment that has what it needs. */
function scenarioOf({ case: one, variant }: IncidentCase, plan: DeploymentPlan): Scenario | undefined {
  const deployments =
    variant.target.group === 'health' ? (['health'] as const) : (Object.keys(caseDeployments) as CaseDeployment[]);
  for (const deployment of deployments) {
    const org = plan.orgsIn[deployment].find((each) => canHost(each, variant.target));
    if (org) return caseScenario(plan, org, one, variant, deployment);
  }
  return undefined;
}

function whyNot({ noticed }: PastIncident): string {
  if (noticed.length === 0) return 'not noticed';
  const found = noticed.flatMap((each) => caseOf(each) ?? []);
  if (found.some(({ variant }) => variant.needsPast))
    return 'needs the memory of past days, which a drill does not play';
  return found.length > 0 ? 'the configuration does not monitor what it needs' : 'no case has its finding';
}
