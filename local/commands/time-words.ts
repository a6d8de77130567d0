const units = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

/** A length of time in its two largest units: `2 hours 5 minutes`. */
export function inWords(seconds: number): string {
  const whole = Math.round(Math.abs(seconds));
  const first = units.findIndex(([, size]) => whole >= size);
  if (first < 0) return '0 seconds';
  let left = whole;
  const parts = units.slice(first, first + 2).map(([name, size]) => {
    const count = Math.floor(left / size);
    left -= count * size;
    return count === 0 ? '' : `${count} ${name}${count === 1 ? '' : 's'}`;
  });
  return parts.filter(Boolean).join(' ');
}

/** A moment relative to now, with its date: `in 55 minutes (2030-01-01 00:55:00 UTC)`. All in seconds since the epoch. */
export function momentInWords(at: number, now: number): string {
  const date = new Date(at * 1000);
  if (Number.isNaN(date.getTime())) return 'no date';
  const when = at > now ? `in ${inWords(at - now)}` : `${inWords(now - at)} ago`;
  return `${when} (${date.toISOString().slice(0, 19).replace('T', ' ')} UTC)`;
}
