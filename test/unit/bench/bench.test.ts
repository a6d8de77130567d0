import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assumed, minutesPerMonth, prices } from '../../../lib/cost/prices.ts';
import { memorySizes } from '../../../lib/functions/probe-function.ts';
import { bench, isExactWhereDeployed } from '../../bench/bench.ts';
import { errorsOfRun, exactnessOf, spreadOf } from '../../bench/errors-of-run.ts';
import { dollarsAMonth, recommendSize, type SizeReading, sizeRule } from '../../bench/measure.ts';
import { readTime } from '../../bench/measure-peers.ts';
import { coresIn } from '../../bench/processor-share.ts';
import { renderBench } from '../../bench/render.ts';
import { runCommand } from '../../support/run-command.ts';

const exchange = (requestId: string, firstByteMs: number, lateMs?: number) => ({
  requestId,
  phases: { firstByteMs },
  ...(lateMs !== undefined && { lateMs }),
});

const server = (tookMs: Readonly<Record<string, number>>, uncertain: readonly string[] = []) => ({ tookMs, uncertain });

describe('npm run bench', () => {
  it.each([
    ['an unknown part', ['--only', 'speed'], '--only must be exactness,'],
    ['to write a part only', ['--only', 'memory', '--write'], '--write takes all parts'],
    ['too few runs', ['--runs', '1'], '--runs must be a whole number from 2'],
  ])('is refused with 2 and a sentence: %s', async (_, args, says) => {
    const { code, stdout, stderr } = await runCommand(bench, ...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(says);
  });

  it('the memory of flows is the size that docs/performance.md recommends', () => {
    const page = readFileSync('docs/performance.md', 'utf8');
    expect(page).toContain(`By this rule, flows has ${memorySizes.flows} MB.`);
  });
});

describe('the errors of a run', () => {
  it('each reading is compared with the server’s time of the same request', () => {
    const errors = errorsOfRun([exchange('b', 31), exchange('a', 20)], server({ a: 19.5, b: 30 }));
    expect(errors).toEqual([
      { errorMs: 1, marked: false, known: true },
      { errorMs: 0.5, marked: false, known: true },
    ]);
  });

  it('a request without an answer has no error', () => {
    expect(errorsOfRun([{ phases: {} }, exchange('a', 20)], server({ a: 20 }))).toHaveLength(1);
  });

  it.each([
    ['the server did not issue', [exchange('a', 20), exchange('x', 20)], { a: 20 }],
    ['the run does not report', [exchange('a', 20)], { a: 20, x: 20 }],
  ])('an id that %s is refused by its name', (_, exchanges, tookMs) => {
    expect(() => errorsOfRun(exchanges, server(tookMs))).toThrow(/requests x\.$/);
  });

  it('marked readings count among all, and not among the published ones', () => {
    const errors = errorsOfRun([exchange('a', 21), exchange('b', 50, 30)], server({ a: 20, b: 20 }));
    expect(exactnessOf(errors)).toMatchObject({ readings: 2, marked: 1, all: { max: 30 }, published: { max: 1 } });
  });

  it('a reading whose true time the server does not know is not counted', () => {
    const errors = errorsOfRun([exchange('a', 21), exchange('b', 50)], server({ a: 20, b: 20 }, ['b']));
    expect(exactnessOf(errors)).toMatchObject({ readings: 1, unknown: 1, all: { max: 1 } });
  });

  it('a reading that is too short is as wrong as one that is too long', () => {
    expect(exactnessOf(errorsOfRun([exchange('a', 12)], server({ a: 20 }))).all.max).toBe(8);
  });

  it('a spread is made of its values, and none is above the largest', () => {
    expect(spreadOf(Array.from({ length: 100 }, (_, index) => 100 - index))).toEqual({ median: 51, p95: 96, max: 100 });
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true }), { minLength: 1 }), (values) => {
        const { median, p95, max } = spreadOf(values);
        expect([median, p95, max].every((value) => values.includes(value))).toBe(true);
        expect(values.some((value) => value > max)).toBe(false);
      }),
    );
    expect(spreadOf([]).median).toBe(Number.NaN);
  });
});

describe('the price of a month', () => {
  const requests = minutesPerMonth * prices.lambdaRequest;

  it('is the duration at the size, and the invocations', () => {
    const compute = minutesPerMonth * 0.1 * prices.lambdaGigabyteSecond;
    expect(dollarsAMonth({ memoryMb: 1_024, warmMs: 100, coldMs: 100 })).toBeCloseTo(compute + requests, 9);
    expect(dollarsAMonth({ memoryMb: 512, warmMs: 100, coldMs: 100 })).toBeCloseTo(compute / 2 + requests, 9);
  });

  it('includes a cold start each hour, and counts each millisecond that has begun', () => {
    const price = (warmMs: number, coldMs: number) => dollarsAMonth({ memoryMb: 1_024, warmMs, coldMs });
    const coldStart = assumed.coldStartsPerMonth * prices.lambdaGigabyteSecond;
    expect(price(100, 1_100) - price(100, 100)).toBeCloseTo(coldStart, 9);
    expect(price(49.2, 1)).toBe(price(50, 1));
  });
});

