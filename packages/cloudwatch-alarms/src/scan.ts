/**
 * Splits a text into tokens, returned as matches of a sticky pattern. The pattern must skip leading whitespace.
 *
 * @param reject called with the rest of the text if it does not start with a token; must throw
 */
export function* scan(source: string, token: RegExp, reject: (rest: string) => never): Generator<RegExpExecArray> {
  const trimmed = source.trimEnd();
  for (let at = 0; at < trimmed.length; ) {
    token.lastIndex = at;
    const match = token.exec(trimmed) ?? reject(trimmed.slice(at).trim());
    at = token.lastIndex;
    yield match;
  }
}
