import { afterEach } from 'vitest';

/** Takes what undoes a change. After the test, all changes are undone, the last one first. */
export type During = (...restores: readonly (() => unknown)[]) => void;

/** For the tests of one file. */
export function openDuring(): During {
  const pending: (() => unknown)[] = [];
  afterEach(async () => {
    for (const restore of pending.splice(0).toReversed()) await restore();
  });
  return (...restores) => void pending.push(...restores);
}
