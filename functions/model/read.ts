import { oneLine } from './text.ts';

/**
 * Reads what others wrote, field by field. A value of an unexpected type becomes undefined, and fields that are not
 * read do not get through. So nothing else in a log line or an alarm can reach a message.
 */

/** One line of text: without control characters, and clipped. */
export function text(value: unknown, most = 300): string | undefined {
  return typeof value === 'string' ? clip(oneLine(value), most) : undefined;
}

export function number(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** A time in text, in ms since the epoch. Trap: to parse an object calls its methods, which may be anything. */
export function timestamp(value: unknown): number | undefined {
  return typeof value === 'string' ? number(Date.parse(value)) : undefined;
}

/** One of a few words. */
export function oneOf<Word extends string>(words: readonly Word[], value: unknown): Word | undefined {
  return words.find((word) => word === value);
}

/** The readable items among the first `most` of a list. */
export function list<Item>(value: unknown, read: (item: unknown) => Item | undefined, most = 20): readonly Item[] {
  if (!Array.isArray(value)) return [];
  return value
    .slice(0, most)
    .map(read)
    .filter((item) => item !== undefined);
}

export function strings(value: unknown): readonly string[] {
  return list(value, (item) => text(item));
}

/** The fields of an object; none for anything else. */
export function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** Without the fields that are undefined. */
export function defined<Value extends object>(value: Value): Value {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as Value;
}

export function parseJson(source: unknown): unknown {
  try {
    return typeof source === 'string' ? JSON.parse(source) : undefined;
  } catch {
    return undefined;
  }
}

/** Trap: half of a surrogate pair is not valid text, and no call can have it. */
export function clip(value: string, most: number): string {
  return (value.length > most ? `${value.slice(0, most - 3)}...` : value).toWellFormed();
}
