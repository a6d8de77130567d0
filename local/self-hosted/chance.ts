import { createHash } from 'node:crypto';

/** A number from 0 to 1 that depends on the text alone, so that the same seed always chooses the same. */
export function chance(text: string): number {
  return createHash('sha256').update(text).digest().readUIntBE(0, 6) / 2 ** 48;
}
