import type { Diagnosis, DiagnosisStatus, Examination } from '../doctor/diagnosis.ts';
import { bold, dim, green, indent, red, wrap, yellow } from './text.ts';

/** The columns of a terminal. */
const width = 80;

const marks: Readonly<Record<DiagnosisStatus, () => string>> = {
  ok: () => green('✓'),
  problem: () => red('✗'),
  warning: () => yellow('!'),
  open: () => dim('–'),
};

/** A line for each thing that was looked at, and below it how to mend it. At most 80 columns. */
export function formatExaminations(examinations: readonly Examination[]): string {
  const all = examinations.flatMap(({ diagnoses }) => diagnoses);
  const longest = Math.min(24, Math.max(...all.map(({ what }) => what.length)));
  return [
    ...examinations.flatMap(({ part, diagnoses }) => [
      bold(part),
      ...indent(diagnoses.flatMap((diagnosis) => formatDiagnosis(diagnosis, longest))),
      '',
    ]),
    verdictOf(all),
  ].join('\n');
}

function formatDiagnosis({ what, status, found, remedy }: Diagnosis, longest: number): readonly string[] {
  const room = width - longest - 6;
  const name = what.length > longest ? [what] : [];
  const lines = [...wrap(found, room), ...(remedy === undefined || status === 'ok' ? [] : wrap(`→ ${remedy}`, room))];
  const rows = [...name, ...lines].map((line, index) => {
    if (name.length > 0 && index === 0) return `${marks[status]()} ${line}`;
    const lead = index === 0 ? `${marks[status]()} ${what.padEnd(longest)}` : ' '.repeat(longest + 2);
    return `${lead}  ${line}`;
  });
  return rows;
}

function verdictOf(all: readonly Diagnosis[]): string {
  const count = (status: DiagnosisStatus) => all.filter((each) => each.status === status).length;
  const parts = [
    ...(count('problem') > 0 ? [`${count('problem')} to mend`] : []),
    ...(count('warning') > 0 ? [`${count('warning')} worth a look`] : []),
    ...(count('open') > 0 ? [`${count('open')} not looked at, or not there yet`] : []),
  ];
  const text = count('problem') === 0 ? 'Nothing to mend.' : '';
  const paint = count('problem') > 0 ? red : green;
  return `${bold('Verdict')}  ${paint([text, parts.length > 0 ? `${parts.join(', ')}.` : ''].filter(Boolean).join(' '))}`;
}

/** Returns whether the doctor found no problem. */
export function isHealthy(examinations: readonly Examination[]): boolean {
  return examinations.every(({ diagnoses }) => diagnoses.every(({ status }) => status !== 'problem'));
}
