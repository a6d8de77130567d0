import { createInterface } from 'node:readline/promises';
import type { ProgressStream } from '../reporters/progress.ts';
import { UsageError } from '../runner/select.ts';
import type { HiddenInput } from './read-hidden.ts';

/**
 * Asks a question whose answer is yes only if it is `y` or `yes`. To abort the signal is to say no. Throws `UsageError` where nobody can answer, because
 * standard input is no terminal.
 */
export async function confirm(
  input: HiddenInput | undefined,
  output: ProgressStream,
  question: string,
  signal: AbortSignal,
): Promise<boolean> {
  if (!input?.isTTY) throw new UsageError('Standard input is no terminal, so nobody can be asked: use --yes.');
  output.write(`${question} [y/N] `);
  if (signal.aborted) return false;
  const lines = createInterface({ input });
  const close = () => lines.close();
  signal.addEventListener('abort', close, { once: true });
  try {
    for await (const line of lines) return /^y(es)?$/i.test(line.trim());
    return false;
  } finally {
    signal.removeEventListener('abort', close);
    close();
    if (signal.aborted) output.write('\n');
  }
}
