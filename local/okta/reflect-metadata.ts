/**
 * The two functions that a dependency of @peculiar/x509 insists on finding at import (tsyringe, for decorators).
 *
 * The proposal they come from was withdrawn from the language, so Node has neither. Nothing here decorates anything:
 * they only have to exist and to agree with one another.
 */
const metadata = new WeakMap<object, Map<unknown, unknown>>();

const polyfill = {
  getMetadata: (key: unknown, target: object) => metadata.get(target)?.get(key),
  getOwnMetadata: (key: unknown, target: object) => metadata.get(target)?.get(key),
  defineMetadata(key: unknown, value: unknown, target: object) {
    const entries = metadata.get(target) ?? new Map<unknown, unknown>();
    metadata.set(target, entries.set(key, value));
  },
};

if (!('getMetadata' in Reflect)) Object.assign(Reflect, polyfill);
