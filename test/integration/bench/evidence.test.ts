import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { groups } from '../../../functions/model/probe.ts';
import { memorySizes } from '../../../lib/functions/memory-sizes.ts';
import { fillMarkers } from '../../../local/reporters/docs/fill-markers.ts';
import { bench } from '../../bench/bench.ts';
import { pictureFile, pictures } from '../../bench/pictures.ts';
import { hasMemory, recommendSize } from '../../bench/recommend-size.ts';
import { benchMarkdown } from '../../bench/render-markdown.ts';
import type { BenchReport } from '../../bench/report.ts';
import { runCommand, tooLong } from '../../support/run-command.ts';

const evidence = JSON.parse(readFileSync('docs/performance.json', 'utf8')) as BenchReport;

describe('the recorded evidence of a bench', () => {
  it('docs/performance.md is what the evidence says (run `npm run bench -- --write`)', () => {
    const page = readFileSync('docs/performance.md', 'utf8');
    expect(fillMarkers(page, { bench: () => benchMarkdown(evidence) })).toBe(page);
  });

  it('each picture is what the evidence says', () => {
    const drawn = pictures(evidence);
    expect(drawn.length).toBeGreaterThan(0);
    for (const { id, svg } of drawn) expect(readFileSync(`docs/${pictureFile(id)}`, 'utf8')).toBe(svg);
  });

  it('the memory of flows is the recommended size', () => {
    expect(memorySizes.flows).toBe(recommendSize(evidence.sizes ?? [])?.memoryMb);
  });

  it.each(groups)('the memory of %s has room for what its process used', (group) => {
    const { peakRssBytes = Number.NaN } = evidence.coldStarts?.find((each) => each.function === group) ?? {};
    expect(hasMemory({ memoryMb: memorySizes[group], peakRssBytes })).toBe(true);
  });
});

describe('npm run bench', () => {
  it.each([
    ['an unknown part', ['--only', 'speed'], '--only must be exactness,'],
    ['to write a part only', ['--only', 'load', '--write'], '--write takes all parts'],
    ['an unknown kind of share', ['--share', 'half'], "--share must be cgroup, load, none, not 'half'"],
    ['too few runs', ['--runs', '1'], '--runs must be a whole number from 2'],
    ['to print what is no evidence', ['--from', 'package.json'], 'package.json is no document of this command'],
    ['to print what is no JSON', ['--from', 'README.md'], 'README.md cannot be read as JSON'],
  ])('is refused with 2 and a sentence: %s', async (_, args, says) => {
    const { code, stdout, stderr } = await runCommand(bench, ...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(says);
  });

  it('prints the recorded evidence again, in 80 columns', async () => {
    const { stdout } = await runCommand(bench, '--from', 'docs/performance.json');
    expect(tooLong(stdout, 80)).toEqual([]);
    expect(stdout).toContain('Cold starts');
  });

  it('its JSON document says what it promises, and can be printed again', async () => {
    const { code, stdout } = await runCommand(bench, '--from', 'docs/performance.json', '--json');
    const { passed, checks, ...report } = JSON.parse(stdout);
    expect(report).toEqual(evidence);
    expect([passed, code]).toEqual([
      checks.every((check: { readonly passed: boolean }) => check.passed),
      passed ? 0 : 1,
    ]);
  });
});
