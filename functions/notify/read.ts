/**
 * Reads what others wrote, member by member: what is not of the expected type is undefined, and no member that is not
 * asked for gets through. So nothing that merely stands beside can reach a message.
 */

/** One line of text: without control characters, and as long as a reader has patience for. */
export function text(value: unknown, most = 300): string | undefined {
  return typeof value === 'string' ? clip(value.replaceAll(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' '), most) : undefined;
}

export function number(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** One of a few words. */
export function oneOf<Word extends string>(words: readonly Word[], value: unknown): Word | undefined {
  return words.find((word) => word === value);
}

/** What of a list can be read, and not more of it than `most`. */
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

/** The members of an object; of anything else, none. */
export function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** Without what could not be read. */
export function defined<Value extends object>(value: Value): Value {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Value;
}

export function parseJson(source: unknown): unknown {
  try {
    return typeof source === 'string' ? JSON.parse(source) : undefined;
  } catch {
    return undefined;
  }
}

/** Trap: half of a pair of surrogates is no text, and the SDK throws at it. */
export function clip(value: string, most: number): string {
  return (value.length > most ? `${value.slice(0, most - 3)}...` : value).toWellFormed();
}
