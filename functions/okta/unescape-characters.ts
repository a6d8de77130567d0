/** Reverses how Okta escapes characters in a string of JavaScript: `\x2D` and `\u002D`. */
export function unescapeCharacters(script: string): string {
  return script.replaceAll(/\\x([0-9a-f]{2})|\\u([0-9a-f]{4})/gi, (_, byte, unit) =>
    String.fromCharCode(Number.parseInt(byte ?? unit, 16)),
  );
}
