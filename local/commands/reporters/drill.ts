import { formatTarget } from '../../../functions/model/target.ts';
import { delayInWords, totalDelay } from '../../lab/busy-machine.ts';
import type { Result, Skipped } from '../../lab/result.ts';
import type { CasesReport, FalseAlarm, TriedVariant } from '../../lab/run-cases.ts';
import type { DrillReport, ScenarioRun } from '../../lab/run-scenarios.ts';
import { type Case, variantName } from '../../lab/scenarios/case.ts';
import type { Scenario } from '../../lab/scenarios/scenario.ts';
import type { SelectedVariant } from '../../lab/select.ts';
import type { NotificationResult } from '../../lab/verify-scenario.ts';
import type { ReportedFinding } from '../../self-hosted/reported-finding.ts';
import { bold, count, dim, duration, formatSkipped, green, mark, red, table, wrap } from './text.ts';

interface ReportParts {
  readonly tables: readonly string[];
  readonly failed: readonly string[];
  readonly falseAlarms?: readonly string[];
  readonly skipped: readonly Skipped[];
  readonly totals: readonly string[];
}

function formatParts({ tables, failed, falseAlarms = [], skipped, totals }: ReportParts): string {
  const headed = (title: string, lines: readonly string[]) => (lines.length > 0 ? ['', bold(title), ...lines] : []);
  return [
    ...tables,
    ...headed('Failed', failed),
    ...headed('False alarms', falseAlarms),
    ...formatSkipped(skipped),
    '',
    ...totals,
    '',
  ].join('\n');
}

/** Formats which notifications each scenario sent, in 100 columns: the scenarios, the failures, the skipped cases, the totals. */
export function formatDrill(report: DrillReport): string {
  return formatParts({
    tables: sections.flatMap(({ kind, title }) => {
      const runs = report.runs.filter(({ scenario }) => scenario.kind === kind);
      return runs.length > 0 ? ['', bold(title), ...formatTable(runs, kind)] : [];
    }),
    failed: formatFailed(report.runs.filter(({ verification }) => !verification.passed)),
    skipped: report.skipped,
    totals: formatTotals(report),
  });
}

