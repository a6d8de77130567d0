import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { checksOf } from '../../bench/checks.ts';
import { type Part, parts } from '../../bench/parts.ts';
import { readTime } from '../../bench/peers/time-command.ts';
import { pictures } from '../../bench/pictures.ts';
import { benchMarkdown } from '../../bench/render-markdown.ts';
import { benchText } from '../../bench/render-text.ts';
import { sectionsOf } from '../../bench/sections.ts';
import { tooLong } from '../../support/run-command.ts';
import { sampleReport, sampleSize } from './sample-report.ts';

const { schema_version, parts: all, at, machine, runs, delayMs, skipped } = sampleReport;
const nothing = { schema_version, parts: all, at, machine, runs, delayMs, skipped };

describe('what a bench prints', () => {
  it('a terminal of 80 columns shows whole lines', () => {
    const text = stripVTControlCharacters(benchText(sampleReport, checksOf(sampleReport, 512)));
    expect(tooLong(text, 80)).toEqual([]);
    expect(text).toContain('skipped: newman: there is no newman in PATH');
  });

  it('every cell of every table is in the text and on the page', () => {
    const text = stripVTControlCharacters(benchText(sampleReport, [])).replace(/\s+/g, ' ');
    const page = benchMarkdown(sampleReport);
    const cells = sectionsOf(sampleReport).flatMap(({ tables }) => tables.flatMap(({ rows }) => rows.flat()));
    expect(cells.length).toBeGreaterThan(parts.length);
    expect(cells.filter((cell) => !page.includes(cell.trim()))).toEqual([]);
    const printed = new Set(text.split(' '));
    const words = cells.flatMap((cell) => cell.split(' ')).filter((word) => word !== '');
    expect(words.filter((word) => !printed.has(word))).toEqual([]);
  });

  it('a size is recommended only where all sizes were to be measured', () => {
    const titles = (part: Part) => sectionsOf({ ...sampleReport, parts: [part] }).map(({ title }) => title);
    expect(titles('memory')).toContain('Memory and price of flows');
    expect(titles('exactness')).not.toContain('Memory and price of flows');
  });

  it('what was not measured has no section', () => {
    expect(sectionsOf(nothing)).toEqual([]);
    expect(sectionsOf({ ...nothing, sizes: [sampleSize()] }).map(({ title }) => title)).not.toContain('Many orgs');
  });

  it('the page has the date, the machine, the way to repeat it and every picture', () => {
    const page = benchMarkdown(sampleReport);
    for (const fact of ['2026-11-23', 'AMD EPYC', '24.21.0', 'control groups', 'npm run bench -- --write'])
      expect(page).toContain(fact);
    const shown = pictures(sampleReport).filter(({ id }) => page.includes(`(performance-${id}.svg)`));
    expect(shown).toHaveLength(sampleReport.loads?.length ?? 0);
  });

  it('a load that leaks and an inexact size fail the checks, and only these', () => {
    const exactness = { ...sampleSize().exactness, published: { median: 1, p95: 3, max: 9 } };
    const failed = (report: typeof sampleReport) => checksOf(report, 512).filter(({ passed }) => !passed);
    expect(failed(sampleReport).map(({ what }) => what)).toEqual([
      'nothing leaks: 100 orgs at once, 5 times: a stress, which Lambda never is',
    ]);
    expect(failed({ ...nothing, sizes: [sampleSize({ exactness })] })).toHaveLength(1);
    expect(failed({ ...nothing, sizes: [sampleSize({ exactness, memoryMb: 256 })] })).toEqual([]);
  });

  it("bash's time is read as milliseconds, of the clock and of the processor", () => {
    expect(readTime('a warning\ntime 1.250 0.750 0.125\n')).toEqual({ ms: 1_250, processorMs: 875 });
  });
});
