import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineChart, niceMaximum } from '../../bench/line-chart.ts';
import { parseHtml } from '../../support/parse-html.ts';

const chart = {
  ...{ title: 'Memory <of> "runs" & sockets', description: 'RSS 100 MB after 3', across: 'runs' },
  panels: [
    {
      unit: 'MB',
      lines: [
        { name: 'RSS', values: [90, 95, 100] },
        { name: 'heap', values: [10, 12, 11] },
      ],
    },
    { unit: 'sockets', lines: [{ name: 'open sockets', values: [3, 3, 3] }] },
  ],
};

describe('a line chart', () => {
  it('has a title and a description for those who do not see it', () => {
    const { elements, problems } = parseHtml(lineChart(chart));
    const textOf = (name: string) => elements.find((element) => element.name === name)?.text;
    expect([textOf('title'), textOf('desc')]).toEqual([chart.title, chart.description]);
    expect(elements[0]?.attributes['aria-labelledby']).toBe('title desc');
    expect(problems).toEqual([]);
  });

  it('names each line, each unit and what is counted across', () => {
    const texts = parseHtml(lineChart(chart)).elements.map(({ text }) => text);
    for (const word of ['RSS', 'heap', 'open sockets', 'MB', 'sockets', 'runs']) expect(texts).toContain(word);
  });

  it('draws a point for each value, higher for more, and fills nothing', () => {
    const lines = parseHtml(lineChart(chart)).elements.filter(({ attributes }) =>
      /^line /.test(attributes.class ?? ''),
    );
    const points = (lines[0]?.attributes.d ?? '').slice(1).split('L');
    const heights = points.map((point) => Number(point.split(' ')[1]));
    expect(lineChart(chart)).toContain('path { fill: none; }');
    expect(heights).toHaveLength(3);
    expect(heights).toEqual(heights.toSorted((a, b) => b - a));
  });

  it('has colors for a dark page', () => {
    expect(lineChart(chart)).toContain('prefers-color-scheme: dark');
  });

  it('draws a chart of one value without a number that is none', () => {
    const panels = [{ unit: 'MB', lines: [{ name: 'RSS', values: [0] }] }];
    expect(lineChart({ ...chart, panels })).not.toMatch(/NaN|Infinity/);
  });

  it('an axis ends at a round number that no value exceeds', () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 1e9, noNaN: true }), (value) => {
        const most = niceMaximum(value);
        expect(most).toBeGreaterThanOrEqual(value);
        expect(most / value).toBeLessThanOrEqual(2.5);
      }),
    );
  });
});
