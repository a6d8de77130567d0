import { describe, expect, it } from 'vitest';
import { recommendSize, sizeRule } from '../../bench/recommend-size.ts';
import { sampleSize } from './sample-report.ts';

const published = (p95: number, max: number) => ({
  exactness: { ...sampleSize().exactness, published: { median: 0.1, p95, max } },
});
const cheap = { memoryMb: 256, dollarsAMonth: 0.01 };

describe('the recommended size', () => {
  it('is the cheapest that keeps the rule, and not the smallest', () => {
    const small = sampleSize({ memoryMb: 256, dollarsAMonth: 0.09 });
    expect(recommendSize([small, sampleSize()])).toEqual({ memoryMb: 512, keepsRule: true });
  });

  it.each([
    ['is too inexact at p95', published(sizeRule.p95Ms, 3)],
    ['is too inexact once', published(1, sizeRule.maxMs)],
    ['has marked more readings than it may', { exactness: { ...sampleSize().exactness, marked: 34 } }],
    ['had a run that did not pass', { failedRuns: 1 }],
    ['has too little memory', { peakRssBytes: 256 * 1024 * 1024 * (1 - sizeRule.leastFree) + 1 }],
  ])('is not one that %s', (_, changes) => {
    expect(recommendSize([sampleSize({ ...cheap, ...changes }), sampleSize()])?.memoryMb).toBe(512);
    expect(recommendSize([sampleSize(cheap), sampleSize()])?.memoryMb).toBe(256);
  });

  it('is the most exact one with memory enough, where none keeps the rule', () => {
    const sizes = [
      sampleSize({ ...published(9, 20), memoryMb: 512 }),
      sampleSize({ ...published(8, 40), memoryMb: 1_024 }),
      sampleSize({ ...published(7, 30), memoryMb: 64 }),
    ];
    expect(recommendSize(sizes)).toEqual({ memoryMb: 1_024, keepsRule: false });
  });

  it('is unknown where nothing was measured', () => {
    expect(recommendSize([])).toBeUndefined();
  });
});
