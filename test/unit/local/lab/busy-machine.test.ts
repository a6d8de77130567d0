import { describe, expect, it } from 'vitest';
import { delayInWords, runUndisturbed, totalDelay } from '../../../../local/lab/busy-machine.ts';
import type { ScenarioRun } from '../../../../local/lab/run-scenarios.ts';
import { LoopDelayMeter } from '../../../../local/self-hosted/loop-delay.ts';
import { buildRun } from '../../../support/build-scenario.ts';

/** A meter whose clock stands where it is told to. */
function open() {
  let now = 0;
  let look = () => {};
  const meter = new LoopDelayMeter({
    now: () => now,
    every(_, tick) {
      look = tick;
      return () => {
        look = () => {};
      };
    },
  });
  const pass = (ms: number) => {
    now += ms;
    look();
  };
  return { meter, pass };
}

describe('the delay of the event loop', () => {
  it('is the longest during a run, and counts each run that it disturbed', () => {
    const { meter, pass } = open();
    const ends = [meter.watchRun(), meter.watchRun()];
    pass(20);
    pass(720);
    pass(420);
    for (const end of ends) end();
    const endOfGood = meter.watchRun();
    pass(20);
    endOfGood();
    expect(meter.take()).toEqual({ longestMs: 700, runs: 2 });
    expect(meter.take()).toBeUndefined();
  });

  it('is not measured while nothing runs, and a little of it is usual', () => {
    const { meter, pass } = open();
    const end = meter.watchRun();
    pass(150);
    end();
    pass(10_000);
    meter.watchRun()();
    expect(meter.take()).toBeUndefined();
  });
});

const delay = { longestMs: 812.4, runs: 3 };
const passed = buildRun();
const failed = buildRun({
  verification: { passed: false, failures: ['slow-answer was reported'], notifications: [], unexpectedAlarms: [] },
});

/** Runs a scenario with these results in turn, and returns how often it was run. */
async function play(...results: readonly ScenarioRun[]) {
  const left = [...results];
  const result = await runUndisturbed(async () => left.shift() ?? failed);
  return { result, tries: results.length - left.length };
}

describe('a scenario on a busy machine', () => {
  it('is run again if it failed while the event loop was late', async () => {
    const { result, tries } = await play({ ...failed, delay }, passed, failed);
    expect(tries).toBe(2);
    expect(result.verification.passed).toBe(true);
  });

  it('fails at once if the event loop was on time', async () => {
    const { result, tries } = await play(failed, passed);
    expect(tries).toBe(1);
    expect(result.verification.failures).toEqual(['slow-answer was reported']);
  });

  it('says that the machine is busy if it fails each time', async () => {
    const late = { ...failed, delay };
    const { result, tries } = await play(late, late, late, passed);
    expect(tries).toBe(3);
    expect(result.verification.failures[0]).toMatch(/^this machine is busy: .* 812 ms late in 3 runs/);
  });

  it('is said with the longest delay and all runs that were late', () => {
    expect(totalDelay([passed])).toBeUndefined();
    const total = totalDelay([{ ...passed, delay }, passed, { ...passed, delay: { longestMs: 300, runs: 1 } }]);
    expect(total).toEqual({ longestMs: 812.4, runs: 4 });
    expect(delayInWords({ longestMs: 250, runs: 1 })).toBe(
      'this machine is busy: the event loop was 250 ms late in 1 run',
    );
  });
});
