import { formatTarget } from '../model/target.ts';
import type { LogLine } from '../runtime/log.ts';
import type { Evidence } from './evidence.ts';

/** The latest outcome of every place. */
export function latestOutcomes(lines: Evidence['lines']): ReadonlyMap<string, LogLine> {
  const latest = new Map<string, LogLine>();
  for (const { line } of lines) if (line.type === 'outcome') latest.set(formatTarget(line), line);
  return latest;
}
