import { stripVTControlCharacters } from 'node:util';
import type { Html } from '../../../../functions/board/html.ts';
import { html } from '../../../../functions/board/html.ts';
import { formatTime } from '../../../../functions/model/text.ts';
import type { OrgReport } from '../../report/org-report.ts';
import { markdownTable } from '../docs/markdown.ts';
import { bold, dim, fold, indent, table } from '../text.ts';
import { svgOf } from './plots.ts';
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

/** Trap: text from Okta must not move the cursor. */
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

/**
 * Shows characters that are invisible or change the direction of text, so that a text of Okta's does not change how the
 * rest reads.
 */
function visible(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    character === '\n' ? ' ' : `[U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`,
  );
}

const style = html`:root{color-scheme:light dark;--text:#1b1f24;--page:#fff;--line:#d0d7de;--dim:#57606a;--c0:#b42318;--c1:#8a8f98;--c2:#0969da;--c3:#1a7f37;--c4:#8250df;--c5:#bc4c00}
@media(prefers-color-scheme:dark){:root{--text:#e6edf3;--page:#0d1117;--line:#30363d;--dim:#9da7b3;--c0:#ff7b72;--c1:#8b949e;--c2:#58a6ff;--c3:#3fb950;--c4:#bc8cff;--c5:#ffa657}}
body{font:16px/1.5 system-ui,sans-serif;color:var(--text);background:var(--page);max-width:60rem;margin:0 auto;padding:1rem}
h1{font-size:1.5rem}h2{font-size:1.2rem;margin-top:2rem;border-bottom:1px solid var(--line)}.scroll{overflow-x:auto}
table{border-collapse:collapse;font-size:.9rem;margin:.5rem 0}th,td{text-align:left;vertical-align:top;padding:.25rem .75rem .25rem 0;border-bottom:1px solid var(--line)}
li,td,p{overflow-wrap:anywhere}figure{margin:1rem 0}figcaption,.dim{color:var(--dim);font-size:.85rem}svg{width:100%;height:auto}svg text{fill:var(--dim);font-size:11px}svg line{stroke:var(--line)}
polyline{fill:none;stroke-width:1.5}.key{display:inline-block;width:.7rem;height:.7rem;margin:0 .3rem 0 .8rem}
${[0, 1, 2, 3, 4, 5].map((at) => html`.s${at}{fill:var(--c${at})}.l${at}{stroke:var(--c${at})}.k${at}{background:var(--c${at})}`)}
@media print{:root{color-scheme:light;--text:#000;--page:#fff;--line:#bbb;--dim:#444;--c0:#b42318;--c1:#8a8f98;--c2:#0969da;--c3:#1a7f37;--c4:#8250df;--c5:#bc4c00}body{max-width:none;padding:0}h2,tr,figure{break-inside:avoid}h2{break-after:avoid}.key{print-color-adjust:exact}}`;

/** One page that needs nothing else: no script, no request. Light, dark and printed. */
export function toHtml(reports: readonly OrgReport[], generatedAt: number): string {
  const title = reports.length === 1 && reports[0] ? titleOf(reports[0]) : `${reports.length} orgs`;
  return `${html`<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${visible(title)}</title><style>${style}</style></head><body><main>
${reports.map((report) => orgOf(report, generatedAt))}</main></body></html>`}\n`;
}

function orgOf(report: OrgReport, generatedAt: number): Html {
  const sections = sectionsOf(report).map(
    ({ title, blocks }) => html`<section><h2>${visible(title)}</h2>${blocks.map(htmlOf)}</section>\n`,
  );
  return html`<h1>${visible(titleOf(report))}</h1>
<p><strong>${visible(verdictOf(report))}</strong></p>
${sections}<p class="dim">From ${visible(report.source)}, made at ${formatTime(generatedAt)}. All times are UTC.</p>
`;
}

function htmlOf(block: Block): Html {
  switch (block.kind) {
    case 'text':
      return html`<p>${visible(block.text)}</p>`;
    case 'list':
      return html`<ul>${block.items.map((item) => html`<li>${visible(item)}</li>`)}</ul>`;
    case 'table': {
      const head = block.header.map((cell) => html`<th scope="col">${visible(cell)}</th>`);
      const rows = block.rows.map((row) => html`<tr>${row.map((cell) => html`<td>${visible(cell)}</td>`)}</tr>`);
      // A wide table scrolls by itself, also by keyboard.
      return html`<div class="scroll" tabindex="0" role="region" aria-label="${visible(block.header[0] || 'table')}"><table><thead><tr>${head}</tr></thead><tbody>${rows}</tbody></table></div>`;
    }
    case 'plot': {
      const { plot } = block;
      const keys = plot.series.map(({ name }, at) => html`<span class="key k${at}"></span>${visible(name)}`);
      return html`<figure>${svgOf(plot)}<figcaption>${visible(plot.title)}:${keys}</figcaption></figure>`;
    }
    default:
      return block satisfies never;
  }
}
