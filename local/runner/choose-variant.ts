import type { Group } from '../../functions/model/probe.ts';
import type { WatchedOrg } from '../../lib/monitored-org.ts';
import { planOf } from '../../lib/monitored-org.ts';
import { WrongCall } from '../cli/command.ts';
import { allCases } from '../scenarios/all-cases.ts';
import type { Case, Cell } from '../scenarios/case.ts';
import { placeOf } from '../scenarios/place.ts';

/** A choice that cannot be met; the message says what can. */
export class NoSuchCell extends WrongCall {}

/**
 * The cell that a person chose: `C2` is the case's first one that the configuration can meet, `C2@token@org` the first
 * at that place. Throws `NoSuchCell`.
 */
export function chooseCell(choice: string, orgs: readonly WatchedOrg[]): { readonly case: Case; readonly cell: Cell } {
  const [id = '', ...place] = choice.split('@');
  const found = allCases.find((one) => one.id.toLowerCase() === id.toLowerCase());
  if (!found) throw new NoSuchCell(`There is no case "${id}". There are:\n\n${listCases()}`);
  if (found.waiting) throw new NoSuchCell(`Case ${found.id} (${found.title}) is waiting: it ${found.waiting}.`);
  const cell = found.cells.find(
    ({ site }) => (place.length === 0 || placeOf(site) === place.join('@')) && orgs.some((org) => canMeet(org, site)),
  );
  if (cell) return { case: found, cell };
  const places = [...new Set(found.cells.map(({ site }) => placeOf(site)))];
  throw new NoSuchCell(`Case ${found.id} cannot be met there. It can be at ${places.join(', ')}, where configured.`);
}

/** Whether a configuration has what a case is about. */
export function canMeet(
  org: WatchedOrg,
  { group, probe, server }: { group: Group; probe?: string; server?: string },
): boolean {
  return planOf(org, group).some(
    (planned) =>
      (probe === undefined || planned.probe.id === probe) && (server === undefined || planned.target.server === server),
  );
}

function listCases(): string {
  return allCases
    .map(({ id, title, waiting }) => `  ${id.padEnd(4)} ${title}${waiting ? ' (waiting)' : ''}`)
    .join('\n');
}
