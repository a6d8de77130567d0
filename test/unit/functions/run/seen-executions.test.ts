import { expect, it } from 'vitest';
import { openSeenExecutions } from '../../../../functions/run/probe-handler.ts';

it('an execution is repeated from its second time on, and others are not', () => {
  const seen = openSeenExecutions();
  expect(['one', 'two', 'one', 'one', 'two', 'three'].map(seen.isRepeated)).toEqual([
    ...[false, false, true, true, true, false],
  ]);
});

it('a container that lives for long forgets the oldest executions, and no recent one', () => {
  const seen = openSeenExecutions();
  const ids = Array.from({ length: 5_000 }, (_, index) => `${index}`);
  for (const id of ids) seen.isRepeated(id);
  expect(ids.slice(-500).every(seen.isRepeated)).toBe(true);
  expect(seen.isRepeated('0')).toBe(false);
});
