import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { flowsAt, peerFlowsAt } from '../../bench/events.ts';
import { measure } from '../../bench/measure.ts';
import { type BenchOptions, exchangesOf, notPassed, openBench } from '../../bench/open-bench.ts';
import { fullCoreMemoryMb } from '../../bench/processor-share.ts';
import type { BenchReport } from '../../bench/report.ts';

const options: BenchOptions = {
  ...{ runs: 2, delayMs: 1, shareKind: 'none', separatesCores: false, progress: () => {} },
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
    const [size, ...others] = report.sizes ?? [];
    expect([size?.memoryMb, others]).toEqual([fullCoreMemoryMb, []]);
    expect(size?.warm.requests).toBeGreaterThan(0);
    const { readings = 0, unknown = 0 } = size?.exactness ?? {};
    expect(readings + unknown).toBe(options.runs * (size?.warm.requests ?? 0));
    expect(size?.failedRuns).toBe(0);
  });

  it('has the error of the measurement itself, and no other part', () => {
    expect((report.floor?.readings ?? 0) + (report.floor?.unknown ?? 0)).toBeGreaterThan(0);
    expect([report.coldStarts, report.peers, report.growth, report.loads]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('says which shares this machine did not allow', () => {
    expect(report.skipped.map(({ what }) => what)).toEqual(['512 MB', '256 MB']);
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
  const open = async () => opened.use(await openBench(options));

  it('passes every probe at the reference server, also with what other tools can do', async () => {
    const bench = await open();
    await using measured = await bench.startFunction('flows');
    const [domain = ''] = bench.reference.domains;
    for (const event of [flowsAt(domain), peerFlowsAt(domain)]) {
      const run = await measured.invoke(event);
      expect(notPassed(run)).toEqual([]);
      const reported = exchangesOf(run).map(({ requestId }) => requestId);
      expect(Object.keys(run.reading.tookMs).toSorted()).toEqual(reported.toSorted());
    }
  });

  it('handles several orgs at once, each at its own origin', async () => {
    const bench = await open();
    await using measured = await bench.startFunction('flows');
    const orgs = bench.reference.domains.slice(0, 3).map((domain, index) => flowsAt(domain, `org-${index}`));
    const run = await measured.invoke(...orgs);
    expect(run.runs).toHaveLength(orgs.length);
    expect(notPassed(run)).toEqual([]);
  });

  it('that ends with an error is told as its process told it', async () => {
    const bench = await open();
    await using measured = await bench.startFunction('flows');
    await expect(measured.invoke(Object(null))).rejects.toThrow('The event is no org');
  });
});
