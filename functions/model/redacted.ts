import { inspect } from 'node:util';

/**
 * A secret that cannot be printed by accident. Text, JSON and debugger output show `[redacted]` instead. Only `reveal`
 * returns the value, which makes its uses easy to find.
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
