/**
 * The child process that a function runs in: it loads a bundle as Lambda does and answers each event that its parent
 * sends with the handler's result. What the function logs goes to stdout.
 */
import type { Context } from 'aws-lambda';
import type { Answered, Invocation } from './function-process.ts';

type Handler = (event: unknown, context: Pick<Context, 'getRemainingTimeInMillis'>) => Promise<unknown>;

const { handler } = (await import(process.argv[2] ?? '')) as { handler: Handler };

/** What the function logged since it was last invoked. Trap: a pipe and a channel keep no order between them. */
let logged = '';
const write = process.stdout.write.bind(process.stdout);
process.stdout.write = ((chunk: string | Uint8Array, ...rest: []) => {
  logged += chunk.toString();
  return write(chunk, ...rest);
}) as typeof process.stdout.write;

let clockAheadMs = 0;

/** From the first event on that asks for it, whoever asks for the time is told another one. Timers go on as they do. */
function setClock(aheadMs: number): void {
  const isSet = clockAheadMs !== 0;
  clockAheadMs = aheadMs;
  if (isSet || aheadMs === 0) return;
  const real = globalThis.Date;
  const now = () => real.now() + clockAheadMs;
  globalThis.Date = new Proxy(real, {
    get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
    construct: (target, given, shifted) => Reflect.construct(target, given.length > 0 ? given : [now()], shifted),
    apply: () => new real(now()).toString(),
  });
}

process.on('message', async ({ event, timeoutMs, clockAheadMs: aheadMs = 0 }: Invocation) => {
  const endsAt = performance.now() + timeoutMs;
  const context = { getRemainingTimeInMillis: () => endsAt - performance.now() };
  setClock(aheadMs);
  const result = await handler(event, context).then(
    (value) => ({ value }),
    (error: unknown) => ({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
  const lines = logged.split('\n').filter((line) => line !== '');
  process.send?.({ ...result, lines, characters: logged.length } satisfies Answered);
  logged = '';
});
