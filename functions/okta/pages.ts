import { DomUtils } from 'htmlparser2';
import { parseMarkup } from './parse-markup.ts';

/** A form of a page, with the values of its inputs by their names. */
export interface HtmlForm {
  readonly action: string;
  readonly fields: ReadonlyMap<string, string>;
}

/** The forms in parsed markup, in their order. */
export function formsIn(nodes: ReturnType<typeof parseMarkup>): readonly HtmlForm[] {
  return DomUtils.getElementsByTagName('form', nodes, true).map((form) => ({
    action: form.attribs.action ?? '',
    fields: new Map(
      DomUtils.getElementsByTagName('input', form.children, true).map(({ attribs }) => [
        attribs.name ?? '',
        attribs.value ?? '',
      ]),
    ),
  }));
}

/** The form by which a browser brings a SAML response to a service provider (SAML 2.0 Bindings, 3.5). */
export interface SamlPost {
  /** Where the browser would send it. */
  readonly action: string;
  /** In base64, as it would be sent. Trap: it signs a user in. Send it nowhere. */
  readonly response: string;
}

/** The form in a page. Undefined if the page is another one. */
export function readSamlPost(html: string): SamlPost | undefined {
  const posts = formsIn(parseMarkup(html)).map(({ action, fields }) => ({
    action,
    response: fields.get('SAMLResponse') ?? '',
  }));
  return posts.find(({ response }) => response !== '');
}

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

/** Reverses how Okta escapes characters in a string of JavaScript: `\x2D` and `\u002D`. */
export function unescapeCharacters(script: string): string {
  return script.replaceAll(/\\x([0-9a-f]{2})|\\u([0-9a-f]{4})/gi, (_, byte, unit) =>
    String.fromCharCode(Number.parseInt(byte ?? unit, 16)),
  );
}
