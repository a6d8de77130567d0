import type { LogLine } from '../runtime/log.ts';
import type { Evidence } from './evidence.ts';

/** Where something was looked for: `token@default`, or `organization` for a probe of the whole org. */
export function placeOf({ probe, server }: Pick<LogLine, 'probe' | 'server'>): string {
  return server === undefined ? probe : `${probe}@${server}`;
}

/** The latest outcome of every place. */
export function latestOutcomes(lines: Evidence['lines']): ReadonlyMap<string, LogLine> {
  const latest = new Map<string, LogLine>();
  for (const { line } of lines) if (line.type === 'outcome') latest.set(placeOf(line), line);
  return latest;
}
