import { styleText } from 'node:util';

/** How far a drill is. */
export interface Standing {
  readonly rows: number;
  readonly ofRows: number;
  readonly minutes: number;
}

export interface DrillProgress extends Disposable {
  /** A row is done. */
  readonly finished: (name: string, right: boolean, standing: Standing) => void;
  /** Another virtual minute is over. */
  readonly moved: (standing: Standing) => void;
}

/** How often the standing is told. Without a terminal every line stays, and finished rows say the rest. */
const everyMs = { terminal: 100, log: 20_000 } as const;

/**
 * Shows rows as they finish, each on a line of its own; on a terminal, with a line below them that says how far all is
 * and is written over.
 */
export function showRows(stream: NodeJS.WriteStream, now = () => performance.now()): DrillProgress {
  const isTerminal = stream.isTTY === true;
  const interval = isTerminal ? everyMs.terminal : everyMs.log;
  const [over, end] = isTerminal ? ['\r\u001b[K', ''] : ['', '\n'];
  let toldAt = now();
  const tell = ({ rows, ofRows, minutes }: Standing) => {
    toldAt = now();
    stream.write(`${over}… ${rows} of ${ofRows} rows, ${minutes.toLocaleString('en-US')} virtual minutes${end}`);
  };
  return {
    finished(name, right, standing) {
      const mark = right ? styleText('green', '✓', { stream }) : styleText('red', '✗', { stream });
      stream.write(`${over}${mark} ${name}\n`);
      if (isTerminal) tell(standing);
    },
    moved(standing) {
      if (now() - toldAt >= interval) tell(standing);
    },
    [Symbol.dispose]() {
      if (isTerminal) stream.write(over);
    },
  };
}
