import { parts } from '../../bench/parts.ts';
import type { BenchReport, LoadReading, SizeReading } from '../../bench/report.ts';

const spread = { median: 0.4, p95: 1.2, max: 3.4 };
const took = { ms: 1_234.5, processorMs: 345.6 };

/** A size that keeps every rule. */
export function sampleSize(changes: Partial<SizeReading> = {}): SizeReading {
  return {
    ...{ memoryMb: 512, means: 'control group, 5.789 of each 20 ms' },
    exactness: { readings: 330, marked: 3, unknown: 2, all: spread, published: spread },
    first: { worstErrorMs: 3, worstPublishedMs: 2, load: took, run: took },
    warm: { ms: spread, meanMs: 60, processorMs: 11, requests: 11, connections: 4, resumed: 3 },
    ...{ peakRssBytes: 110e6, failedRuns: 0, repeatedRuns: 2, dollarsAMonth: 0.06 },
    ...changes,
  };
}

/** A load that holds on to so many bytes of heap more after each run. */
export function sampleLoad(heapBytesARun: number, changes: Partial<LoadReading> = {}): LoadReading {
  return {
    ...{ id: 'flows', what: 'one org, two hours: 120 runs of flows', orgs: 1 },
    samples: Array.from({ length: 120 }, (_, run) => ({
      ...{ rssBytes: 100e6, heapBytes: 15e6 + run * heapBytesARun, sockets: 3 },
    })),
    ...changes,
  };
}

/** A report with every part, and with the longest words that it may have. */
export const sampleReport: BenchReport = {
  ...{ schema_version: 1, parts, at: '2026-11-23T10:00:00.000Z', runs: 30, delayMs: 20 },
  machine: {
    ...{ processor: 'AMD EPYC', cores: 2, platform: 'linux x64', node: '24.21.0', shareKind: 'cgroup', ownCore: true },
  },
  floor: { readings: 120, marked: 0, unknown: 0, all: spread, published: spread },
  sizes: [128, 256, 512, 1_024, 1_769].map((memoryMb) => sampleSize({ memoryMb, dollarsAMonth: memoryMb / 1_000 })),
  profile: {
    processorMs: 32.1,
    parts: [
      { what: 'TLS connections', ms: 8.12 },
      { what: 'Node.js itself: streams, timers, promises', ms: 1.2 },
    ],
    needs: [{ what: 'signatures with an RSA key of 2,048 bits', count: 4, ms: 0.61 }],
  },
  coldStarts: [
    { function: 'notify', bundleBytes: 812_345, load: took },
    {
      ...{ function: 'negative-tests', bundleBytes: 712_345, load: took, peakRssBytes: 110e6 },
      firstRun: { ...took, server: 'embedded Okta' },
    },
  ],
  peers: [
    { name: 'flows, warm', version: '', ...took, checksLess: 'makes 5 requests; diagnoses them' },
    { name: 'blackbox_exporter', version: '0.23.0', ...took, checksLess: 'a long sentence about it, '.repeat(5) },
  ],
  growth: [1, 10, 100].map((orgs) => ({
    ...{ orgs, runs: 100, processorMs: 12.3, runsAMinute: 4_878, rssBytes: 180e6 },
    dollarsAMonth: [128, 256, 512, 1_024, 1_769].map((memoryMb) => ({ memoryMb, dollars: (orgs * memoryMb) / 1_000 })),
  })),
  loads: [
    sampleLoad(100),
    sampleLoad(90_000, { id: 'stress', what: '100 orgs at once, 5 times: a stress, which Lambda never is' }),
  ],
  skipped: [{ what: 'newman', why: 'there is no newman in PATH' }],
};
