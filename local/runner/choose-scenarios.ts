import { allCases } from '../scenarios/all-cases.ts';
import { caseScenarios, scenarios } from '../scenarios/all-scenarios.ts';
import { caseDrill, caseDrills } from '../scenarios/case-scenarios.ts';
import type { Watch } from '../scenarios/deployment-plan.ts';
import type { Drill } from '../scenarios/scenario.ts';
import type { Setting } from '../scenarios/scripted/scripted-scenario.ts';
import { canMeet, chooseCell, NoSuchCell } from './choose-variant.ts';
import type { NotDrilled } from './run-scenarios.ts';

/** What a person asked for. */
export interface Choice {
  /** Cases by their ids, each perhaps with a place. */
  readonly cases?: readonly string[];
  readonly scenarios?: readonly string[];
  readonly noiseMinutes: number;
  readonly everyCell?: boolean;
}

export interface Chosen {
  readonly drills: readonly Drill[];
  readonly notDrilled: readonly NotDrilled[];
}

/**
 * The rows that a person asked for, in the order of the table: all where nothing was said. Throws `NoSuchCell` with what
 * there is.
 */
export function chooseDrills(watch: Watch, { cases, scenarios: named, noiseMinutes, everyCell }: Choice): Chosen {
  const [first] = watch.orgs;
  if (!first) throw new NoSuchCell('The configuration has no org.');
  const setting: Setting = { watch, org: first.org.name, every: first.everyMinutes.flows, noiseMinutes };
  const rowsOfCases = [...caseDrills(watch, everyCell), ...caseScenarios.flatMap((make) => make(setting))];
  const rowsOfScenarios = scenarios.flatMap((make) => make(setting));
  const all = cases === undefined && named === undefined;
  const known = [...new Set(rowsOfScenarios.map(({ id }) => id))];
  const unknown = (named ?? []).filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new NoSuchCell(`There is no scenario ${unknown.join(', ')}. There are ${known.join(', ')}.`);
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
function rowsOf(choice: string, rows: readonly Drill[], watch: Watch): readonly Drill[] {
  const [id = '', ...place] = choice.split('@');
  const ofCase = rows.filter((row) => row.id.toLowerCase() === id.toLowerCase());
  if (place.length === 0 && ofCase.length > 0) return ofCase;
  const { case: one, cell } = chooseCell(choice, watch.orgs);
  const org = watch.orgs.find((each) => canMeet(each, cell.site));
  return org ? [caseDrill(watch, org, one, cell)] : [];
}

/** By the table of cases, and each row once. */
function inOrder(rows: readonly Drill[]): readonly Drill[] {
  const order = allCases.map(({ id }) => id);
  const once = rows.filter((row, index) => index === rows.findIndex(({ name }) => name === row.name));
  return once.toSorted((one, other) => order.indexOf(one.id) - order.indexOf(other.id));
}

function notDrilledBeside(rows: readonly Drill[]): readonly NotDrilled[] {
  return allCases
    .filter(({ id }) => !rows.some((row) => row.id === id))
    .map(({ id, title, waiting }) => ({ id, title, because: waiting ?? 'the configuration has no place for it' }));
}
