import { describe, expect, it } from 'vitest';
import { type Pace, runPool } from '../../../../local/lab/pool.ts';

/** Runs jobs of these paces and returns which worker took which, in order. */
async function taken(paces: readonly Pace[], size: { busy: number; waiting: number }) {
  const log: string[] = [];
  let opened = 0;
  let closed = 0;
  const open = async () => {
    opened += 1;
    return {
      async [Symbol.asyncDispose]() {
        closed += 1;
      },
    };
  };
  const jobs = paces.map((pace, index) => ({
    pace,
    async run() {
      await Promise.resolve();
      log.push(`${index} ${pace}`);
    },
  }));
  await runPool(jobs, open, { size });
  return { log, opened, closed };
}

describe('a pool of workers', () => {
  it('runs every job once and closes every worker', async () => {
    const { log, opened, closed } = await taken(['short', 'short', 'waits', 'long', 'short'], { busy: 2, waiting: 2 });
    expect(log.toSorted()).toEqual(['0 short', '1 short', '2 waits', '3 long', '4 short']);
    expect(closed).toBe(opened);
    expect(opened).toBeLessThanOrEqual(3);
  });

  it('starts long jobs first on a busy worker', async () => {
    const { log } = await taken(['short', 'long', 'short'], { busy: 1, waiting: 0 });
    expect(log).toEqual(['1 long', '0 short', '2 short']);
  });

  it('opens no more workers than there are jobs', async () => {
    expect(await taken(['short'], { busy: 4, waiting: 3 })).toMatchObject({ opened: 1 });
    expect(await taken([], { busy: 4, waiting: 3 })).toMatchObject({ opened: 0 });
  });
});
