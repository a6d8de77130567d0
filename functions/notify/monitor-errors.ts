import type { Evidence } from './evidence.ts';

/** One way in which the monitor itself failed, and how often. */
export interface MonitorError {
  /** The error's name. */
  readonly name: string;
  readonly times: number;
  /** Milliseconds since the epoch. */
  readonly last: number;
  /** Where in the code, the innermost first. */
  readonly frames: readonly string[];
}

/** Returns the monitor's own errors, the most frequent first. */
export function monitorErrorsIn({ lines }: Pick<Evidence, 'lines'>): readonly MonitorError[] {
  const errors = lines.flatMap(({ time, line }) =>
    line.type === 'monitor-error' ? [{ name: line.name, time, frames: line.frames }] : [],
  );
  return Object.entries(Object.groupBy(errors, ({ name }) => name))
    .map(([name, same = []]) => {
      const last = same.at(-1);
      return { name, times: same.length, last: last?.time ?? 0, frames: last?.frames ?? [] };
    })
    .toSorted((one, other) => other.times - one.times);
}
