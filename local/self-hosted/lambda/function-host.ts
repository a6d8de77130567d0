/**
 * The child process that a function runs in. It loads a bundle as Lambda does, and replies to each event from its
 * parent with the handler's result. The function's log goes to stdout.
 */
import type { Context } from 'aws-lambda';
import type { InvokeMessage, ReplyMessage } from './function-process.ts';
import { shiftDate } from './shifted-clock.ts';

type Handler = (
  event: unknown,
  context: Pick<Context, 'getRemainingTimeInMillis' | 'awsRequestId'>,
) => Promise<unknown>;

let clockAheadMs = 0;
shiftDate(() => clockAheadMs);

const { handler } = (await import(process.argv[2] ?? '')) as { handler: Handler };

/** Logged since the last reply. Trap: stdout and the channel to the parent are not ordered relative to each other. */
let logged = '';
const write = process.stdout.write.bind(process.stdout);
process.stdout.write = ((chunk: string | Uint8Array, ...rest: []) => {
  logged += chunk.toString();
  return write(chunk, ...rest);
}) as typeof process.stdout.write;

process.on('message', async ({ event, timeoutMs, clockAheadMs: aheadMs = 0, requestId = '' }: InvokeMessage) => {
  const endsAt = performance.now() + timeoutMs;
  const context = { getRemainingTimeInMillis: () => endsAt - performance.now(), awsRequestId: requestId };
  clockAheadMs = aheadMs;
  const result = await handler(event, context).then(
    (value) => ({ value }),
    (error: unknown) => ({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
  const lines = logged.split('\n').filter((line) => line !== '');
  process.send?.({ ...result, lines, characters: logged.length } satisfies ReplyMessage);
  logged = '';
});
