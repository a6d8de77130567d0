import { formatTarget } from '../../functions/model/target.ts';
import type { Result } from '../runner/result.ts';
import type { CasesReport, FalseAlarm, TriedVariant } from '../runner/run-cases.ts';
import { type Case, variantName } from '../scenarios/case.ts';
import type { ReportedFinding } from '../simulator/reported-finding.ts';
import { bold, count, dim, duration, formatSkipped, green, mark, red, table } from './text.ts';

/** How each variant was diagnosed, in 100 columns: the variants by case, what went wrong, what was skipped, the totals. */
export function formatCases(report: CasesReport): string {
  const failed = report.tried.filter(({ verification }) => !verification.passed);
  return [
    ...formatVariants(report.tried),
    ...(failed.length > 0 ? ['', bold('Failed'), ...failed.flatMap(formatFailed)] : []),
    ...(report.falseAlarms.length > 0 ? ['', bold('False alarms')] : []),
    ...report.falseAlarms.flatMap(formatFalseAlarm),
    ...formatSkipped(report.skipped),
    '',
    ...formatTotals(report),
    '',
  ].join('\n');
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

function formatFailed({
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

function formatTotals({ tried, healthyRuns, falseAlarms, seconds }: CasesReport): readonly string[] {
  const passed = tried.filter(({ verification }) => verification.passed).length;
  const total = (isGood: boolean, text: string) => (isGood ? green(text) : red(text));
  const findings = falseAlarms.reduce((sum, alarm) => sum + Math.max(1, alarm.findings.length), 0);
  return [
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
