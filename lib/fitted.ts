import { createHash } from 'node:crypto';

const digits = 6;

/** A name that AWS accepts: one that is too long ends in a digest of itself, so that it stays unique. */
export function fitted(name: string, most: number): string {
  if (name.length <= most) return name;
  return `${name.slice(0, most - digits - 1)}-${createHash('sha256').update(name).digest('hex').slice(0, digits)}`;
}
