/** One line of a chart, with a value for each step across. */
export interface ChartLine {
  readonly name: string;
  readonly values: readonly number[];
}

/** Lines over the same axis. It begins at 0. */
export interface ChartPanel {
  readonly unit: string;
  readonly lines: readonly ChartLine[];
}

export interface Chart {
  readonly title: string;
  /** What the chart shows, for those who do not see it. */
  readonly description: string;
  /** What is counted across. */
  readonly across: string;
  /** One above the other. */
  readonly panels: readonly ChartPanel[];
}

const width = 720;
const left = 60;
const right = 110;
const top = 34;
const panelHeight = { first: 150, other: 70 } as const;
const gap = 24;
const bottom = 44;

/** Colors that can be told apart by people who see few, on white and on black: the blue and the orange of Okabe and Ito. */
const style = `
path { fill: none; }
text { font: 12px system-ui, sans-serif; fill: #24292f; }
.axis { stroke: #57606a; stroke-width: 1; }
.grid { stroke: #57606a; stroke-opacity: .25; stroke-width: 1; }
.line { stroke-width: 2; stroke-linejoin: round; }
.line0 { stroke: #0072b2; } .line1 { stroke: #d55e00; stroke-dasharray: 6 3; }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3; } .axis, .grid { stroke: #9198a1; }
.line0 { stroke: #56b4e9; } .line1 { stroke: #e69f00; }
}`;

/** A chart as SVG, readable on a light and on a dark page. Dashes tell lines apart without their colors. */
export function lineChart({ title, description, across, panels }: Chart): string {
  const steps = Math.max(...panels.flatMap(({ lines }) => lines.map(({ values }) => values.length)));
  const x = (step: number) => left + ((width - left - right) * step) / Math.max(1, steps - 1);
  let y = top;
  const drawn = panels.map((panel, index) => {
    const height = index === 0 ? panelHeight.first : panelHeight.other;
    const from = y;
    y += height + gap;
    return drawPanel(panel, { x, from, height });
  });
  const base = y - gap;
  const marks = [...new Set([1, Math.round(steps / 2), steps])].map(
    (step) => `<text x="${round(x(step - 1))}" y="${base + 16}" text-anchor="middle">${step}</text>`,
  );
  const height = base + bottom;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title desc">
<title id="title">${escapeXml(title)}</title>
<desc id="desc">${escapeXml(description)}</desc>
<style>${style}</style>
<text x="${left}" y="18">${escapeXml(title)}</text>
${drawn.join('\n')}
${marks.join('\n')}
<text x="${(left + width - right) / 2}" y="${base + 34}" text-anchor="middle">${escapeXml(across)}</text>
</svg>
`;
}

interface Area {
  readonly x: (step: number) => number;
  readonly from: number;
  readonly height: number;
}

function drawPanel({ unit, lines }: ChartPanel, { x, from, height }: Area): string {
  const most = niceMaximum(Math.max(...lines.flatMap(({ values }) => values)));
  const y = (value: number) => from + height - (height * value) / most;
  const end = width - right;
  const grid = [most / 2, most].map((value) => {
    const at = round(y(value));
    return `<path class="grid" d="M${left} ${at}H${end}"></path><text x="${left - 6}" y="${at + 4}" text-anchor="end">${value}</text>`;
  });
  const axis = `<path class="axis" d="M${left} ${from}V${from + height}H${end}"></path><text x="${left - 6}" y="${from + height + 4}" text-anchor="end">0</text>`;
  const drawn = lines.map(({ name, values }, index) => {
    const points = values.map((value, step) => `${round(x(step))} ${round(y(value))}`).join('L');
    const last = round(y(values.at(-1) ?? 0));
    return `<path class="line line${index}" d="M${points}"></path><text x="${end + 6}" y="${last + 4}">${escapeXml(name)}</text>`;
  });
  const label = `<text x="${left + 6}" y="${from + 12}">${escapeXml(unit)}</text>`;
  return [...grid, axis, ...drawn, label].join('\n');
}

/** The least of 1, 2, 5, 10, 20, 50 … that is not below a value. */
export function niceMaximum(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1)));
  return [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= value) ?? 10 * power;
}

const round = (value: number) => Math.round(value * 10) / 10;

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
