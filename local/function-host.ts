/**
 * The child process that a function runs in: it loads a bundle as Lambda does and answers each event that its parent
 * sends with the handler's result. What the function logs goes to stdout.
 */
import type { Context } from 'aws-lambda';
import type { Invocation, InvocationResult } from './function-process.ts';

type Handler = (event: unknown, context: Pick<Context, 'getRemainingTimeInMillis'>) => Promise<unknown>;

const { handler } = (await import(process.argv[2] ?? '')) as { handler: Handler };

process.on('message', async ({ event, timeoutMs }: Invocation) => {
  const endsAt = performance.now() + timeoutMs;
  const context = { getRemainingTimeInMillis: () => endsAt - performance.now() };
  const result: InvocationResult = await handler(event, context).then(
    (value) => ({ value }),
    (error: unknown) => ({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
  process.send?.(result);
});
