import { unescapeCharacters } from './unescape-characters.ts';

/**
 * The state token in the sign-in page that /authorize serves. Undefined if the page has none, as one that replaces Okta's
 * widget may.
 *
 * Trap: it stands in a string of JavaScript, in which Okta writes hyphens and other characters as `\x2D` or `\u002D`. A
 * token that is not decoded is refused as if it had expired.
 */
export function stateTokenIn(html: string): string | undefined {
  const found = /(?:["']?stateToken["']?\s*[:=]\s*)(?:"([^"\s]{10,20000})"|'([^'\s]{10,20000})')/.exec(html);
  const literal = found?.[1] ?? found?.[2];
  if (literal === undefined) return undefined;
  const decoded = unescapeCharacters(literal);
  // A token, and no expression that a script would evaluate.
  return /^[\w.~+/=-]+$/.test(decoded) ? decoded : undefined;
}
