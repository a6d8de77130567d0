import type { WriteStream } from 'node:tty';

/** Without a terminal a line would only fill a log: one now and then says that something still happens. */
const everyMs = { terminal: 100, log: 20_000 } as const;

export interface Progress extends Disposable {
  readonly tell: (done: number, of: number) => void;
}

/** Tells how far a long piece of work is: a single line that is written over on a terminal, a line now and then elsewhere. */
export function showProgress(stream: WriteStream | NodeJS.WriteStream, now = () => performance.now()): Progress {
  const isTerminal = stream.isTTY === true;
  const interval = isTerminal ? everyMs.terminal : everyMs.log;
  let toldAt = now();
  return {
    tell(done, of) {
      if (now() - toldAt < interval) return;
      toldAt = now();
      stream.write(isTerminal ? `\r\u001b[K… ${done} of ${of} runs` : `… ${done} of ${of} runs\n`);
    },
    [Symbol.dispose]() {
      if (isTerminal) stream.write('\r\u001b[K');
    },
  };
}