const spread = { median: 0.4, p95: 1.2, max: 3.4 };
const took = { ms: 1_234.5, processorMs: 345.6 };

/** A size that keeps every rule. */
function sampleSize(changes: Partial<SizeReading> = {}): SizeReading {
  return {
    memoryMb: 512,
    means: 'control group, 5.789 of each 20 ms',
    exactness: { readings: 330, marked: 3, unknown: 2, all: spread, published: spread },
    first: { worstErrorMs: 3, worstPublishedMs: 2, load: took, run: took },
    warm: { ms: spread, meanMs: 60, processorMs: 11, requests: 11, connections: 4, resumed: 3 },
    peakRssBytes: 110e6,
    failedRuns: 0,
    repeatedRuns: 2,
    dollarsAMonth: 0.06,
    ...changes,
  };
}

const published = (p95: number, max: number) => ({
  exactness: { ...sampleSize().exactness, published: { median: 0.1, p95, max } },
});

describe('the recommended size', () => {
  const cheap = { memoryMb: 256, dollarsAMonth: 0.01 };

  it('is the cheapest that keeps the rule, and not the smallest', () => {
    const small = sampleSize({ memoryMb: 256, dollarsAMonth: 0.09 });
    expect(recommendSize([small, sampleSize()])).toEqual({ memoryMb: 512, keepsRule: true });
    expect(recommendSize([sampleSize(cheap), sampleSize()])?.memoryMb).toBe(256);
  });

  it.each([
    ['is too inexact at p95', published(sizeRule.p95Ms, 3)],
    ['is too inexact once', published(1, sizeRule.maxMs)],
    ['has marked more readings than allowed', { exactness: { ...sampleSize().exactness, marked: 34 } }],
    ['had a run that did not pass', { failedRuns: 1 }],
    ['has too little memory', { peakRssBytes: 256 * 1024 * 1024 * (1 - sizeRule.leastFree) + 1 }],
  ])('is not one that %s', (_, changes) => {
    expect(recommendSize([sampleSize({ ...cheap, ...changes }), sampleSize()])?.memoryMb).toBe(512);
  });

  it('is the most exact one with enough memory, where none keeps the rule', () => {
    const sizes = [
      sampleSize({ ...published(9, 20), memoryMb: 512 }),
      sampleSize({ ...published(8, 40), memoryMb: 1_024 }),
      sampleSize({ ...published(7, 30), memoryMb: 64 }),
    ];
    expect(recommendSize(sizes)).toEqual({ memoryMb: 1_024, keepsRule: false });
    expect(recommendSize([])).toBeUndefined();
  });

  it('the bench fails if readings at the deployed size are not exact', () => {
    const isExactAt = (memoryMb: number, changes = {}) =>
      isExactWhereDeployed({ sizes: [sampleSize({ memoryMb, ...changes })] });
    expect([isExactAt(1_024), isExactAt(1_024, published(3, 9)), isExactAt(256, published(3, 9))]).toEqual([
      true,
      false,
      true,
    ]);
  });
});

it("bash's time is read as milliseconds, of the clock and of the processor", () => {
  expect(readTime('a warning\ntime 1.250 0.750 0.125\n')).toEqual({ ms: 1_250, processorMs: 875 });
});

it.each([
  ['0', [0]],
  ['0,1', [0, 1]],
  ['0-2,5', [0, 1, 2, 5]],
])('the list of cores %s is read as taskset prints it', (list, cores) => {
  expect(coresIn(list)).toEqual(cores);
});

it('the page has the date, the machine, the deployed size and the peers, and only the measured parts', () => {
  const machine = { processor: 'AMD EPYC', cores: 2, platform: 'linux x64', node: '24.21.0', hasOwnCore: true };
  const report = {
    schema_version: 2,
    at: '2026-11-23T10:00:00.000Z',
    parts: ['exactness', 'memory', 'peers'] as const,
    machine,
    runs: 30,
    delayMs: 20,
    floor: { ...took, exactness: sampleSize().exactness },
    sizes: [sampleSize(), sampleSize({ memoryMb: 1_024 })],
    peers: [{ name: 'curl and jq', version: '7.88.1', ...took, checksLess: 'no alarm' }],
    skipped: [{ what: 'newman', why: 'there is no newman in PATH' }],
  };
  const page = renderBench(report);
  for (const fact of ['2026-11-23', 'AMD EPYC', '24.21.0', 'flows has 512 MB', '| curl and jq', 'newman (there is no'])
    expect(page).toContain(fact);
  const without = renderBench({ ...report, parts: [], peers: [], skipped: [] });
  expect(without).not.toContain('###');
});
