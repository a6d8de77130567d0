import { expect, it } from 'vitest';
import { openLoopWatch } from '../../../../functions/run/loop-lateness.ts';

/** A loop whose time passes when the test says so. */
function drivenLoop() {
  let time = 0;
  let tick: (() => void) | undefined;
  const watch = openLoopWatch({
    now: () => time,
    every(_, each) {
      tick = each;
      return () => {
        tick = undefined;
      };
    },
  });
  return {
    ...watch,
    isTicking: () => tick !== undefined,
    /** Lets the loop turn: it ticks each millisecond. */
    turn(ms: number) {
      for (let at = 0; at < ms; at += 1) {
        time += 1;
        tick?.();
      }
    },
    /** Lets time pass without a tick. */
    stand(ms: number) {
      time += ms;
    },
    tick: () => tick?.(),
  };
}

it('a watch that is stopped twice does not end the watch of another request', () => {
  const loop = drivenLoop();
  const stops = [loop.watchLoop(), loop.watchLoop()];
  stops[0]?.();
  stops[0]?.();
  loop.turn(50);
  expect(loop.lateness()).toBe(0);
  stops[1]?.();
  expect(loop.isTicking()).toBe(false);
});

it('a loop that stood still is late by about that long', () => {
  const loop = drivenLoop();
  loop.watchLoop();
  loop.turn(5);
  loop.stand(30);
  expect(loop.lateness()).toBe(29);
});

it('a loop that stood still is late until it is on time again, also after it has ticked', () => {
  const loop = drivenLoop();
  loop.watchLoop();
  loop.turn(5);
  loop.stand(30);
  loop.tick();
  loop.stand(2);
  expect(loop.lateness()).toBe(31);
  loop.tick();
  expect(loop.lateness()).toBe(0);
});

it('a loop that nothing watched before is not late for the time until then', () => {
  const loop = drivenLoop();
  loop.watchLoop()();
  loop.stand(500);
  loop.watchLoop();
  expect(loop.lateness()).toBe(0);
});
