import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';

/** Tells a server how far the clock of its client is ahead, in milliseconds. */
const aheadHeader = 'x-clock-ahead-ms';

const realNow = Date.now;

/** Returns the time of this machine, whatever `Date` says. */
export const machineNow = (): number => realNow();

/**
 * Shifts `Date` in this process, for third-party code too, and lets each request by undici carry the shift. Timers and
 * `performance.now()` stay real, and so does the clock by which OpenSSL judges certificates.
 *
 * Trap: code may keep a reference to `Date.now`. Install the clock before that code is loaded.
 */
export function shiftDate(aheadMs: () => number): void {
  const real = globalThis.Date;
  const now = () => real.now() + aheadMs();
  globalThis.Date = new Proxy(real, {
    get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
    construct: (target, given, newTarget) => Reflect.construct(target, given.length > 0 ? given : [now()], newTarget),
    apply: () => new real(now()).toString(),
  });
  subscribe('undici:request:create', (message) => {
    const { request } = message as { readonly request: { addHeader(name: string, value: string): void } };
    const ahead = aheadMs();
    if (ahead !== 0) request.addHeader(aheadHeader, String(ahead));
  });
}

const contexts = new AsyncLocalStorage<number>();
let isFollowing = false;

/**
 * Lets every HTTP server of this process answer a request by the clock of its client. Several simulations can share the
 * process, because all other code reads the real clock.
 */
export function followClients(): void {
  if (isFollowing) return;
  isFollowing = true;
  shiftDate(() => contexts.getStore() ?? 0);
  subscribe('http.server.request.start', (message) => {
    const { request } = message as { readonly request: { readonly headers: NodeJS.Dict<string | string[]> } };
    const ahead = Number(request.headers[aheadHeader] ?? Number.NaN);
    if (!Number.isNaN(ahead)) contexts.enterWith(ahead);
  });
}

/** Runs something with `Date` at a time. */
export function atTime<Result>(time: number, work: () => Result): Result {
  return contexts.run(time - machineNow(), work);
}

/** Returns the time of the client that is being answered, or of `atTime`. Undefined elsewhere. */
export function followedTime(): number | undefined {
  const ahead = contexts.getStore();
  return ahead === undefined ? undefined : machineNow() + ahead;
}
