import { readFileSync } from 'node:fs';
import path from 'node:path';

/** Returns the records of a file in test/fixtures that has a JSON document on each line. */
export function readFixture<Record>(name: string): readonly Record[] {
  const text = readFileSync(path.resolve(import.meta.dirname, '../fixtures', name), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line): Record => JSON.parse(line));
}
