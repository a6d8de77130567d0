import type { Socket } from 'node:net';
import { lateness } from './loop-lateness.ts';

/** When bytes last passed a socket, in milliseconds of `performance.now()`. */
export interface SocketTimes {
  /** The newest bytes were handed to the operating system, after they were encrypted. */
  readonly sentAt: number;
  /** The newest bytes were read. Nothing has processed them yet. */
  readonly arrivedAt: number;
  /** By how many milliseconds they may have been read too late. */
  readonly lateMs: number;
}

const timesOfSockets = new WeakMap<object, SocketTimes>();

/** The times of a socket that was opened with `watchSocket`. */
export function timesOf(socket: Socket): SocketTimes | undefined {
  return timesOfSockets.get(socket);
}

/**
 * Records when bytes pass the socket, so that a duration has neither the time before the system call that sends nor the time
 * between the arrival of bytes and undici's callback.
 *
 * Also removes each `100 Continue` before undici reads it. A server may send one unasked and clients ignore it
 * (RFC 9110, 15.2.1), but undici closes the connection.
 */
export function watchSocket(socket: Socket): void {
  const times = { sentAt: 0, arrivedAt: 0, lateMs: 0 };
  let interim = new InterimResponses();
  const { write, uncork, push } = socket;
  socket.write = function timedWrite(this: Socket, ...parts: Parameters<typeof write>) {
    const isDrained = write.apply(this, parts);
    times.sentAt = performance.now();
    interim = new InterimResponses();
    return isDrained;
  } as typeof write;
  socket.uncork = function timedUncork(this: Socket) {
    uncork.call(this);
    times.sentAt = performance.now();
  };
  socket.push = function timedPush(this: Socket, chunk: Buffer | null, ...rest: [BufferEncoding?]) {
    if (chunk === null) return push.call(this, chunk, ...rest);
    [times.arrivedAt, times.lateMs] = [performance.now(), lateness()];
    return push.call(this, interim.removeFrom(chunk), ...rest);
  };
  timesOfSockets.set(socket, times);
}

const startOfContinue = Buffer.from('HTTP/1.1 100 ');

/** More than the head of a `100 Continue` needs. */
const maxHeldBytes = 8_192;

/** The `100 Continue` responses ahead of one response. */
class InterimResponses {
  #isOver = false;
  #held: Buffer = Buffer.alloc(0);

  /** Returns the bytes without these responses. Holds one back that has not arrived in full. */
  removeFrom(chunk: Buffer): Buffer {
    if (this.#isOver) return chunk;
    let bytes = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    while (bytes.length > 0) {
      const start = bytes.subarray(0, startOfContinue.length);
      const end = bytes.indexOf('\r\n\r\n');
      const isContinue = start.equals(startOfContinue.subarray(0, start.length));
      this.#isOver = !isContinue || (end < 0 && bytes.length > maxHeldBytes);
      if (this.#isOver || end < 0) break;
      bytes = bytes.subarray(end + 4);
    }
    this.#held = this.#isOver ? Buffer.alloc(0) : bytes;
    return this.#isOver ? bytes : Buffer.alloc(0);
  }
}
