/** The least number of invocations of a function in a period. */
export interface ExpectedInvocations {
  readonly periodMinutes: number;
  readonly invocations: number;
}

/** CloudWatch's longest period. */
const longest = 1_440;

/**
 * The invocations that all schedules of a function cause together. Lambda counts a function's invocations, but not by
 * schedule.
 *
 * Trap: if a schedule's interval does not divide the period, some periods have one run more than others. That run could
 * hide that another schedule has stopped. So this returns the shortest period in which every schedule has more runs than
 * the others together may have extra.
 */
export function expectedInvocations(intervalMinutes: readonly number[]): ExpectedInvocations {
  const least = Math.max(...intervalMinutes);
  const periods = Array.from({ length: longest - least + 1 }, (_, index) => least + index);
  const periodMinutes = periods.find((period) =>
    intervalMinutes.every((_, stopped) => shows(intervalMinutes, stopped, period)),
  );
  if (periodMinutes === undefined)
    throw new Error(`no period of at most a day shows that one of the schedules stopped: ${intervalMinutes} minutes`);
  return {
    periodMinutes,
    invocations: intervalMinutes.reduce((sum, every) => sum + Math.floor(periodMinutes / every), 0),
  };
}

function shows(intervalMinutes: readonly number[], stopped: number, period: number): boolean {
  const uneven = intervalMinutes.filter((every, index) => index !== stopped && period % every !== 0).length;
  return Math.floor(period / (intervalMinutes[stopped] ?? period)) > uneven;
}
