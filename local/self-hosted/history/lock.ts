import { readFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ownerOnly, ownFile, replaceFile } from '../../../lib/replace-file.ts';

/** Another process has the folder. */
export class FolderInUse extends Error {
  override readonly name = 'FolderInUse';
}

/** SQLITE_BUSY. https://sqlite.org/rescode.html#busy */
const busy = 5;

/**
 * Takes a folder for this process, until it is disposed of or the process ends, however it ends. Throws `FolderInUse`.
 *
 * The operating system holds the lock, so none is ever stale. A process id in a file would be: in a container, each start
 * has the same one.
 *
 * Trap: network file systems may not lock. Keep the folder on a disk of this machine.
 */
export function lockFolder(folder: string): Disposable {
  const pidFile = path.join(folder, 'watch.pid');
  const lockFile = path.join(folder, 'watch.lock');
  ownFile(lockFile);
  const lock = new DatabaseSync(lockFile, { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if ((error as { readonly errcode?: unknown }).errcode !== busy) throw error;
    throw new FolderInUse(`${folder} is in use by another watch, process ${read(pidFile)}.`);
  }
  replaceFile(pidFile, `${process.pid}\n`, ownerOnly);
  return { [Symbol.dispose]: () => lock.close() };
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return 'unknown';
  }
}
