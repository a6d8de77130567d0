import { type Journal, noJournal } from '../simulator/journal.ts';
import type { ServedBoard } from './serve-board.ts';

/** Tells a board, once there is one, that it has changed. */
export function boardJournal(board: () => ServedBoard | undefined, onRun: Journal['onRun'] = () => {}): Journal {
  // Later, so that what changed has been kept.
  const changed = () => void setImmediate(() => board()?.changed());
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
