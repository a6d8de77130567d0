import { type RunMark, shownRuns } from './board.ts';
import { type Html, html } from './html.ts';
import { shownRunMarks } from './words.ts';

/** The width of one run, and the height of all. */
const [runWidth, height] = [2, 16];

/** The last runs as bars, the newest on the right. Equal runs side by side are one shape, because there may be many strips. */
export function strip(runs: readonly RunMark[], intervalMinutes: number): Html {
  const bars: Html[] = [];
  for (let from = 0; from < runs.length; ) {
    const mark = runs[from] ?? 'unknown';
    let to = from + 1;
    while (to < runs.length && (runs[to] ?? 'unknown') === mark) to += 1;
    const { height: high, color } = shownRunMarks[mark];
    bars.push(
      html`<rect x="${from * runWidth}" y="${height - high}" width="${(to - from) * runWidth}" height="${high}" class="fill-${color}"></rect>`,
    );
    from = to;
  }
  const width = shownRuns * runWidth;
  return html`<svg role="img" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" aria-label="${inWords(runs, intervalMinutes)}">${bars}</svg>`;
}

function inWords(runs: readonly RunMark[], intervalMinutes: number): string {
  const every = intervalMinutes === 1 ? 'a minute' : `${intervalMinutes} minutes`;
  const counts = Object.entries(shownRunMarks).flatMap(([mark, { word }]) => {
    const count = runs.filter((run) => (run ?? 'unknown') === mark).length;
    return count > 0 ? [`${count} ${word}`] : [];
  });
  return `The last ${runs.length} runs, one in ${every}: ${counts.join(', ')}`;
}
