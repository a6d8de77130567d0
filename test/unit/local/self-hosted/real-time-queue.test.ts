import { expect, it } from 'vitest';
import { openRealTimeQueue } from '../../../../local/self-hosted/lambda/real-time-queue.ts';
import { drivenClock } from '../../../support/driven-clock.ts';

interface Event {
  readonly name: string;
  readonly dueAt: number;
}

/** A queue at time 0 whose events end when the test says so. */
function open() {
  const clock = drivenClock(0);
  const started: string[] = [];
  const ends = new Map<string, () => void>();
  const queue = openRealTimeQueue<Event>(
    {
      run({ name }, at) {
        started.push(`${name} at ${at}`);
        const { promise, resolve } = Promise.withResolvers<number>();
        ends.set(name, () => resolve(1));
        return promise;
      },
      refuse: () => expect.unreachable('nothing is refused in real time'),
      concurrency: () => Number.POSITIVE_INFINITY,
    },
    clock,
  );
  return { clock, queue, started, end: (name: string) => ends.get(name)?.() };
}

it('starts each event when it is due, and does not wait for its end', async () => {
  const { clock, queue, started } = open();
  queue.add({ name: 'later', dueAt: 20 });
  queue.add({ name: 'now', dueAt: 0 });
  const processed = queue.process(60, false);
  expect(started).toEqual(['now at 0']);
  clock.moveTo(25);
  await Promise.resolve();
  clock.moveTo(60);
  await processed;
  expect(started).toEqual(['now at 0', 'later at 25']);
});

it('leaves an event of the last moment to whoever includes it', async () => {
  const { clock, queue, started } = open();
  queue.add({ name: 'last', dueAt: 60 });
  clock.moveTo(60);
  await queue.process(60, false);
  expect(started).toEqual([]);
  await queue.process(60, true);
  expect(started).toEqual(['last at 60']);
});

it('starts an event that is added while it waits', async () => {
  const { clock, queue, started } = open();
  const processed = queue.process(60, false);
  clock.moveTo(10);
  queue.add({ name: 'new', dueAt: 5 });
  await new Promise(setImmediate);
  expect(started).toEqual(['new at 10']);
  clock.moveTo(60);
  await processed;
});

it('lets an event wait while as many run as may', async () => {
  const { clock, queue, started, end } = open();
  const names = Array.from({ length: 13 }, (_, index) => `run ${index}`);
  for (const name of names) queue.add({ name, dueAt: 0 });
  const processed = queue.process(60, false);
  expect(started).toHaveLength(12);
  end('run 3');
  await new Promise(setImmediate);
  expect(started).toHaveLength(13);
  clock.moveTo(60);
  await processed;
});

it('starts nothing any more once it is stopped', async () => {
  const { clock, queue, started } = open();
  queue.add({ name: 'never', dueAt: 30 });
  const processed = queue.process(60, false);
  clock.stop();
  await expect(processed).rejects.toThrow('stopped');
  expect(started).toEqual([]);
});
