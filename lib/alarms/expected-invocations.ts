/** How often a function must be called in a period. */
export interface ExpectedInvocations {
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
export function expectedInvocations(intervalMinutes: readonly number[]): ExpectedInvocations {
  const least = Math.max(...intervalMinutes);
  const periods = Array.from({ length: longest - least + 1 }, (_, index) => least + index);
  const periodMinutes = periods.find((period) =>
    intervalMinutes.every((_, stopped) => shows(intervalMinutes, stopped, period)),
  );
  if (periodMinutes === undefined) throw new Error(`no period of a day shows that one of ${intervalMinutes} stopped`);
  return {
    periodMinutes,
    invocations: intervalMinutes.reduce((sum, every) => sum + Math.floor(periodMinutes / every), 0),
  };
}

function shows(intervalMinutes: readonly number[], stopped: number, period: number): boolean {
  const uneven = intervalMinutes.filter((every, index) => index !== stopped && period % every !== 0).length;
  return Math.floor(period / (intervalMinutes[stopped] ?? period)) > uneven;
}