/** Formats how each variant was diagnosed, in 100 columns: the variants by case, the failures, the skipped cases, the totals. */
export function formatCases(report: CasesReport): string {
  return formatParts({
    tables: formatVariants(report.tried),
    failed: report.tried.filter(({ verification }) => !verification.passed).flatMap(formatFailedVariant),
    falseAlarms: report.falseAlarms.flatMap(formatFalseAlarm),
    skipped: report.skipped,
    totals: formatCaseTotals(report),
  });
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
  const results = runs.map(({ scenario, verification, remark, minutes, seconds, delay }) => ({
    ...{ scenario: scenario.name, kind: scenario.kind, id: scenario.id, title: scenario.title },
    ...{ target: scenario.target, org: scenario.org, ...verification, ...(remark !== undefined && { remark }) },
    ...{ virtualMinutes: minutes, seconds, ...(delay && { delay }) },
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

/** One line per notification. A scenario that expects no notification has a line that says so. */
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
  const delay = totalDelay(runs);
  return [
    ...(delay ? [delayInWords(delay)] : []),
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

/** The cases that people can select, with the number of their variants. */
export function formatCaseList(variants: readonly SelectedVariant[]): string {
  const byCase = [...Map.groupBy(variants, (each) => each.case)];
  const rows = byCase.map(([{ id, title }, { length }]) => [
    `  ${id}`,
    title,
    dim(`${count(length)} variant${length === 1 ? '' : 's'}`),
  ]);
  return ['', bold('--case'), ...table(rows)].join('\n');
}

/** One result per variant, and one for all healthy runs. */
export function caseResults({ tried, healthyRuns, falseAlarms, seconds }: CasesReport): readonly Result[] {
  const healthy: Result = {
    suite: 'healthy',
    name: 'healthy runs',
    title: `${count(healthyRuns)} runs without a fault`,
    passed: falseAlarms.length === 0,
    failures: falseAlarms.flatMap(({ group, variant, findings, error }) => [
      ...(error === undefined ? [] : [`${group}, ${variant}: ${error}`]),
      ...findings.map((finding) => `${group}, ${variant}: ${describe(finding)}`),
    ]),
    seconds,
  };
  return [
    ...tried.map(({ case: one, variant, verification, seconds: took }) => ({
      suite: 'cases',
      name: `${variantName(one, variant)}, ${variant.symptom}`,
      title: one.title,
      passed: verification.passed,
      failures: verification.failures,
      seconds: took,
    })),
    ...(healthyRuns > 0 ? [healthy] : []),
  ];
}

/** The report as data, for scripts. */
export function casesDocument({ tried, ...rest }: CasesReport): object {
  const results = tried.map(({ case: one, variant, org, verification, seconds }) => ({
    ...{ case: one.id, title: one.title, org: org.org.name, target: formatTarget(variant.target) },
    ...{ symptom: variant.symptom, severity: variant.severity ?? one.severity },
    expected: { ...variant.expected, isWarning: variant.isWarning ?? false },
    ...{ ...verification, seconds },
  }));
  return { results, ...rest };
}

/** A table per case: columns as wide as the widest case would not fit. */
function formatVariants(tried: readonly TriedVariant[]): readonly string[] {
  const byCase = Map.groupBy(tried, (one) => one.case);
  return [...byCase].flatMap(([one, variants]) => {
    const rows = variants.map(({ variant, verification: { passed, findings } }) => {
      const shown = findings.find(({ code }) => code === variant.expected.code) ?? findings[0];
      const target = `  ${formatTarget(variant.target)}`;
      const sender = sendersInShort[shown?.answeredBy ?? ''] ?? dim('-');
      return [target, variant.symptom, shown?.code ?? dim('none'), shown?.domain ?? '', sender, mark(passed)];
    });
    return ['', headingOf(one), ...table([['  target', 'symptom', 'finding', 'domain', 'by', ''].map(dim), ...rows])];
  });
}

/** Who answered, as short as the column. */
const sendersInShort: Readonly<Record<string, string>> = {
  okta: 'Okta',
  intermediary: 'between',
  unknown: 'unknown',
  nobody: 'nobody',
  resource: 'the API',
};

function headingOf({ id, title, severity }: Case): string {
  return `${bold(id)}  ${title} ${dim(`(${severity})`)}`;
}

function formatFailedVariant({
  case: { id },
  variant,
  verification: { failures, findings },
}: TriedVariant): readonly string[] {
  const { target, symptom, expected, isWarning } = variant;
  return [
    `  ${red(`${id} ${formatTarget(target)}, ${symptom}`)}: ${firstLine(failures.join('; '))}`,
    `    ${dim('expected')} ${expected.code} (${expected.domain})${isWarning ? ', a warning' : ''}`,
    ...findings.map((one) => `    ${dim('got')}      ${describe(one)}`),
  ];
}

function formatFalseAlarm({ group, variant, findings, error }: FalseAlarm): readonly string[] {
  return [
    `  ${group}, ${variant}: ${firstLine(error ?? '')}`,
    ...findings.map((one) => `    ${dim('got')} ${describe(one)}`),
  ];
}

function formatCaseTotals({ tried, healthyRuns, falseAlarms, seconds, delay }: CasesReport): readonly string[] {
  const passed = tried.filter(({ verification }) => verification.passed).length;
  const total = (isGood: boolean, text: string) => (isGood ? green(text) : red(text));
  const findings = falseAlarms.reduce((sum, alarm) => sum + Math.max(1, alarm.findings.length), 0);
  return [
    ...(delay ? [delayInWords(delay)] : []),
    ...(tried.length > 0
      ? [total(passed === tried.length, `${count(passed)} of ${count(tried.length)} variants diagnosed correctly`)]
      : []),
    ...(healthyRuns > 0
      ? [total(findings === 0, `${count(findings)} false alarms in ${count(healthyRuns)} healthy runs`)]
      : []),
    dim(duration(seconds)),
  ];
}

function describe({ code, domain, isWarning, ...target }: ReportedFinding): string {
  return `${code} (${domain}) at ${formatTarget(target)}${isWarning ? ', a warning' : ''}`;
}

/** The first line of a text that may be a stack trace. */
function firstLine(text: string): string {
  const [line = ''] = text.split('\n');
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}
