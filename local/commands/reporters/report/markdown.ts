import { formatTime } from '../../../../functions/model/text.ts';
import type { OrgReport } from '../../report/org-report.ts';
import { markdownTable } from '../docs/markdown-table.ts';
import { type Block, sectionsOf, titleOf, verdictOf } from './sections.ts';

/** Text for Markdown: nothing in it is markup, a link or HTML. Trap: GitHub makes links of URLs in plain text. */
export function escapeMarkdown(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ')
    .replaceAll(/[\\`*_[\]<>#~!]/g, String.raw`\$&`)
    .replaceAll('&', '&amp;')
    .replaceAll('://', ':&#47;/')
    .replaceAll('@', '&#64;');
}

export function toMarkdown(reports: readonly OrgReport[], generatedAt: number): string {
  return reports
    .flatMap((report) => [
      `# ${escapeMarkdown(titleOf(report))}`,
      `**${escapeMarkdown(verdictOf(report))}**`,
      ...sectionsOf(report).flatMap(({ title, blocks }) => [
        `## ${escapeMarkdown(title)}`,
        ...blocks.flatMap(markdownOf),
      ]),
      `From ${escapeMarkdown(report.source)}, made at ${formatTime(generatedAt)}. All times are UTC.`,
    ])
    .join('\n\n')
    .concat('\n');
}

function markdownOf(block: Block): readonly string[] {
  switch (block.kind) {
    case 'text':
      return [escapeMarkdown(block.text)];
    case 'list':
      return [block.items.map((item) => `- ${escapeMarkdown(item)}`).join('\n')];
    case 'table':
      return [
        markdownTable(
          block.header.map(escapeMarkdown),
          block.rows.map((row) => row.map(escapeMarkdown)),
        ),
      ];
    case 'plot':
      return [];
    default:
      return block satisfies never;
  }
}
