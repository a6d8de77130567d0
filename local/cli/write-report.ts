import { readFileSync, statSync } from 'node:fs';
import { isStream, replaceFile } from '../../lib/replace-file.ts';
import { UsageError } from '../runner/select.ts';

/** What each of our reports has in it. A file without is of somebody's own, and not replaced. */
const marks = ['All times are UTC.', '"generatedAt": "', '<testsuites name="okta-synthetics '];

/**
 * Writes a report to a file that a flag names, over nothing but an earlier report. Throws `UsageError` if it cannot. Trap:
 * print the result first, so that it is not lost.
 */
export function writeReport(file: string, text: string): void {
  try {
    const old = statSync(file, { throwIfNoEntry: false });
    if (old?.isFile() && old.size > 0 && !isStream(file)) {
      const before = readFileSync(file, 'utf8');
      if (!marks.some((mark) => before.includes(mark)))
        throw new UsageError(`${file} exists and is no report of this tool: name another file.`);
    }
    replaceFile(file, text);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${file} cannot be written (${(error as NodeJS.ErrnoException).code}): check its folder.`);
  }
}
