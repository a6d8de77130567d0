/**
 * The tokens of a text, as matches of a sticky pattern that takes leading blanks itself.
 *
 * @param refuse called with what stands where no token begins; it must throw
 */
export function* scan(source: string, token: RegExp, refuse: (unread: string) => never): Generator<RegExpExecArray> {
  const trimmed = source.trimEnd();
  for (let at = 0; at < trimmed.length; ) {
    token.lastIndex = at;
    const match = token.exec(trimmed) ?? refuse(trimmed.slice(at).trim());
    at = token.lastIndex;
    yield match;
  }
}
