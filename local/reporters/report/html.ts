import { formatTime } from '../../../functions/notify/render/text.ts';
import type { OrgReport } from '../../report/org-report.ts';
import { svgOf } from './plots.ts';
import { type Block, sectionsOf, titleOf, verdictOf } from './sections.ts';

const characters: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * Text for HTML. Characters that change the direction of text, or cannot be seen, become visible: a text of Okta's must not
 * change how the rest reads.
 */
export function escapeHtml(text: string): string {
  return text
    .replaceAll(/[&<>"']/g, (character) => characters[character] ?? '')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
      character === '\n' ? ' ' : `[U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`,
    );
}

const style = `
:root{color-scheme:light dark;--text:#1b1f24;--page:#fff;--line:#d0d7de;--dim:#57606a;--c0:#b42318;--c1:#8a8f98;--c2:#0969da;--c3:#1a7f37;--c4:#8250df;--c5:#bc4c00}
@media(prefers-color-scheme:dark){:root{--text:#e6edf3;--page:#0d1117;--line:#30363d;--dim:#9da7b3;--c0:#ff7b72;--c1:#8b949e;--c2:#58a6ff;--c3:#3fb950;--c4:#bc8cff;--c5:#ffa657}}
body{font:16px/1.5 system-ui,sans-serif;color:var(--text);background:var(--page);max-width:60rem;margin:0 auto;padding:1rem}
h1{font-size:1.5rem}h2{font-size:1.2rem;margin-top:2rem;border-bottom:1px solid var(--line)}.scroll{overflow-x:auto}
table{border-collapse:collapse;font-size:.9rem;margin:.5rem 0}th,td{text-align:left;vertical-align:top;padding:.25rem .75rem .25rem 0;border-bottom:1px solid var(--line)}
li,td,p{overflow-wrap:anywhere}figure{margin:1rem 0}figcaption,.dim{color:var(--dim);font-size:.85rem}svg{width:100%;height:auto}svg text{fill:var(--dim);font-size:11px}svg line{stroke:var(--line)}
polyline{fill:none;stroke-width:1.5}.key{display:inline-block;width:.7rem;height:.7rem;margin:0 .3rem 0 .8rem}
${[0, 1, 2, 3, 4, 5].map((at) => `.s${at}{fill:var(--c${at})}.l${at}{stroke:var(--c${at})}.k${at}{background:var(--c${at})}`).join('')}
@media print{:root{color-scheme:light;--text:#000;--page:#fff;--line:#bbb;--dim:#444;--c0:#b42318;--c1:#8a8f98;--c2:#0969da;--c3:#1a7f37;--c4:#8250df;--c5:#bc4c00}body{max-width:none;padding:0}h2,tr,figure{break-inside:avoid}h2{break-after:avoid}.key{print-color-adjust:exact}}
`.trim();

/** One page that needs nothing else: no script, no request. Light, dark and printed. */
export function toHtml(reports: readonly OrgReport[], generatedAt: number): string {
  const title = reports.length === 1 && reports[0] ? titleOf(reports[0]) : `${reports.length} orgs`;
  const body = reports.flatMap((report) => [
    `<h1>${escapeHtml(titleOf(report))}</h1>`,
    `<p><strong>${escapeHtml(verdictOf(report))}</strong></p>`,
    ...sectionsOf(report).map(
      ({ title: heading, blocks }) =>
        `<section><h2>${escapeHtml(heading)}</h2>${blocks.map(htmlOf).join('')}</section>`,
    ),
    `<p class="dim">From ${escapeHtml(report.source)}, made at ${formatTime(generatedAt)}. All times are UTC.</p>`,
  ]);
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    `<title>${escapeHtml(title)}</title><style>${style}</style></head><body><main>`,
    ...body,
    '</main></body></html>\n',
  ].join('\n');
}

function htmlOf(block: Block): string {
  switch (block.kind) {
    case 'text':
      return `<p>${escapeHtml(block.text)}</p>`;
    case 'list':
      return `<ul>${block.items.map((item) => `<li>${escapeHtml(item)}</li>`).join('')}</ul>`;
    case 'table': {
      const head = block.header.map((cell) => `<th scope="col">${escapeHtml(cell)}</th>`).join('');
      const rows = block.rows.map((row) => `<tr>${row.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('')}</tr>`);
      // A wide table scrolls by itself, also by keyboard.
      return `<div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(block.header[0] || 'table')}"><table><thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
    }
    case 'plot': {
      const { plot } = block;
      const keys = plot.series.map(({ name }, at) => `<span class="key k${at}"></span>${escapeHtml(name)}`).join('');
      return `<figure>${svgOf(plot, escapeHtml)}<figcaption>${escapeHtml(plot.title)}:${keys}</figcaption></figure>`;
    }
    default:
      return block satisfies never;
  }
}
