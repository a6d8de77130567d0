import type { ProgressStream } from '../reporters/progress.ts';
import { confirm } from './confirm.ts';
import { type HiddenInput, readHidden, readShown } from './read-hidden.ts';

/** Questions at a terminal. */
export interface Questions {
  /** A line that is not shown. */
  hidden(question: string): Promise<string>;
  /** A line that is shown. */
  line(question: string): Promise<string>;
  /** Whether to go on. */
  confirm(question: string): Promise<boolean>;
}

/** The longest answer that is read. */
const mostCharacters = 4_096;

/** Asks at a terminal. Undefined if there is none: then nobody answers. */
export function questionsAt(input: HiddenInput | undefined, output: ProgressStream): Questions | undefined {
  if (!input?.isTTY) return undefined;
  return {
    hidden: (question) => readHidden(input, output, question, mostCharacters),
    line: (question) => readShown(input, output, question, mostCharacters),
    confirm: (question) => confirm(input, output, question, new AbortController().signal),
  };
}
