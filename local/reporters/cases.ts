import { styleText } from 'node:util';
import { formatTarget } from '../../functions/model/target.ts';
import type { CasesReport, FalseAlarm, Tried } from '../runner/run-cases.ts';
import type { Found } from '../runner/verify-run.ts';
import type { Case } from '../scenarios/case.ts';
import { table } from './table.ts';

const dim = (text: string) => styleText('dim', text);
const bold = (text: string) => styleText('bold', text);

/** Which cells were named rightly, in 100 columns: a group of rows a case, then what waits, then the score. */
export function formatCases(report: CasesReport): string {
  const wrong = report.tried.filter(({ verdict }) => !verdict.passed);
  return [
    ...formatTable(report.tried),
    ...(wrong.length > 0 ? ['', bold('Named wrongly'), ...wrong.flatMap(formatWrong)] : []),
    ...(report.falseAlarms.length > 0 ? ['', bold('Found where nothing was wrong')] : []),
    ...report.falseAlarms.flatMap(formatFalseAlarm),
    ...(report.waiting.length > 0 ? ['', bold('Waiting')] : []),
    ...table(report.waiting.map(({ id, title, skipReason = '' }) => [`  ${id}`, title, dim(skipReason)])),
    '',
    ...formatScore(report),
    '',
  ].join('\n');
}

function formatTable(tried: readonly Tried[]): readonly string[] {
  const rows = tried.map(({ cell, verdict: { passed, found } }) => {
    const shown = found.find(({ code }) => code === cell.expected.code) ?? found[0];
    return [
      `  ${formatTarget(cell.target)}`,
      cell.symptom,
      shown ? shown.code : dim('none'),
      shown ? shown.domain : '',
      passed ? styleText('green', '✓') : styleText('red', '✗'),
    ];
  });
  const [header = '', ...lines] = table([['  at', 'wire', 'finding', 'domain', ''].map(dim), ...rows]);
  return tried.flatMap((one, index) => [
    ...(one.case === tried[index - 1]?.case ? [] : ['', headingOf(one.case), ...(index === 0 ? [header] : [])]),
    lines[index] ?? '',
  ]);
}

function headingOf({ id, title, severity }: Case): string {
  return `${bold(id)}  ${title} ${dim(`(${severity})`)}`;
}

function formatWrong({ case: { id }, cell, verdict: { failure = '', found } }: Tried): readonly string[] {
  return [
    `  ${styleText('red', `${id} ${formatTarget(cell.target)}, ${cell.symptom}`)}: ${clip(failure)}`,
    `    ${dim('expected')} ${cell.expected.code} (${cell.expected.domain})${cell.warns ? ', a warning' : ''}`,
    ...found.map((one) => `    ${dim('found')}    ${describe(one)}`),
  ];
}

function formatFalseAlarm({ group, looks, found, error }: FalseAlarm): readonly string[] {
  return [
    `  ${group}, looking ${looks}: ${clip(error ?? '')}`,
    ...found.map((one) => `    ${dim('found')} ${describe(one)}`),
  ];
}

function formatScore({ tried, healthyRuns, falseAlarms, seconds }: CasesReport): readonly string[] {
  const right = tried.filter(({ verdict }) => verdict.passed).length;
  const score = (isRight: boolean, text: string) => styleText(isRight ? 'green' : 'red', text);
  const number = (value: number) => value.toLocaleString('en-US');
  const findings = falseAlarms.reduce((sum, { found }) => sum + Math.max(1, found.length), 0);
  return [
    ...(tried.length > 0
      ? [score(right === tried.length, `${number(right)} of ${number(tried.length)} cells named rightly`)]
      : []),
    ...(healthyRuns > 0
      ? [score(findings === 0, `${number(findings)} findings in ${number(healthyRuns)} healthy runs`)]
      : []),
    dim(`${seconds.toFixed(0)} s`),
  ];
}

function describe({ code, domain, warns, ...place }: Found): string {
  return `${code} (${domain}) at ${formatTarget(place)}${warns ? ', a warning' : ''}`;
}

/** The first line of a text that may be a stack. */
function clip(text: string): string {
  const [line = ''] = text.split('\n');
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}
