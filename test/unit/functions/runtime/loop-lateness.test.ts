import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { lateness, watchLoop } from '../../../../functions/runtime/loop-lateness.ts';

/** Lets the event loop turn for a while. */
async function turnFor(ms: number): Promise<void> {
  for (const startedAt = performance.now(); performance.now() - startedAt < ms; ) await setImmediate();
}

it('a watch that is stopped twice does not end the watch of another request', async () => {
  const stops = [watchLoop(), watchLoop()];
  stops[0]?.();
  stops[0]?.();
  const startedAt = performance.now();
  await turnFor(50);
  // Nobody would have ticked since.
  expect(lateness()).toBeLessThan((performance.now() - startedAt) / 2);
  stops[1]?.();
});

it('a loop that stood still is late by about that long', async () => {
  const stop = watchLoop();
  await turnFor(5);
  for (const startedAt = performance.now(); performance.now() - startedAt < 30; );
  expect(lateness()).toBeGreaterThan(25);
  stop();
});

it('a loop that stood still is late until it is on time again, also after it has ticked', async () => {
  const stop = watchLoop();
  await turnFor(5);
  for (const startedAt = performance.now(); performance.now() - startedAt < 30; );
  await setImmediate();
  for (const startedAt = performance.now(); performance.now() - startedAt < 2; );
  expect(lateness()).toBeGreaterThan(25);
  stop();
});
