import { stripVTControlCharacters } from 'node:util';
import type { OrgReport } from '../../report/org-report.ts';
import { bold, dim, fold, indent, table } from '../text.ts';
import { type Block, sectionsOf, titleOf, verdictOf } from './sections.ts';

const columns = 100;

/** The report for a terminal. Plots are left out. */
export function formatReport(reports: readonly OrgReport[]): string {
  return reports
    .flatMap((report) => [
      bold(plain(titleOf(report))),
      ...fold(plain(verdictOf(report)), columns),
      ...sectionsOf(report).flatMap(({ title, blocks }) => [
        '',
        bold(plain(title)),
        ...indent(blocks.flatMap(linesOf)),
      ]),
      '',
      dim(`From ${plain(report.source)}. All times are UTC.`),
    ])
    .join('\n');
}

/** Trap: whatever Okta wrote must not move the cursor. */
function plain(text: string): string {
  return stripVTControlCharacters(text).replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ');
}

function linesOf(block: Block): readonly string[] {
  switch (block.kind) {
    case 'text':
      return fold(plain(block.text), columns - 2);
    case 'list':
      return block.items.flatMap((item) => fold(`- ${plain(item)}`, columns - 2));
    case 'table':
      return table([block.header, ...block.rows].map((row) => row.map(plain)));
    case 'plot':
      return [];
    default:
      return block satisfies never;
  }
}
