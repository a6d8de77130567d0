import type { Evidence } from './evidence.ts';
import type { EvidenceLine } from './log.ts';

/** One way in which the monitor itself failed, and how often. */
export interface MonitorError {
  /** The error's name, or how Lambda says that the run ended. */
  readonly name: string;
  readonly times: number;
  /** Milliseconds since the epoch. */
  readonly last: number;
  /** Where in the code, the innermost first. */
  readonly frames: readonly string[];
}

/**
 * The monitor's own errors: those with a stack first, then the most frequent.
 *
 * Trap: when a run throws an error that it has logged, Lambda reports it too.
 */
export function monitorErrorsIn({ lines }: Pick<Evidence, 'lines'>): readonly MonitorError[] {
  const isLogged = lines.some(({ line }) => line.type === 'monitor-error');
  const errors = lines.flatMap(({ time, line }) => {
    const name = line.type === 'crash' && line.status === 'failure' && isLogged ? undefined : nameOf(line);
    return name === undefined ? [] : [{ name, time, frames: line.type === 'monitor-error' ? line.frames : [] }];
  });
  return Object.entries(Object.groupBy(errors, ({ name }) => name))
    .map(([name, same = []]) => {
      const last = same.at(-1);
      return { name, times: same.length, last: last?.time ?? 0, frames: last?.frames ?? [] };
    })
    .toSorted((one, other) => Math.sign(other.frames.length) - Math.sign(one.frames.length) || other.times - one.times);
}

function nameOf(line: EvidenceLine): string | undefined {
  if (line.type === 'monitor-error') return line.name;
  if (line.type !== 'crash') return undefined;
  return [`run ended with ${line.status}`, ...(line.errorType ? [`(${line.errorType})`] : [])].join(' ');
}
