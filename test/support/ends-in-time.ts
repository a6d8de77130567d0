import path from 'node:path';
import { Worker } from 'node:worker_threads';

const code = `
const { parentPort, workerData: { module, name, calls } } = require('node:worker_threads');
import(module).then((all) => {
  for (const args of calls) {
    parentPort.postMessage('next');
    all[name](...args);
  }
  parentPort.postMessage('ended');
});
`;

/**
 * Makes synchronous calls in a thread of their own and terminates it if one of them does not return within the limit.
 * The limit is many times what linear work needs, so that only quadratic work exceeds it.
 *
 * @param module a path from the root of the repository
 * @param calls the arguments of each call, which the thread gets a clone of
 */
export async function endOf(
  module: string,
  name: string,
  calls: readonly (readonly unknown[])[],
  limitMs = 3_000,
): Promise<'ended' | 'stuck' | `threw ${string}`> {
  const { promise, resolve } = Promise.withResolvers<'ended' | 'stuck' | `threw ${string}`>();
  const worker = new Worker(code, { eval: true, workerData: { module: path.resolve(module), name, calls } });
  let timer: NodeJS.Timeout | undefined;
  worker.on('message', (message) => {
    clearTimeout(timer);
    if (message === 'ended') resolve('ended');
    else timer = setTimeout(() => resolve('stuck'), limitMs);
  });
  worker.on('error', (error) => resolve(`threw ${error}`));
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}
