/**
 * The child process or the thread that a function runs in. It loads a bundle as Lambda does, and replies to each event from
 * its parent with the handler's result. The function's log goes to stdout.
 */
import { readFileSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { setDefaultCACertificates } from 'node:tls';
import { parentPort, workerData } from 'node:worker_threads';
import type { Context } from 'aws-lambda';
import type { InvokeMessage, ReplyMessage } from './function-process.ts';
import { shiftDate } from './shifted-clock.ts';

type Handler = (
  event: unknown,
  context: Pick<Context, 'getRemainingTimeInMillis' | 'awsRequestId'>,
) => Promise<unknown>;

let clockAheadMs = 0;
shiftDate(() => clockAheadMs);

// Node reads these variables only when a process starts.
if (parentPort) {
  const { NODE_COMPILE_CACHE: cache, NODE_EXTRA_CA_CERTS: caFile } = process.env;
  if (cache !== undefined) enableCompileCache(cache);
  const authorities = caFile === undefined ? '' : readFileSync(caFile, 'utf8');
  if (authorities !== '') setDefaultCACertificates([authorities]);
}

const { handler } = (await import(parentPort ? workerData : (process.argv[2] ?? ''))) as { handler: Handler };

/** Logged since the last reply. Trap: stdout and the channel to the parent are not ordered relative to each other. */
let logged = '';
const write = process.stdout.write.bind(process.stdout);
process.stdout.write = ((chunk: string | Uint8Array, ...rest: []) => {
  logged += chunk.toString();
  return write(chunk, ...rest);
}) as typeof process.stdout.write;

(parentPort ?? process).on(
  'message',
  async ({ event, timeoutMs, clockAheadMs: aheadMs = 0, requestId = '' }: InvokeMessage) => {
    const endsAt = performance.now() + timeoutMs;
    const context = { getRemainingTimeInMillis: () => endsAt - performance.now(), awsRequestId: requestId };
    clockAheadMs = aheadMs;
    const result = await handler(event, context).then(
      (value) => ({ value }),
      (error: unknown) => ({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
    const lines = logged.split('\n').filter((line) => line !== '');
    const reply: ReplyMessage = { ...result, lines, characters: logged.length };
    if (parentPort) parentPort.postMessage(reply);
    else process.send?.(reply);
    logged = '';
  },
);
