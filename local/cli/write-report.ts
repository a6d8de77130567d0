import { writeFileSync } from 'node:fs';
import { UsageError } from '../runner/select.ts';

/** Writes a report to a file that a flag names. Throws `UsageError` if it cannot. Trap: print the result first, so that it is not lost. */
export function writeReport(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new UsageError(`${file} cannot be written (${(error as NodeJS.ErrnoException).code}): check its folder.`);
  }
}
