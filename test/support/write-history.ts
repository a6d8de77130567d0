/** Writes runs into a history until it is killed, and prints the number of each that is kept. Arguments: folder, first number. */
import path from 'node:path';
import { lockFolder } from '../../local/self-hosted/history/lock.ts';
import { openHistory } from '../../local/self-hosted/history/open-history.ts';
import { failedLine, passedLine, runAt } from './history-samples.ts';

const [, , folder = '', first] = process.argv;
// The lock ends with its last reference.
const lock = lockFolder(folder);
const journal = openHistory(path.join(folder, 'history.sqlite')).journal;
for (let at = Number(first); lock; at += 1) {
  journal.atomically(() => journal.onRun(runAt(at, passedLine(at), failedLine(at), passedLine(at))));
  process.stdout.write(`${at}\n`);
  // Lets the pipe take what was written.
  await new Promise(setImmediate);
}
