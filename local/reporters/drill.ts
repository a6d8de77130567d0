import { styleText } from 'node:util';
import type { DrillReport, ScenarioRun } from '../runner/run-scenarios.ts';
import type { NotificationResult } from '../runner/verify-scenario.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { table } from './table.ts';
import { wrap } from './wrap.ts';

const dim = (text: string) => styleText('dim', text);
const bold = (text: string) => styleText('bold', text);

/** What people heard of every row, in 100 columns: the runs, what is wrong with which, what waits, and the score. */
export function formatDrills(report: DrillReport): string {
  const wrong = report.runs.filter(({ verification }) => !verification.passed);
  return [
    ...sections.flatMap(({ kind, title }) => {
      const runs = report.runs.filter(({ scenario }) => scenario.kind === kind);
      return runs.length > 0 ? ['', bold(title), ...formatTable(runs, kind)] : [];
    }),
    ...(wrong.length > 0 ? ['', bold('Wrong'), ...formatWrong(wrong)] : []),
    ...(report.skipped.length > 0 ? ['', bold('Not drilled')] : []),
    ...table(report.skipped.map(({ id, title, because }) => [`  ${id}`, title, dim(because)])),
    '',
    ...formatScore(report),
    '',
  ].join('\n');
}

const sections = [
  { kind: 'case', title: 'Cases' },
  { kind: 'scenario', title: 'Scenarios' },
] as const;

function formatTable(runs: readonly ScenarioRun[], kind: Scenario['kind']): readonly string[] {
  const headings = ['', 'row', ...(kind === 'case' ? ['at'] : []), 'alarm', 'told', 'after', 'finding', 'over'];
  const lines = runs.map(linesOf);
  const right = [headings.indexOf('after'), headings.indexOf('over')];
  const [heading = '', ...formatted] = table([headings.map(dim), ...lines.flat()], right);
  let next = 0;
  const byRow = runs.flatMap(({ remark }, index) => {
    const own = formatted.slice(next, next + (lines[index]?.length ?? 0));
    next += own.length;
    return [...own, ...(remark === undefined ? [] : [dim(`   ${remark}`)])];
  });
  return [heading, ...byRow];
}

/** A line an incident; a row of which nobody must hear has one that says so. */
function linesOf({ scenario, verification }: ScenarioRun): readonly (readonly string[])[] {
  const mark = verification.passed ? styleText('green', '✓') : styleText('red', '✗');
  const what = scenario.kind === 'case' ? [scenario.id, scenario.target] : [scenario.name];
  const told = verification.notifications.map((each) => cellsOf(scenario, each));
  const lines = told.length > 0 ? told : [[dim('none'), dim('nobody'), '', '', '']];
  return lines.map((cells, index) => [...(index === 0 ? [mark, ...what] : ['', ...what.map(() => '')]), ...cells]);
}

function cellsOf(
  { org }: Scenario,
  { alarm, route, notifiedAfter, firedAfter, finding, resolvedAfter }: NotificationResult,
): readonly string[] {
  const name = shortName(alarm, org);
  return [
    firedAfter === undefined ? styleText('red', name) : name,
    notifiedAfter === undefined ? styleText('red', 'nobody') : route,
    minutes(notifiedAfter),
    finding ?? dim(notifiedAfter === undefined ? '·' : 'raw'),
    minutes(resolvedAfter),
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
function formatWrong(runs: readonly ScenarioRun[]): readonly string[] {
  return Object.values(Object.groupBy(runs, ({ verification }) => verification.failures.join('\n'))).flatMap(
    (alike = []) => {
      const [first] = alike;
      const names = alike
        .slice(0, 3)
        .map(({ scenario }) => (alike.length > 1 ? scenario.name : `${scenario.name}: ${scenario.title}`));
      const more = alike.length > 3 ? [`and ${alike.length - 3} more`] : [];
      return [
        ...wrap([...names, ...more].join('; '), 96).map((line) => `  ${styleText('red', line)}`),
        ...(first?.verification.failures ?? []).flatMap((reason) =>
          wrap(reason, 94).map((line, index) => `  ${index === 0 ? '- ' : '  '}${line}`),
        ),
      ];
    },
  );
}

function formatScore({ runs, seconds, virtualMinutes }: DrillReport): readonly string[] {
  const right = runs.filter(({ verification }) => verification.passed).length;
  return [
    styleText(right === runs.length ? 'green' : 'red', `${right} of ${runs.length} runs right`),
    dim(`${virtualMinutes.toLocaleString('en-US')} virtual minutes in ${duration(seconds)}`),
  ];
}

function duration(seconds: number): string {
  return seconds < 60 ? `${seconds.toFixed(0)} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/** What there is to choose from. */
export function formatList(drills: readonly Scenario[]): string {
  return ['case', 'scenario']
    .flatMap((kind) => [
      '',
      bold(`--${kind}`),
      ...table(drills.filter((each) => each.kind === kind).map(({ id, name, title }) => [`  ${id}`, title, dim(name)])),
    ])
    .join('\n');
}
