import { isDeepStrictEqual } from 'node:util';

/** A JSON object, as Okta and the configuration have them. */
export type Json = { readonly [member: string]: unknown };

/** What stands in a plan for an id that Okta has not given yet. */
export const knownLater = '(known after apply)';

/** A member that is not as it should be. The texts contain no secret, because no body that is compared does. */
export interface Difference {
  readonly path: string;
  /** Absent if there is no such member. */
  readonly from?: string;
  readonly to: string;
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A member of an answer, however deep. Undefined if anything on the way is not there. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, member) => (isObject(inner) ? inner[member] : undefined), value);
}

/** Where `found` is not as `desired` says. What `desired` does not mention may be anything. */
export function differences(found: unknown, desired: Json, path = ''): readonly Difference[] {
  return Object.entries(desired).flatMap(([member, to]) => {
    const from = at(found, member);
    const here = path === '' ? member : `${path}.${member}`;
    if (isObject(to)) return differences(from, to, here);
    if (isSame(from, to)) return [];
    return [{ path: here, ...(from !== undefined && from !== null && { from: shown(from) }), to: shown(to) }];
  });
}

/** `found` with everything that `desired` mentions. Okta's PUT replaces, so the rest must be sent back as it was. */
export function overlay(found: unknown, desired: Json): Json {
  const before = isObject(found) ? found : {};
  return {
    ...before,
    ...Object.fromEntries(
      Object.entries(desired).map(([member, value]) => [
        member,
        isObject(value) ? overlay(before[member], value) : value,
      ]),
    ),
  };
}

/** Ignores the order of lists, and members of objects that are not desired. */
function isSame(found: unknown, desired: unknown): boolean {
  if (!Array.isArray(desired)) return isDeepStrictEqual(found, desired);
  if (!Array.isArray(found) || found.length !== desired.length) return false;
  return desired.every((item) =>
    found.some((other) => (isObject(item) ? differences(other, item).length === 0 : isSame(other, item))),
  );
}

/** A value for people: a text without quotes, and JSON with spaces, so that lines can be broken there. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return spaced(value);
  return `[${value.map((item) => (isObject(item) ? shownObject(item) : shown(item))).join(', ')}]`;
}

/** A public key by its id, anything else by its JSON. */
function shownObject(value: Json): string {
  return typeof value.kid === 'string' ? `key ${value.kid}` : spaced(value);
}

function spaced(value: unknown): string {
  return JSON.stringify(value, null, 1).replace(/\n\s*/g, ' ');
}
