/** A command's JSON document: whether everything passed, then what it reports. Seconds are rounded to milliseconds. */
export function toJson(passed: boolean, document: object): string {
  const round = (key: string, value: unknown) =>
    key === 'seconds' && typeof value === 'number' ? Math.round(value * 1000) / 1000 : value;
  return JSON.stringify({ passed, ...document }, round, 2);
}
