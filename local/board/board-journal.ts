import { type Journal, noJournal } from '../simulator/journal.ts';
import type { ServedBoard } from './serve-board.ts';

/** Reading the page takes time, and many runs end together. */
const delayMs = 500;

/** Tells a board, once there is one, that it has changed. */
export function boardJournal(board: () => ServedBoard | undefined, onRun: Journal['onRun'] = () => {}): Journal {
  let timer: NodeJS.Timeout | undefined;
  const changed = () => {
    if (timer) return;
    // Later, so that what changed has been kept, and once for many.
    timer = setTimeout(() => {
      timer = undefined;
      board()?.changed();
    }, delayMs).unref();
  };
  return {
    ...noJournal,
    onRun(run) {
      onRun(run);
      changed();
    },
    onMessage: changed,
    onEvaluated: changed,
  };
}
