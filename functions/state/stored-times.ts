/** From 2001 to 2100 in milliseconds, which is no count of anything. */
const [leastTime, mostTime] = [1_000_000_000_000, Date.UTC(2100)];

/**
 * A value as it is stored: each time in milliseconds since the epoch becomes `{"at": …}` in ISO 8601, as all times of the
 * table are, so that a person can read them.
 */
export function withStoredTimes(value: unknown): unknown {
  if (isTime(value)) return { at: new Date(value).toISOString() };
  return mapped(value, withStoredTimes);
}

/** The value that was stored. */
export function withReadTimes(value: unknown): unknown {
  const { at, ...others } = Object(value) as Readonly<Record<string, unknown>>;
  if (typeof at === 'string' && Object.keys(others).length === 0) {
    const time = Date.parse(at);
    return Number.isNaN(time) ? value : time;
  }
  return mapped(value, withReadTimes);
}

function isTime(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= leastTime && Number(value) <= mostTime;
}

function mapped(value: unknown, of: (member: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map(of);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, of(member)]));
}
