import { allCases } from '../scenarios/all-cases.ts';
import { scenarios, caseScenarios as scriptedCases } from '../scenarios/all-scenarios.ts';
import { caseScenario, caseScenarios } from '../scenarios/case-scenarios.ts';
import type { DeploymentPlan } from '../scenarios/deployment-plan.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import type { ScenarioContext } from '../scenarios/scripted/scripted-scenario.ts';
import { canHost, chooseVariant, NoSuchVariant } from './choose-variant.ts';
import type { SkippedCase } from './run-scenarios.ts';

/** What a person asked for. */
export interface Choice {
  /** Cases by their ids, each perhaps with a place. */
  readonly cases?: readonly string[];
  readonly scenarios?: readonly string[];
  readonly noiseMinutes: number;
  readonly everyCell?: boolean;
}

export interface Chosen {
  readonly drills: readonly Scenario[];
  readonly notDrilled: readonly SkippedCase[];
}

/**
 * The rows that a person asked for, in the order of the table: all where nothing was said. Throws `NoSuchCell` with what
 * there is.
 */
export function chooseScenarios(
  watch: DeploymentPlan,
  { cases, scenarios: named, noiseMinutes, everyCell }: Choice,
): Chosen {
  const [first] = watch.orgs;
  if (!first) throw new NoSuchVariant('The configuration has no org.');
  const setting: ScenarioContext = { watch, org: first.org.name, every: first.intervalMinutes.flows, noiseMinutes };
  const rowsOfCases = [...caseScenarios(watch, everyCell), ...scriptedCases.flatMap((make) => make(setting))];
  const rowsOfScenarios = scenarios.flatMap((make) => make(setting));
  const all = cases === undefined && named === undefined;
  const known = [...new Set(rowsOfScenarios.map(({ id }) => id))];
  const unknown = (named ?? []).filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new NoSuchVariant(`There is no scenario ${unknown.join(', ')}. There are ${known.join(', ')}.`);
  }
  return {
    drills: [
      ...inOrder(all ? rowsOfCases : (cases ?? []).flatMap((choice) => rowsOf(choice, rowsOfCases, watch))),
      ...rowsOfScenarios.filter(({ id }) => all || named?.includes(id)),
    ],
    notDrilled: all ? notDrilledBeside(rowsOfCases) : [],
  };
}

/** All rows of a case, or the one at a place. */
function rowsOf(choice: string, rows: readonly Scenario[], watch: DeploymentPlan): readonly Scenario[] {
  const [id = '', ...place] = choice.split('@');
  const ofCase = rows.filter((row) => row.id.toLowerCase() === id.toLowerCase());
  if (place.length === 0 && ofCase.length > 0) return ofCase;
  const { case: one, cell } = chooseVariant(choice, watch.orgs);
  const org = watch.orgs.find((each) => canHost(each, cell.target));
  return org ? [caseScenario(watch, org, one, cell)] : [];
}

/** By the table of cases, and each row once. */
function inOrder(rows: readonly Scenario[]): readonly Scenario[] {
  const order = allCases.map(({ id }) => id);
  const once = rows.filter((row, index) => index === rows.findIndex(({ name }) => name === row.name));
  return once.toSorted((one, other) => order.indexOf(one.id) - order.indexOf(other.id));
}

function notDrilledBeside(rows: readonly Scenario[]): readonly SkippedCase[] {
  return allCases
    .filter(({ id }) => !rows.some((row) => row.id === id))
    .map(({ id, title, skipReason }) => ({
      id,
      title,
      because: skipReason ?? 'the configuration has no place for it',
    }));
}
