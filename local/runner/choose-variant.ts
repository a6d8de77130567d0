import type { Group } from '../../functions/model/probe.ts';
import { formatTarget } from '../../functions/model/target.ts';
import type { MonitoredOrg } from '../../lib/monitored-org.ts';
import { planOf } from '../../lib/monitored-org.ts';
import { UsageError } from '../cli/command.ts';
import { allCases } from '../scenarios/all-cases.ts';
import type { Case, Variant } from '../scenarios/case.ts';

/** A choice that cannot be met; the message says what can. */
export class NoSuchVariant extends UsageError {}

/**
 * The cell that a person chose: `C2` is the case's first one that the configuration can meet, `C2@token@org` the first
 * at that place. Throws `NoSuchCell`.
 */
export function chooseVariant(
  choice: string,
  orgs: readonly MonitoredOrg[],
): { readonly case: Case; readonly cell: Variant } {
  const [id = '', ...place] = choice.split('@');
  const found = allCases.find((one) => one.id.toLowerCase() === id.toLowerCase());
  if (!found) throw new NoSuchVariant(`There is no case "${id}". There are:\n\n${listCases()}`);
  if (found.skipReason)
    throw new NoSuchVariant(`Case ${found.id} (${found.title}) is waiting: it ${found.skipReason}.`);
  const cell = found.variants.find(
    ({ target }) =>
      (place.length === 0 || formatTarget(target) === place.join('@')) && orgs.some((org) => canHost(org, target)),
  );
  if (cell) return { case: found, cell };
  const places = [...new Set(found.variants.map(({ target }) => formatTarget(target)))];
  throw new NoSuchVariant(`Case ${found.id} cannot be met there. It can be at ${places.join(', ')}, where configured.`);
}

/** Whether a configuration has what a case is about. */
export function canHost(
  org: MonitoredOrg,
  { group, probe, server }: { group: Group; probe?: string; server?: string },
): boolean {
  return planOf(org, group).some(
    (planned) =>
      (probe === undefined || planned.probe.id === probe) && (server === undefined || planned.target.server === server),
  );
}

function listCases(): string {
  return allCases
    .map(({ id, title, skipReason }) => `  ${id.padEnd(4)} ${title}${skipReason ? ' (waiting)' : ''}`)
    .join('\n');
}
