import { describe, expect, it } from 'vitest';
import { coresIn } from '../../bench/cores.ts';
import { sizes } from '../../bench/measure-size.ts';
import { fullCoreMemoryMb, loadFor, shareOf } from '../../bench/processor-share.ts';

/** Linux's weight of a nice value: each step is a quarter. */
const shareBeside = ({ processes, nice }: ReturnType<typeof loadFor>) => 1 / (1 + processes / 1.25 ** nice);

describe('a share of a processor', () => {
  it('is in proportion to the memory, and never more than a core', () => {
    expect(shareOf(fullCoreMemoryMb / 2)).toBeCloseTo(0.5);
    expect(shareOf(10_240)).toBe(1);
  });

  it.each(sizes.filter((memoryMb) => memoryMb < fullCoreMemoryMb))(
    'busy processes leave about the share of %i MB',
    (memoryMb) => {
      const share = shareOf(memoryMb);
      expect(Math.abs(shareBeside(loadFor(share)) / share - 1)).toBeLessThan(0.12);
    },
  );

  it.each([
    ['0', [0]],
    ['0,1', [0, 1]],
    ['0-2,5', [0, 1, 2, 5]],
  ])('the list of cores %s is read as taskset means it', (list, cores) => {
    expect(coresIn(list)).toEqual(cores);
  });
});
