import { expect, it } from 'vitest';
import { openEventQueue } from '../../../../local/lab/simulation/event-queue.ts';

interface Event {
  readonly name: string;
  readonly dueAt: number;
}

/** A queue whose events take 100 ms each, and what became of them. */
function open(concurrency: number, durationMs = 100) {
  const ran: string[] = [];
  const refused: string[] = [];
  const queue = openEventQueue<Event>({
    async run({ name }, at) {
      ran.push(`${name} at ${at}`);
      return durationMs;
    },
    refuse({ name }, at) {
      refused.push(`${name} at ${at}`);
    },
    concurrency: () => concurrency,
  });
  const add = (...events: readonly (readonly [string, number])[]) => {
    for (const [name, dueAt] of events) queue.add({ name, dueAt });
  };
  return { queue, add, ran, refused };
}

it('runs events in the order of their times, and leaves those that are not due', async () => {
  const { queue, add, ran } = open(10);
  add(['b', 20], ['c', 60], ['a', 10], ['d', 61]);
  await queue.process(60, false);
  expect(ran).toEqual(['a at 10', 'b at 20']);
  await queue.process(60, true);
  expect(ran).toEqual(['a at 10', 'b at 20', 'c at 60']);
});

it('refuses what exceeds the concurrency at its virtual time, whatever the real time', async () => {
  const { queue, add, ran, refused } = open(2);
  add(['a', 0], ['b', 0], ['c', 0], ['d', 99], ['e', 100], ['f', 250]);
  await queue.process(1_000, false);
  expect(ran).toEqual(['a at 0', 'b at 0', 'e at 100', 'f at 250']);
  expect(refused).toEqual(['c at 0', 'd at 99']);
});

it('remembers what still runs from one call to the next', async () => {
  const { queue, add, refused } = open(1);
  add(['long', 0]);
  await queue.process(10, false);
  add(['other', 50]);
  await queue.process(60, false);
  expect(refused).toEqual(['other at 50']);
});

it('runs what an event adds while it runs', async () => {
  const ran: string[] = [];
  const queue = openEventQueue<Event>({
    async run({ name, dueAt }) {
      ran.push(name);
      if (name === 'first') queue.add({ name: 'second', dueAt: dueAt + 1 });
      return 1;
    },
    refuse: () => {},
    concurrency: () => 1,
  });
  queue.add({ name: 'first', dueAt: 0 });
  await queue.process(10, false);
  expect(ran).toEqual(['first', 'second']);
});

it('fails when a run fails', async () => {
  const queue = openEventQueue<Event>({
    run: () => Promise.reject(new Error('no such topic')),
    refuse: () => {},
    concurrency: () => 1,
  });
  queue.add({ name: 'a', dueAt: 0 });
  await expect(queue.process(10, false)).rejects.toThrow('no such topic');
});
