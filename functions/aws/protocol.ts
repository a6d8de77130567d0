/** The form in which a service takes calls and answers them. */
export interface Protocol {
  encode(
    operation: string,
    input: object,
  ): { readonly headers: Readonly<Record<string, string>>; readonly body: string };
  /** The members of an answer. Throws a `SyntaxError` if it is none. */
  decode(text: string): object;
  /** The members of an error. Its name and message are undefined for an answer that is not the service's. */
  readError(text: string): { readonly name?: string; readonly message?: string; readonly Item?: unknown };
}

/**
 * AWS's JSON protocol. Times are sent as seconds since the epoch; members called `Timestamp` and `Timestamps` are read as
 * times.
 * https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html
 *
 * @param target what goes before the name of an operation
 */
export function json(version: '1.0' | '1.1', target: string): Protocol {
  return {
    encode: (operation, input) => ({
      headers: { 'content-type': `application/x-amz-json-${version}`, 'x-amz-target': `${target}.${operation}` },
      body: JSON.stringify(input, writeTime),
    }),
    decode: (text) => Object(text === '' ? {} : JSON.parse(text, readTime)),
    readError(text) {
      const { __type, message, Message = message, Item } = parsed(text);
      return {
        // `com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException`, sometimes with a colon and a URL behind it.
        ...(typeof __type === 'string' && { name: __type.replace(/^.*#/, '').replace(/:.*$/, '') }),
        ...(typeof Message === 'string' && { message: Message }),
        ...(Item !== undefined && { Item }),
      };
    },
  };
}

/** Trap: `JSON.stringify` passes what `toJSON` made of a time, and the time itself only in `this`. */
function writeTime(this: unknown, key: string, value: unknown): unknown {
  const time: unknown = Object(this)[key];
  return time instanceof Date ? time.getTime() / 1000 : value;
}

function readTime(key: string, value: unknown): unknown {
  if (key === 'Timestamp' && typeof value === 'number') return new Date(value * 1000);
  return key === 'Timestamps' && Array.isArray(value) ? value.map((seconds) => new Date(seconds * 1000)) : value;
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}

/**
 * AWS's query protocol: a form as the request, and XML as the answer, of which nothing is read but errors and a map of
 * attributes, as it is written there. The members of an input are texts.
 * https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 */
export function query(version: string): Protocol {
  return {
    encode: (operation, input) => ({
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ Action: operation, Version: version, ...input }).toString(),
    }),
    decode(text) {
      const entries = text.matchAll(/<entry>\s*<key>([^<]*)<\/key>\s*<value>([^<]*)<\/value>\s*<\/entry>/g);
      return { Attributes: Object.fromEntries([...entries].map(([, key, value]) => [key, value])) };
    },
    readError(text) {
      const [, name] = /<Code>([^<]*)<\/Code>/.exec(text) ?? [];
      const [, message] = /<Message>([^<]*)<\/Message>/.exec(text) ?? [];
      return { ...(name && { name }), ...(message && { message }) };
    },
  };
}
