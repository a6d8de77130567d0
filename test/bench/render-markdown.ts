import { markdownTable } from '../../local/reporters/docs/markdown-table.ts';
import { pictureFile, pictures } from './pictures.ts';
import type { BenchReport } from './report.ts';
import { sectionsOf } from './sections.ts';

/** What was measured, as the generated part of docs/performance.md. */
export function benchMarkdown(report: BenchReport): string {
  const { at, machine, runs, delayMs, skipped } = report;
  const { processor, cores, platform, node, shareKind, ownCore } = machine;
  const shares = {
    cgroup: 'control groups',
    load: 'busy processes on the same core',
    none: 'not at all, so only a full core was measured',
  };
  const alone = ownCore ? 'what is measured has one of them to itself' : 'nothing is kept on a core of its own';
  const sections = sectionsOf(report).flatMap(({ title, tables, notes, curves = [] }) => [
    `### ${title}`,
    ...tables.map(({ header, rows }) => markdownTable(header, rows)),
    ...notes,
    ...pictures(report)
      .filter(({ id }) => curves.includes(id))
      .map(({ id, title: alternative }) => `![${alternative}](${pictureFile(id)})`),
  ]);
  return [
    `Measured on ${at.slice(0, 10)} with Node.js ${node} on ${platform}, ${processor}, ${cores} cores: ${alone}. The share of a processor was imposed by ${shares[shareKind]}. Figures are of ${runs} runs unless they say otherwise; the server held each answer back by ${delayMs} ms. To repeat it: \`npm run bench -- --write\`.`,
    ...sections,
    ...(skipped.length > 0 ? [`Not measured: ${skipped.map(({ what, why }) => `${what} (${why})`).join('; ')}.`] : []),
  ].join('\n\n');
}
