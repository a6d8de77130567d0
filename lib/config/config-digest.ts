import { createHash } from 'node:crypto';
import type { Config } from './schema.ts';

/** The output of the stack that has the digest of the configuration that it was deployed from. */
export const digestOutput = 'ConfigurationDigest';

/**
 * A digest of a configuration with its defaults. Comments and the order of fields make no difference.
 *
 * Trap: another version of the monitor may have other defaults, and so another digest for the same file.
 */
export function configDigest(config: Config): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted(config)))
    .digest('hex')
    .slice(0, 16);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, member]) => [key, sorted(member)]));
}
