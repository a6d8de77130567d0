import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BenchReport, measure } from '../../bench/measure.ts';
import { type BenchOptions, flowsAt, notPassed, openBench, peerFlowsAt } from '../../bench/open-bench.ts';
import { fullCoreMemoryMb } from '../../bench/processor-share.ts';

const options: BenchOptions = {
  runs: 2,
  delayMs: 1,
  separatesCores: false,
  progress: () => {},
  signal: new AbortController().signal,
};

const foldersOfBenches = () => readdirSync(tmpdir()).filter((name) => name.startsWith('okta-synthetics-bench-'));

describe('a bench of exactness', () => {
  let report: BenchReport;
  let foldersBefore: readonly string[];
  beforeAll(async () => {
    foldersBefore = foldersOfBenches();
    report = await measure(['exactness'], options);
  });

  it('has each reading of each run, compared by its request id', () => {
    const size = report.sizes.find(({ memoryMb }) => memoryMb === fullCoreMemoryMb);
    expect(size?.warm.requests).toBeGreaterThan(0);
    const { readings = 0, unknown = 0 } = size?.exactness ?? {};
    expect(readings + unknown).toBe(options.runs * (size?.warm.requests ?? 0));
    expect(size?.failedRuns).toBe(0);
  });

  it('has the error of the measurement itself, and no other part', () => {
    const { readings = 0, unknown = 0 } = report.floor?.exactness ?? {};
    expect(readings + unknown).toBeGreaterThan(0);
    expect(report.peers).toEqual([]);
  });

  it('measures each size, or says that this machine did not allow its share', () => {
    const measured = report.sizes.map(({ memoryMb }) => `${memoryMb} MB`);
    expect([...measured, ...report.skipped.map(({ what }) => what)]).toEqual(['1769 MB', '512 MB', '256 MB']);
  });

  it('leaves no folder behind', () => {
    expect(foldersOfBenches().filter((name) => !foldersBefore.includes(name))).toEqual([]);
  });

  it('ends where it is stopped, and closes what it opened', async () => {
    const stop = new AbortController();
    const progress = (text: string) => {
      if (text.startsWith('flows at')) stop.abort();
    };
    await expect(measure(['exactness'], { ...options, progress, signal: stop.signal })).rejects.toThrow('aborted');
    expect(foldersOfBenches().filter((name) => !foldersBefore.includes(name))).toEqual([]);
  });
});

describe('a function that is measured', () => {
  const opened = new AsyncDisposableStack();
  afterAll(() => opened.disposeAsync());

  it('passes every probe at the reference server, also with what other tools can do', async () => {
    const bench = opened.use(await openBench(options));
    await using measured = await bench.startFlows();
    for (const event of [flowsAt(bench.domain), peerFlowsAt(bench.domain)]) {
      const run = await measured.invoke(event);
      expect(notPassed(run)).toEqual([]);
      const reported = run.exchanges.map(({ requestId }) => requestId);
      expect(Object.keys(run.reading.tookMs).toSorted()).toEqual(reported.toSorted());
    }
  });

  it('that ends with an error is reported as its process reported it', async () => {
    const bench = opened.use(await openBench(options));
    await using measured = await bench.startFlows();
    await expect(measured.invoke(Object(null))).rejects.toThrow('The event is no org');
  });
});
