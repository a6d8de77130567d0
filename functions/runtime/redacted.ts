import { inspect } from 'node:util';

/**
 * A secret that cannot be printed by accident: as text, as JSON and in the debugger it says that it is withheld.
 * The one way to the value is `reveal`, which is easy to search for.
 */
export class Redacted<Value> {
  readonly #value: Value;

  constructor(value: Value) {
    this.#value = value;
  }

  reveal(): Value {
    return this.#value;
  }

  toString(): string {
    return '[redacted]';
  }

  toJSON(): string {
    return '[redacted]';
  }

  [inspect.custom](): string {
    return '[redacted]';
  }
}
