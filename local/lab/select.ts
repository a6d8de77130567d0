import { formatTarget } from '../../functions/model/target.ts';
import type { MonitoredOrg } from '../../lib/monitored-org.ts';
import { type Skipped, UsageError } from './result.ts';
import { allCases } from './scenarios/all-cases.ts';
import { scriptedCases, scriptedScenarios } from './scenarios/all-scenarios.ts';
import type { Case, Variant } from './scenarios/case.ts';
import { caseScenario, caseScenarios } from './scenarios/case-scenarios.ts';
import { type CaseDeployment, canHost, caseDeployments, type DeploymentPlan } from './scenarios/deployment-plan.ts';
import type { Scenario } from './scenarios/scenario.ts';
import type { ScenarioContext } from './scenarios/scripted/scripted-scenario.ts';

/** One way for a case to happen, and the org that it happens to. */
export interface SelectedVariant {
  readonly case: Case;
  readonly variant: Variant;
  readonly org: MonitoredOrg;
}

/** A case, and the target if people named one: `K1`, `k1`, `K1@token@default`. */
interface Selection {
  readonly case: Case;
  readonly target?: string;
}

/** Every variant of the selected cases that these orgs can have, in the order of the table: all cases by default. */
export function selectVariants(
  orgs: readonly MonitoredOrg[],
  selected?: readonly string[],
): readonly SelectedVariant[] {
  if (selected === undefined) return allCases.flatMap((one) => variantsOf({ case: one }, orgs));
  const chosen = selected.map(parseSelection).flatMap((selection) => {
    const variants = variantsOf(selection, orgs);
    if (variants.length === 0) throw new UsageError(whyNone(selection));
    return variants;
  });
  const unique = chosen.filter(
    ({ variant }, index) => index === chosen.findIndex((other) => other.variant === variant),
  );
  return unique.toSorted((one, other) => allCases.indexOf(one.case) - allCases.indexOf(other.case));
}

/** The cases without any variant at these orgs, and why. */
export function skippedCases(orgs: readonly MonitoredOrg[]): readonly Skipped[] {
  return allCases.filter((one) => variantsOf({ case: one }, orgs).length === 0).map(skippedCase);
}

function skippedCase({ id, title, skipReason, variants }: Case): Skipped {
  return { id, title, reason: skipReason ?? (areOfPast(variants) ? needsMemory(id) : notConfigured) };
}

const notConfigured = 'the configuration does not monitor what it needs';
const areOfPast = (variants: readonly Variant[]) => variants.every(({ needsPast }) => needsPast);
const needsMemory = (id: string) =>
  `it needs the memory of earlier runs, which npm run cases -- --case ${id} writes and a drill would have to play`;

export interface ScenarioSelection {
  readonly cases?: readonly string[] | undefined;
  readonly scenarios?: readonly string[] | undefined;
  readonly packetLossMinutes: number;
  readonly everyVariant?: boolean;
  /** One case for each alarm, because all findings of an alarm take the same way to people. */
  readonly quick?: boolean;
  /** With all scripted scenarios, if none is selected by name. By default, only with every variant. */
  readonly withScripted?: boolean;
  /** Without the largest fleet. */
  readonly isSmall?: boolean;
}

/** Selects every scripted scenario. */
export const allScripted = 'all';

/**
 * The selected scenarios in the order of the report: those of the cases by default. A case is a scenario, and one for each finding that no other scenario has; a case at a target is its first variant
 * there.
 */
