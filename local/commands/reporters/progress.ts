import { clearLine, dim, green, red } from './text.ts';

/** How often progress is shown, in ms. In a log every line stays, so there are fewer. */
const intervalMs = { terminal: 100, log: 20_000 } as const;

/** Where progress goes: standard error, so that a script's standard output stays clean. */
export type ProgressStream = Pick<NodeJS.WriteStream, 'write'> & { readonly isTTY?: boolean };

export interface Progress extends Disposable {
  /** A step that stays: `… synthesizing the stack`. */
  step(text: string): void;
  /** How far the work is. On a terminal one line is overwritten; in a log a line appears now and then. */
  update(text: string): void;
  /** Takes an overwritten line away, before something else is written to the terminal. */
  clear(): void;
  /** A result that stays, with a tick or a cross. */
  finished(name: string, passed: boolean): void;
}

export function showProgress(stream: ProgressStream, now = () => performance.now()): Progress {
  const isTerminal = stream.isTTY === true;
  const interval = isTerminal ? intervalMs.terminal : intervalMs.log;
  const [over, end] = isTerminal ? [clearLine, ''] : ['', '\n'];
  const style = (paint: (text: string) => string, text: string) => (isTerminal ? paint(text) : text);
  let shownAt = now();
  return {
    step(text) {
      stream.write(`${over}${style(dim, '…')} ${text}\n`);
    },
    update(text) {
      if (now() - shownAt < interval) return;
      shownAt = now();
      stream.write(`${over}${style(dim, '…')} ${text}${end}`);
    },
    finished(name, passed) {
      stream.write(`${over}${passed ? style(green, '✓') : style(red, '✗')} ${name}\n`);
    },
    clear() {
      if (isTerminal) stream.write(over);
    },
    [Symbol.dispose]() {
      if (isTerminal) stream.write(over);
    },
  };
}
