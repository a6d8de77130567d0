import type { Result } from '../runner/result.ts';
import type { DrillReport } from '../runner/run-scenarios.ts';
import type { ScenarioRun } from '../runner/scenario-worker.ts';
import type { NotificationResult } from '../runner/verify-scenario.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { bold, count, dim, duration, formatSkipped, green, mark, red, table, wrap } from './text.ts';

/** What people were notified of in each scenario, in 100 columns: the scenarios, what failed, what was skipped, the totals. */
export function formatDrill(report: DrillReport): string {
  const failed = report.runs.filter(({ verification }) => !verification.passed);
  return [
    ...sections.flatMap(({ kind, title }) => {
      const runs = report.runs.filter(({ scenario }) => scenario.kind === kind);
      return runs.length > 0 ? ['', bold(title), ...formatTable(runs, kind)] : [];
    }),
    ...(failed.length > 0 ? ['', bold('Failed'), ...formatFailed(failed)] : []),
    ...formatSkipped(report.skipped),
    '',
    ...formatTotals(report),
    '',
  ].join('\n');
}

export function drillResults({ runs }: Pick<DrillReport, 'runs'>): readonly Result[] {
  return runs.map(({ scenario, verification, seconds }) => ({
    suite: `${scenario.kind}s`,
    ...{ name: scenario.name, title: scenario.title, passed: verification.passed, failures: verification.failures },
    seconds,
  }));
}

/** The report as data, for scripts. Minutes are virtual; one without an answer is absent. */
export function drillDocument({ runs, ...rest }: DrillReport): object {
  const results = runs.map(({ scenario, verification, remark, minutes, seconds }) => ({
    ...{ scenario: scenario.name, kind: scenario.kind, id: scenario.id, title: scenario.title },
    ...{ target: scenario.target, org: scenario.org, ...verification, ...(remark !== undefined && { remark }) },
    ...{ virtualMinutes: minutes, seconds },
  }));
  return { results, ...rest };
}

const sections = [
  { kind: 'case', title: 'Cases' },
  { kind: 'scenario', title: 'Scenarios' },
] as const;

function formatTable(runs: readonly ScenarioRun[], kind: Scenario['kind']): readonly string[] {
  const what = kind === 'case' ? ['case', 'target'] : ['scenario'];
  const headings = ['', ...what, 'alarm', 'sent', 'after', 'finding', 'resolved'];
  const lines = runs.map(linesOf);
  const right = [headings.indexOf('after'), headings.indexOf('resolved')];
  const [heading = '', ...formatted] = table([headings.map(dim), ...lines.flat()], right);
  let next = 0;
  const byRun = runs.flatMap(({ remark }, index) => {
    const own = formatted.slice(next, next + (lines[index]?.length ?? 0));
    next += own.length;
    return [...own, ...(remark === undefined ? [] : [dim(`   ${remark}`)])];
  });
  return [heading, ...byRun];
}

/** A line per notification. A scenario that must notify nobody has one that says so. */
function linesOf({ scenario, verification }: ScenarioRun): readonly (readonly string[])[] {
  const what = scenario.kind === 'case' ? [scenario.id, scenario.target] : [scenario.name];
  const sent = verification.notifications.map((each) => cellsOf(scenario, each));
  const lines = sent.length > 0 ? sent : [[dim('none'), dim('nothing'), '', '', '']];
  return lines.map((cells, index) => [
    ...(index === 0 ? [mark(verification.passed), ...what] : ['', ...what.map(() => '')]),
    ...cells,
  ]);
}

function cellsOf({ org }: Scenario, result: NotificationResult): readonly string[] {
  const { alarm, route, firedAfter, notifiedAfter, finding, resolvedAfter } = result;
  const name = alarm.replace(/^okta-synthetics\//, '').replace(new RegExp(`^${RegExp.escape(org)}/`), '');
  const isSent = notifiedAfter !== undefined;
  return [
    firedAfter === undefined ? red(name) : name,
    isSent ? route : red('nothing'),
    afterMinutes(notifiedAfter),
    finding ?? dim(isSent ? 'direct' : '·'),
    afterMinutes(resolvedAfter),
  ];
}

function afterMinutes(value: number | undefined): string {
  return value === undefined ? dim('·') : `${value}′`;
}

/** Scenarios that fail in the same way are listed together. */
function formatFailed(runs: readonly ScenarioRun[]): readonly string[] {
  const byFailures = Object.groupBy(runs, ({ verification }) => verification.failures.join('\n'));
  return Object.values(byFailures).flatMap((alike = []) => {
    const [first] = alike;
    const names = alike
      .slice(0, 3)
      .map(({ scenario }) => (alike.length > 1 ? scenario.name : `${scenario.name}: ${scenario.title}`));
    const more = alike.length > 3 ? [`and ${alike.length - 3} more`] : [];
    return [
      ...wrap([...names, ...more].join('; '), 96).map((line) => `  ${red(line)}`),
      ...(first?.verification.failures ?? []).flatMap((failure) =>
        wrap(failure, 94).map((line, index) => `  ${index === 0 ? '- ' : '  '}${line}`),
      ),
    ];
  });
}

function formatTotals({ runs, seconds, virtualMinutes }: DrillReport): readonly string[] {
  const passed = runs.filter(({ verification }) => verification.passed).length;
  const total = `${passed} of ${runs.length} scenarios passed`;
  return [
    passed === runs.length ? green(total) : red(total),
    dim(`${count(virtualMinutes)} virtual minutes in ${duration(seconds)}`),
  ];
}

/** What people can select. */
export function formatScenarioList(scenarios: readonly Scenario[]): string {
  return ['case', 'scenario']
    .flatMap((kind) => [
      '',
      bold(`--${kind}`),
      ...table(
        scenarios.filter((each) => each.kind === kind).map(({ id, name, title }) => [`  ${id}`, title, dim(name)]),
      ),
    ])
    .join('\n');
}
