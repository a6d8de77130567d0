import { styleText } from 'node:util';
import type { DrillReport, Row } from '../runner/run-scenarios.ts';
import type { Told } from '../runner/verify-scenario.ts';
import type { Drill } from '../scenarios/scenario.ts';
import { table } from './table.ts';
import { wrap } from './wrap.ts';

const dim = (text: string) => styleText('dim', text);
const bold = (text: string) => styleText('bold', text);

/** What people heard of every row, in 100 columns: the rows, what is wrong with which, what waits, and the score. */
export function formatDrills(report: DrillReport): string {
  const wrong = report.rows.filter(({ verdict }) => !verdict.right);
  return [
    ...sections.flatMap(({ kind, title }) => {
      const rows = report.rows.filter(({ drill }) => drill.kind === kind);
      return rows.length > 0 ? ['', bold(title), ...formatTable(rows, kind)] : [];
    }),
    ...(wrong.length > 0 ? ['', bold('Wrong'), ...formatWrong(wrong)] : []),
    ...(report.notDrilled.length > 0 ? ['', bold('Not drilled')] : []),
    ...table(report.notDrilled.map(({ id, title, because }) => [`  ${id}`, title, dim(because)])),
    '',
    ...formatScore(report),
    '',
  ].join('\n');
}

const sections = [
  { kind: 'case', title: 'Cases' },
  { kind: 'scenario', title: 'Scenarios' },
] as const;

function formatTable(rows: readonly Row[], kind: Drill['kind']): readonly string[] {
  const headings = ['', 'row', ...(kind === 'case' ? ['at'] : []), 'alarm', 'told', 'after', 'finding', 'over'];
  const lines = rows.map(linesOf);
  const right = [headings.indexOf('after'), headings.indexOf('over')];
  const [heading = '', ...formatted] = table([headings.map(dim), ...lines.flat()], right);
  let next = 0;
  const byRow = rows.flatMap(({ remark }, index) => {
    const own = formatted.slice(next, next + (lines[index]?.length ?? 0));
    next += own.length;
    return [...own, ...(remark === undefined ? [] : [dim(`   ${remark}`)])];
  });
  return [heading, ...byRow];
}

/** A line an incident; a row of which nobody must hear has one that says so. */
function linesOf({ drill, verdict }: Row): readonly (readonly string[])[] {
  const mark = verdict.right ? styleText('green', '✓') : styleText('red', '✗');
  const what = drill.kind === 'case' ? [drill.id, drill.at] : [drill.name];
  const told = verdict.told.map((each) => cellsOf(drill, each));
  const lines = told.length > 0 ? told : [[dim('none'), dim('nobody'), '', '', '']];
  return lines.map((cells, index) => [...(index === 0 ? [mark, ...what] : ['', ...what.map(() => '')]), ...cells]);
}

function cellsOf(
  { org }: Drill,
  { alarm, audience, toldAfter, roseAfter, finding, overAfter }: Told,
): readonly string[] {
  const name = shortName(alarm, org);
  return [
    roseAfter === undefined ? styleText('red', name) : name,
    toldAfter === undefined ? styleText('red', 'nobody') : audience,
    minutes(toldAfter),
    finding ?? dim(toldAfter === undefined ? '·' : 'raw'),
    minutes(overAfter),
  ];
}

/** Without what the names of all alarms begin with, or those of all of the row's org. */
function shortName(alarm: string, org: string): string {
  return alarm.replace(/^okta-synthetics\//, '').replace(new RegExp(`^${RegExp.escape(org)}/`), '');
}

function minutes(count: number | undefined): string {
  return count === undefined ? dim('·') : `${count}′`;
}

/** Rows that are wrong in the same way are told together. */
function formatWrong(rows: readonly Row[]): readonly string[] {
  return Object.values(Object.groupBy(rows, ({ verdict }) => verdict.why.join('\n'))).flatMap((alike = []) => {
    const [first] = alike;
    const names = alike
      .slice(0, 3)
      .map(({ drill }) => (alike.length > 1 ? drill.name : `${drill.name}: ${drill.title}`));
    const more = alike.length > 3 ? [`and ${alike.length - 3} more`] : [];
    return [
      ...wrap([...names, ...more].join('; '), 96).map((line) => `  ${styleText('red', line)}`),
      ...(first?.verdict.why ?? []).flatMap((reason) =>
        wrap(reason, 94).map((line, index) => `  ${index === 0 ? '- ' : '  '}${line}`),
      ),
    ];
  });
}

function formatScore({ rows, seconds, virtualMinutes }: DrillReport): readonly string[] {
  const right = rows.filter(({ verdict }) => verdict.right).length;
  return [
    styleText(right === rows.length ? 'green' : 'red', `${right} of ${rows.length} rows right`),
    dim(`${virtualMinutes.toLocaleString('en-US')} virtual minutes in ${duration(seconds)}`),
  ];
}

function duration(seconds: number): string {
  return seconds < 60 ? `${seconds.toFixed(0)} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/** What there is to choose from. */
export function formatList(drills: readonly Drill[]): string {
  return ['case', 'scenario']
    .flatMap((kind) => [
      '',
      bold(`--${kind}`),
      ...table(drills.filter((each) => each.kind === kind).map(({ id, name, title }) => [`  ${id}`, title, dim(name)])),
    ])
    .join('\n');
}
