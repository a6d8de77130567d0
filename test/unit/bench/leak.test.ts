import { describe, expect, it } from 'vitest';
import { leakOf, leakTolerance } from '../../bench/leak.ts';
import { sampleLoad } from './sample-report.ts';

describe('a leak', () => {
  it.each([
    ['below', 0.9, false],
    ['above', 1.1, true],
  ])('is told by a heap that grows by an amount %s the tolerance', (_, part, leaks) => {
    expect(leakOf(sampleLoad(leakTolerance.heapBytes * part)).leaks).toBe(leaks);
  });

  it.each([
    ['RSS', 'rssBytes', leakTolerance.rssBytes * 1.1],
    ['the number of sockets', 'sockets', leakTolerance.sockets * 1.1],
  ])('is told by %s alone', (_, name, growth) => {
    const { samples, ...load } = sampleLoad(0);
    const growing = samples.map((sample, run) => ({ ...sample, [name]: run * growth }));
    expect(leakOf({ ...load, samples: growing }).leaks).toBe(true);
  });

  it('is not what only the first half of the runs holds on to', () => {
    const { samples, ...load } = sampleLoad(0);
    const settling = samples.map((sample, run) => ({ ...sample, heapBytes: Math.min(run, 60) * 1e6 }));
    expect(leakOf({ ...load, samples: settling }).leaks).toBe(false);
  });

  it('is counted by the run, also where many orgs were handled between two samples', () => {
    const load = sampleLoad(leakTolerance.heapBytes * 50, { orgs: 100 });
    expect(leakOf(load).growth.heapBytes).toBeCloseTo(leakTolerance.heapBytes / 2);
    expect(leakOf(load).leaks).toBe(false);
  });
});
