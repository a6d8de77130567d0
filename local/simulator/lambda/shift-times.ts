/**
 * Members that tell when something happened, in ISO 8601. Others stay as they are: when a certificate ends is a fact
 * about the certificate, whatever time it is.
 */
const moments = new Set(['at', 'issuedAt', 'expiresAt']);

/** Moves a time of ISO 8601 in UTC. What is none stays as it is. */
export function shiftTime(text: string, byMs: number): string {
  const time = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? text : new Date(time + byMs).toISOString();
}

/**
 * A line of a log, with every moment in it moved: a function runs by the real clock, and says so.
 *
 * Trap: a document in CloudWatch's embedded format has its time in `_aws`, in milliseconds.
 */
export function shiftTimes<Value>(value: Value, byMs: number): Value {
  return shifted(value, byMs) as Value;
}

function shifted(value: unknown, byMs: number): unknown {
  if (Array.isArray(value)) return value.map((item) => shifted(item, byMs));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      if (name === '_aws' && typeof member?.Timestamp === 'number') {
        return [name, { ...member, Timestamp: member.Timestamp + byMs }];
      }
      return [name, moments.has(name) && typeof member === 'string' ? shiftTime(member, byMs) : shifted(member, byMs)];
    }),
  );
}