export function selectScenarios(
  plan: DeploymentPlan,
  {
    cases,
    scenarios,
    packetLossMinutes,
    everyVariant = false,
    quick = false,
    isSmall = quick,
    withScripted = everyVariant,
  }: ScenarioSelection,
): { readonly scenarios: readonly Scenario[]; readonly skipped: readonly Skipped[] } {
  const [first] = plan.orgs;
  if (!first) throw new UsageError('The configuration has no org.');
  const { flows: every } = first.intervalMinutes;
  const context: ScenarioContext = { plan, org: first.org.name, every, packetLossMinutes, isSmall };
  const ofEach = caseScenarios(plan, everyVariant);
  const ofScripts = scriptedCases.flatMap((make) => make(context));
  // Cases that need a test user, health checks or an API run in a deployment that adds them.
  const elsewhere = allCases
    .filter(({ id }) => ![...ofEach, ...ofScripts].some((each) => each.id === id))
    .flatMap((one) => scenarioElsewhere({ case: one }, plan) ?? []);
  const playable = [...ofEach, ...elsewhere, ...ofScripts];
  const ofCases = quick ? firstOfAlarms(playable) : playable;
  const scripted = scriptedScenarios.flatMap((make) => make(context));
  const isEverything = cases === undefined && scenarios === undefined;
  const known = [...new Set(scripted.map(({ id }) => id))];
  const unknown = (scenarios ?? []).filter((id) => id !== allScripted && !known.includes(id));
  if (unknown.length > 0) {
    throw new UsageError(
      `There is no scenario ${unknown.join(', ')}. The scenarios are ${[allScripted, ...known].join(', ')}.`,
    );
  }
  const chosen = isEverything ? ofCases : (cases ?? []).flatMap((text) => scenariosOf(text, ofCases, plan));
  const unique = chosen.filter(({ name }, index) => index === chosen.findIndex((other) => other.name === name));
  const order = allCases.map(({ id }) => id);
  return {
    scenarios: [
      ...unique.toSorted((one, other) => order.indexOf(one.id) - order.indexOf(other.id)),
      ...scripted.filter(
        ({ id }) => (isEverything && withScripted) || scenarios?.some((each) => each === allScripted || each === id),
      ),
    ],
    skipped: isEverything ? allCases.filter((one) => !playable.some(({ id }) => id === one.id)).map(skippedCase) : [],
  };
}

/** The first scenario of each alarm in each deployment. One that waits for time-outs is taken only if there is no other. */
function firstOfAlarms(scenarios: readonly Scenario[]): readonly Scenario[] {
  const byAlarm = Map.groupBy(scenarios, ({ deployment, expected }) =>
    [deployment, ...expected.map(({ alarm }) => alarm)].join(' '),
  );
  return [...byAlarm.values()].flatMap((each) => each.find(({ pace }) => pace !== 'waits') ?? each.slice(0, 1));
}

function scenariosOf(text: string, ofCases: readonly Scenario[], plan: DeploymentPlan): readonly Scenario[] {
  const selection = parseSelection(text);
  const own = ofCases.filter(({ id }) => id === selection.case.id);
  const chosen = own.filter(({ target }) => (selection.target ?? target.toLowerCase()) === target.toLowerCase());
  if (chosen.length > 0) return selection.target === undefined ? chosen : chosen.slice(0, 1);
  const elsewhere = scenarioElsewhere(selection, plan);
  if (!elsewhere) throw new UsageError(whyNone(selection));
  return [elsewhere];
}

/** The first variant of a case in the first deployment that has what it needs. That of health checks has all of them. */
function scenarioElsewhere(selection: Selection, plan: DeploymentPlan): Scenario | undefined {
  const isOfHealth = selection.case.variants.some(({ target }) => target.group === 'health');
  const deployments = isOfHealth ? (['health'] as const) : (Object.keys(caseDeployments) as CaseDeployment[]);
  for (const deployment of deployments) {
    const [first] = variantsOf(selection, plan.orgsIn[deployment]).filter(({ variant }) => !variant.needsPast);
    if (first) return caseScenario(plan, first.org, first.case, first.variant, deployment);
  }
  return undefined;
}

function parseSelection(text: string): Selection {
  const [id = '', ...target] = text.trim().split('@');
  const found = allCases.find((one) => one.id.toLowerCase() === id.toLowerCase());
  if (!found) throw new UsageError(`There is no case "${id}". The cases are:\n\n${listCases()}`);
  return { case: found, ...(target.length > 0 && { target: target.join('@').toLowerCase() }) };
}

function variantsOf({ case: one, target }: Selection, orgs: readonly MonitoredOrg[]): readonly SelectedVariant[] {
  return one.variants.flatMap((variant) => {
    if (target !== undefined && formatTarget(variant.target).toLowerCase() !== target) return [];
    const org = orgs.find((each) => canHost(each, variant.target));
    return org ? [{ case: one, variant, org }] : [];
  });
}

function whyNone({ case: { id, title, variants, skipReason } }: Selection): string {
  if (skipReason) return `Case ${id} (${title}) is skipped: ${skipReason}.`;
  if (areOfPast(variants)) return `Case ${id} (${title}) is not played: ${needsMemory(id)}.`;
  const targets = [...new Set(variants.map(({ target }) => formatTarget(target)))];
  return `Case ${id} (${title}) cannot happen there. Its targets are ${targets.join(', ')}, if configured.`;
}

function listCases(): string {
  return allCases
    .map(({ id, title, skipReason }) => `  ${id.padEnd(4)} ${title}${skipReason ? ' (skipped)' : ''}`)
    .join('\n');
}
