type FetchHeaders = globalThis.Headers;

/**
 * The header fields of a message, as in the Fetch standard, without guards.
 * https://fetch.spec.whatwg.org/#headers-class
 */
export class Headers
  implements
    Pick<FetchHeaders, 'append' | 'delete' | 'entries' | 'forEach' | 'get' | 'getSetCookie' | 'has' | 'set'>,
    Iterable<[string, string]>
{
  /** The values of each field by its name in lower case, in the order in which they were added. */
  readonly #fields = new Map<string, readonly string[]>();

  constructor(init: Iterable<readonly [string, string]> | Readonly<Record<string, string>> = []) {
    const fields = Symbol.iterator in init ? (init as Iterable<readonly [string, string]>) : Object.entries(init);
    for (const [name, value] of fields) this.append(name, value);
  }

  get [Symbol.toStringTag](): string {
    return 'Headers';
  }

  /** Throws a `TypeError` if the name or the value cannot be sent. */
  append(name: string, value: string): void {
    this.#fields.set(validName(name), [...(this.#fields.get(validName(name)) ?? []), validValue(value)]);
  }

  /** Throws as `append` does. */
  set(name: string, value: string): void {
    this.#fields.set(validName(name), [validValue(value)]);
  }

  delete(name: string): void {
    this.#fields.delete(validName(name));
  }

  has(name: string): boolean {
    return this.#fields.has(validName(name));
  }

  get(name: string): string | null {
    return this.#fields.get(validName(name))?.join(', ') ?? null;
  }

  getSetCookie(): string[] {
    return [...(this.#fields.get('set-cookie') ?? [])];
  }

  /** In the order of names. Cookies are the only fields that are not joined. */
  entries(): ReturnType<FetchHeaders['entries']> {
    const sorted = [...this.#fields].sort(([one], [other]) => (one < other ? -1 : 1));
    const entries = sorted.flatMap(([name, values]): [string, string][] =>
      name === 'set-cookie' ? values.map((value) => [name, value]) : [[name, values.join(', ')]],
    );
    return entries.values();
  }

  [Symbol.iterator](): ReturnType<FetchHeaders['entries']> {
    return this.entries();
  }

  forEach(visit: (value: string, name: string, all: FetchHeaders) => void): void {
    for (const [name, value] of this) visit(value, name, this as unknown as FetchHeaders);
  }
}

/** RFC 9110, 5.6.2. */
function validName(name: string): string {
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) throw new TypeError('the name of a header field is not valid');
  return name.toLowerCase();
}

/** Trap: the value is not in the error, because it may be a secret. */
function validValue(value: string): string {
  const text = `${value}`.replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, '');
  if (/[\0\n\r]|[^\0-\xff]/.test(text)) throw new TypeError('the value of a header field is not valid');
  return text;
}
