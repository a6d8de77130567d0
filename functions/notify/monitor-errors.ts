import type { Evidence } from './evidence.ts';
import type { EvidenceLine } from './log.ts';

/** One way in which the monitor itself failed, however often it did. */
export interface MonitorError {
  /** The error's name, or how Lambda says that the run ended. */
  readonly name: string;
  readonly times: number;
  /** Milliseconds since the epoch. */
  readonly last: number;
  /** Where in the code, the nearest first. */
  readonly frames: readonly string[];
}

/**
 * The monitor's own failures: first those that tell where they came from, then the most frequent.
 *
 * Trap: a run that throws what it has logged is counted by Lambda as well.
 */
export function monitorErrorsIn({ lines }: Pick<Evidence, 'lines'>): readonly MonitorError[] {
  const isTold = lines.some(({ line }) => line.type === 'monitor-error');
  const failed = lines.flatMap(({ time, line }) => {
    const name = line.type === 'crash' && line.status === 'failure' && isTold ? undefined : nameOf(line);
    return name === undefined ? [] : [{ name, time, frames: line.type === 'monitor-error' ? line.frames : [] }];
  });
  return Object.entries(Object.groupBy(failed, ({ name }) => name))
    .map(([name, seen = []]) => {
      const last = seen.at(-1);
      return { name, times: seen.length, last: last?.time ?? 0, frames: last?.frames ?? [] };
    })
    .toSorted((one, other) => Math.sign(other.frames.length) - Math.sign(one.frames.length) || other.times - one.times);
}

function nameOf(line: EvidenceLine): string | undefined {
  if (line.type === 'monitor-error') return line.name;
  if (line.type !== 'crash') return undefined;
  return [`ended by ${line.status}`, ...(line.errorType ? [`(${line.errorType})`] : [])].join(' ');
}
