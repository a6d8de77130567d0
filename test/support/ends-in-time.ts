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
 * How calls end that nothing can interrupt: in a thread of their own, which is stopped when one does not come back.
 * The limit of each is many times what work that grows with its input needs: only work that grows with its square is stuck.
 *
 * @param module a path from the root
 * @param calls the arguments of each call, which are cloned
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
