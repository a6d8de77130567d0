import type { LogLine } from '../../../functions/model/log-line.ts';
import { findingsOf } from '../../../functions/model/outcome.ts';
import { formatTarget } from '../../../functions/model/target.ts';
import type { CheckedOrg } from '../check/check-orgs.ts';
import { bold, dim, indent, table } from './text.ts';

/** Where the probes of a check ran. */
export function placeOf({ region }: Pick<CheckedOrg, 'region'>): string {
  return region === undefined ? 'this machine' : `Lambda in ${region}`;
}

/** What two places saw of an org beside each other, or nothing if there was one. */
export function formatPlaces(orgs: readonly CheckedOrg[]): readonly string[] {
  const byOrg = [...Map.groupBy(orgs, ({ org }) => org.name)].filter(([, places]) => places.length > 1);
  return byOrg.flatMap(([name, places]) => {
    const targets = [...new Set(places.flatMap(({ outcomes }) => outcomes.map(formatTarget)))];
    const rows = targets.map((target) => {
      const cells = places.map(({ outcomes }) => cellOf(outcomes.find((each) => formatTarget(each) === target)));
      return [target, ...cells.map(({ text }) => text), isSame(cells) ? '' : 'differs'];
    });
    const different = rows.filter((row) => row.at(-1) === 'differs').length;
    const said = different === 0 ? 'the same' : `${different} of ${rows.length} probes differ`;
    return [
      ...['', `${bold(name)}  ${places.map(placeOf).join(' and ')}: ${said}`],
      ...indent(table([['', ...places.map(placeOf), ''].map(dim), ...rows])),
    ];
  });
}

interface Cell {
  readonly what: string;
  readonly text: string;
}

function cellOf(outcome: LogLine | undefined): Cell {
  if (!outcome) return { what: 'not run', text: 'not run' };
  const codes = findingsOf(outcome).map(({ code }) => code);
  const what = [outcome.status, ...codes].join(' ');
  const text = codes.length > 0 ? codes.join(', ') : outcome.status;
  return { what, text: outcome.durationMs === undefined ? text : `${text}, ${outcome.durationMs.toFixed(0)} ms` };
}

/** What only one of them ran is no difference. */
function isSame(cells: readonly Cell[]): boolean {
  return new Set(cells.flatMap(({ what }) => (what === 'not run' ? [] : [what]))).size <= 1;
}
