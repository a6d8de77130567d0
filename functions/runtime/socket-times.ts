import type { Socket } from 'node:net';
import { lateness } from './loop-lateness.ts';

/** When bytes last passed a socket, in milliseconds of `performance.now()`. */
export interface SocketTimes {
  /** The newest bytes were handed to the operating system: encrypting them was over. */
  readonly sentAt: number;
  /** The newest bytes were read. What is done with them has not begun. */
  readonly arrivedAt: number;
  /** By how many milliseconds they may have been read too late. */
  readonly lateMs: number;
}

const timesOfSockets = new WeakMap<object, SocketTimes>();

/**
 * Watches a socket from now on. What a program does between sending and the system call, or between a byte's arrival and
 * its own callback, is not the server's time.
 */
export function timesOf(socket: Socket): SocketTimes {
  const known = timesOfSockets.get(socket);
  if (known) return known;
  const times = { sentAt: 0, arrivedAt: 0, lateMs: 0 };
  const { write, uncork, push } = socket;
  socket.write = function timedWrite(this: Socket, ...parts: Parameters<typeof write>) {
    const isDrained = write.apply(this, parts);
    times.sentAt = performance.now();
    return isDrained;
  } as typeof write;
  socket.uncork = function timedUncork(this: Socket) {
    uncork.call(this);
    times.sentAt = performance.now();
  };
  socket.push = function timedPush(this: Socket, ...parts: Parameters<typeof push>) {
    if (parts[0] !== null) [times.arrivedAt, times.lateMs] = [performance.now(), lateness()];
    return push.apply(this, parts);
  };
  timesOfSockets.set(socket, times);
  return times;
}
