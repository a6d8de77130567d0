/** How often a function must be called in a period. */
export interface Demand {
  readonly periodMinutes: number;
  readonly invocations: number;
}

/** CloudWatch's longest period. */
const longest = 1_440;

/**
 * What several schedules of one function demand of it: Lambda counts its invocations, and does not say whose they are.
 *
 * Trap: a schedule that does not divide the period starts now one run more and now one less, and the one more could
 * stand in for another schedule that has stopped. So the period is the shortest in which any schedule's own runs
 * outnumber what the others may differ by.
 */
export function demandOf(everyMinutes: readonly number[]): Demand {
  const least = Math.max(...everyMinutes);
  const periods = Array.from({ length: longest - least + 1 }, (_, index) => least + index);
  const periodMinutes = periods.find((period) =>
    everyMinutes.every((_, stopped) => shows(everyMinutes, stopped, period)),
  );
  if (periodMinutes === undefined) throw new Error(`no period of a day shows that one of ${everyMinutes} stopped`);
  return {
    periodMinutes,
    invocations: everyMinutes.reduce((sum, every) => sum + Math.floor(periodMinutes / every), 0),
  };
}

function shows(everyMinutes: readonly number[], stopped: number, period: number): boolean {
  const uneven = everyMinutes.filter((every, index) => index !== stopped && period % every !== 0).length;
  return Math.floor(period / (everyMinutes[stopped] ?? period)) > uneven;
}
