import { oneLine } from '../model/text.ts';

/** An object of an answer. Its members may be anything. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Returns the objects of a list, without its other members. */
export function objectsIn(values: unknown): readonly JsonObject[] {
  return Array.isArray(values) ? values.filter(isObject) : [];
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns the member at a path of names. Undefined if a part of the path is not an object with that own member. */
export function memberAt(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((at, name) => (isObject(at) && Object.hasOwn(at, name) ? at[name] : undefined), value);
}

/** The text at a path. Undefined if it is missing, empty or longer than a name or an id can be. */
export function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  const text = memberAt(value, ...path);
  return typeof text === 'string' && text !== '' && text.length <= 500 ? text : undefined;
}

/** An id of Okta's: letters, digits, hyphens and underscores. */
export function idAt(value: unknown, ...path: readonly string[]): string | undefined {
  const text = textAt(value, ...path);
  return text !== undefined && /^[\w-]{1,100}$/.test(text) ? text : undefined;
}

/** The time at a path in epoch milliseconds: ISO 8601, as most of the API has it, or milliseconds, as agents have. */
export function timeAt(value: unknown, ...path: readonly string[]): number | undefined {
  const found = memberAt(value, ...path);
  const time = typeof found === 'string' ? (/^\d{4}-\d\d-\d\dT/.test(found) ? Date.parse(found) : Number.NaN) : found;
  return typeof time === 'number' && time > 0 && time < 8.64e15 ? time : undefined;
}

/** Data with each of its texts on one line. */
export function inLines<Data>(data: Data): Data {
  if (typeof data === 'string') return oneLine(data) as Data;
  if (Array.isArray(data)) return data.map(inLines) as Data;
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [oneLine(name), inLines(value)])) as Data;
}

/**
 * The name that administrators gave something, as it may be shown, or else its id.
 *
 * Trap: things may be named after their owners. A name with an `@` may be an address, so only the id is shown.
 */
export function shownName(value: unknown, id: string, member = 'name'): string {
  const name = oneLine(textAt(value, member) ?? '')
    .replaceAll(/\p{Z}+/gu, ' ')
    .trim();
  return name === '' || name.includes('@') ? id : name.length > 60 ? `${name.slice(0, 59)}…` : name;
}
