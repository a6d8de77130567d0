import { bold, dim, fold, mark, table, wrap } from '../../local/reporters/text.ts';
import type { BenchCheck } from './checks.ts';
import type { BenchReport } from './report.ts';
import { type BenchTable, sectionsOf } from './sections.ts';

/** The columns of a terminal. */
const columns = 80;

/** What was measured, as text. */
export function benchText(report: BenchReport, checks: readonly BenchCheck[]): string {
  const sections = sectionsOf(report).flatMap(({ title, tables, notes }) => [
    '',
    ...wrap(title, columns).map(bold),
    ...tables.flatMap((each) => [...tableText(each), '']),
    ...notes.flatMap((note) => wrap(note, columns)).map(dim),
  ]);
  const skipped = report.skipped.flatMap(({ what, why }) => fold(`skipped: ${what}: ${why}`, columns));
  return [
    ...sections,
    ...(skipped.length > 0 ? ['', ...skipped] : []),
    ...(checks.length > 0 ? [''] : []),
    ...checks.map(({ what, passed }) => `${mark(passed)} ${what}`),
    '',
  ].join('\n');
}

/** Words in the first or last column are broken where a row would be too long. */
function tableText({ header, rows, words = [] }: BenchTable): readonly string[] {
  const right = header.map((_, column) => column).filter((column) => column > 0 && !words.includes(column));
  const isList = words.includes(1);
  const width = (column: number) => Math.max(...[header, ...rows].map((row) => row[column]?.length ?? 0));
  const taken = header.reduce((sum, _, column) => sum + (column === (isList ? 1 : 0) ? 0 : width(column) + 2), 0);
  const room = columns - taken;
  const broken = [header, ...rows].flatMap((row) => {
    const [first = '', second = '', ...others] = row;
    if (isList) return wrap(second, room).map((line, index) => [index === 0 ? first : '', line]);
    const lines = fold(first, room);
    return lines.map((line, index) => [
      line,
      ...[second, ...others].map((cell) => (index === lines.length - 1 ? cell : '')),
    ]);
  });
  return table(broken, right);
}
