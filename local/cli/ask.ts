import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { PassThrough } from 'node:stream';
import type { ProgressStream } from '../reporters/progress.ts';
import { UsageError } from '../runner/select.ts';
import { type HiddenInput, readHidden } from './read-hidden.ts';

/** Questions at a terminal. */
export interface Questions {
  /** A line that is not shown. */
  hidden(question: string): Promise<string>;
  /** A line that is shown. */
  line(question: string): Promise<string>;
}

/** The longest secret that is read. */
const mostCharacters = 4_096;

/** Asks at a terminal. Undefined if there is none: then nobody answers. */
export function questionsAt(input: HiddenInput | undefined, output: ProgressStream): Questions | undefined {
  if (!input?.isTTY || !input.setRawMode) return undefined;
  return {
    async hidden(question) {
      // Trap: `readHidden` ends its input, and a terminal that has ended answers no second question.
      const once = Object.assign(new PassThrough(), {
        isTTY: true,
        setRawMode: (isRaw: boolean) => input.setRawMode?.(isRaw),
      });
      input.pipe(once);
      try {
        return await readHidden(once, output, question, mostCharacters);
      } finally {
        input.unpipe(once);
        input.pause();
      }
    },

    async line(question) {
      const lines = createInterface({ input });
      output.write(question);
      try {
        const closed = once(lines, 'close').then(() => {
          throw new UsageError('Interrupted: nothing was done.');
        });
        return (await Promise.race([lines.question(''), closed])).trim();
      } finally {
        lines.removeAllListeners('close');
        lines.close();
      }
    },
  };
}
