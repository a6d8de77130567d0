import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fsyncSync,
  lstatSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';

const { O_CREAT, O_EXCL, O_WRONLY, O_NOFOLLOW = 0 } = constants;

/** The mode of a file that only its owner may read. */
export const ownerOnly = 0o600;

/** Makes a file that is not there yet, and returns its descriptor. Follows no link. */
export function createFile(file: string, mode = 0o666): number {
  return openSync(file, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW, mode);
}

/**
 * Replaces a file as a whole: whenever this process is stopped, the old one is there or the new one. The new one is written in
 * the same folder, under a name that cannot be guessed. It gets the mode and, where the system allows it, the owner of the old
 * one. With `ownerOnly`, only its owner may read it from the beginning.
 *
 * Writes to a device or a pipe directly. Throws an error with a `code` for a link, and where the file system refuses.
 */
export function replaceFile(file: string, contents: string | Uint8Array, mode?: number): void {
  if (!isStream(file)) refuseLink(file);
  const old = statSync(file, { throwIfNoEntry: false });
  if (isStream(file) || (old && !old.isFile() && !old.isDirectory())) {
    writeFileSync(file, contents);
    return;
  }
  const next = `${file}.${randomUUID()}.tmp`;
  const descriptor = createFile(next, mode ?? 0o666);
  try {
    try {
      writeFileSync(descriptor, contents);
      if (old && (old.uid !== process.getuid?.() || old.gid !== process.getgid?.())) keepOwner(descriptor, old);
      // After the owner, whose change takes away some bits of the mode.
      if (old || mode !== undefined) fchmodSync(descriptor, mode ?? old?.mode ?? ownerOnly);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(next, file);
  } catch (error) {
    rmSync(next, { force: true });
    throw error;
  }
}

/** Whether a name is that of an open stream, wherever it leads to: only the system makes these links. */
export function isStream(file: string): boolean {
  return /^\/dev\/(?:stdout|stderr|fd\/\d+)$/.test(file);
}

/** Only an administrator may change the owner. Otherwise the writer owns the new file, as with a copy. */
function keepOwner(descriptor: number, { uid, gid }: { readonly uid: number; readonly gid: number }): void {
  try {
    fchownSync(descriptor, uid, gid);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error;
  }
}

/** The file is a link. Its target is never written, because others may create links in a shared folder. */
class LinkError extends Error {
  override readonly name = 'LinkError';
  readonly code = 'it is a link: name the file that it leads to';
}

/** Throws an error with a `code` if a file is a link, unless it leads to a device or a pipe, as /dev/stdout does. */
export function refuseLink(file: string): void {
  if (!lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink()) return;
  const target = statSync(file, { throwIfNoEntry: false });
  if (!target || target.isFile() || target.isDirectory()) throw new LinkError(file);
}

/** Creates a file that only its owner may read. Takes other users' rights away from an existing one. */
export function ownFile(file: string): void {
  refuseLink(file);
  try {
    closeSync(createFile(file, ownerOnly));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    chmodSync(file, ownerOnly);
  }
}
