import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { ProgressStream } from '../reporters/progress.ts';
import { UsageError } from '../runner/select.ts';

/** Standard input: a pipe, or a terminal whose echo can be switched off. */
export type HiddenInput = Readable & {
  readonly isTTY?: boolean;
  setRawMode?(isRaw: boolean): unknown;
};

/** The keys that end an input. */
const enter = /[\r\n]/;
const endOfInput = '\u0004';
const interrupt = '\u0003';
const erase = ['\u007f', '\b'];

/**
 * Reads a secret: from a terminal one line that is not shown, and otherwise all of the input. Throws `UsageError` if it
 * was interrupted or is longer than `most` characters.
 *
 * Trap: a terminal that is not raw ends a line after 4,096 characters and echoes it. What follows the first line of a
 * paste is dropped, so that no shell runs it.
 */
export async function readHidden(
  input: HiddenInput,
  prompt: ProgressStream,
  question: string,
  most: number,
): Promise<string> {
  const isTerminal = input.isTTY === true && input.setRawMode !== undefined;
  if (isTerminal) {
    // In this order: whoever answers the question at once must not be echoed.
    input.setRawMode?.(true);
    prompt.write(question);
  }
  const decoder = new StringDecoder('utf8');
  let text = '';
  try {
    // The terminal may be asked for something else after this.
    for await (const chunk of isTerminal ? input.iterator({ destroyOnReturn: false }) : input) {
      text += decoder.write(Buffer.from(chunk));
      if (text.length > most) throw new UsageError(`What was read has more than ${most} characters.`);
      if (!isTerminal) continue;
      if (text.includes(interrupt)) throw new UsageError('Interrupted: nothing was read.');
      for (const key of erase) text = erased(text, key);
      const end = text.search(enter);
      const stop = text.indexOf(endOfInput);
      if (end >= 0 || stop >= 0) return text.slice(0, end >= 0 ? end : stop);
    }
    return text;
  } finally {
    if (isTerminal) {
      input.setRawMode?.(false);
      prompt.write('\n');
    }
  }
}

/** Reads one line that is shown, from a terminal. Without spaces around it. Throws `UsageError` as `readHidden` does. */
export async function readShown(
  input: HiddenInput,
  prompt: ProgressStream,
  question: string,
  most: number,
): Promise<string> {
  prompt.write(question);
  let text = '';
  for await (const chunk of input.iterator({ destroyOnReturn: false })) {
    text += Buffer.from(chunk).toString('utf8');
    if (text.length > most) throw new UsageError(`What was read has more than ${most} characters.`);
    const end = text.search(enter);
    if (end >= 0) return text.slice(0, end).trim();
  }
  return text.trim();
}

function erased(text: string, key: string): string {
  const kept: string[] = [];
  for (const character of text) {
    if (character === key) kept.pop();
    else kept.push(character);
  }
  return kept.join('');
}
