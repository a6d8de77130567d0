import { DomUtils } from 'htmlparser2';
import { formsIn, type HtmlForm, unescapeCharacters } from './pages.ts';
import { ownText, parseMarkup } from './parse-markup.ts';

/** Where a response of /authorize sends the browser. For a callback, the parameters that it would receive. */
export type AuthorizeAnswer =
  | { readonly kind: 'callback'; readonly parameters: URLSearchParams }
  | { readonly kind: 'elsewhere' }
  | { readonly kind: 'page' };

/**
 * Reads a response of /authorize without following it.
 *
 * Trap: Classic Engine responds with 302, but Identity Engine may respond with 200 and a page that redirects by script
 * or posts a form. The parameters may be in the query or in the fragment. All of these count as a callback.
 */
export function readAuthorizeAnswer(
  answer: { readonly status: number; readonly location: string | null; readonly body: string },
  redirectUri: string,
): AuthorizeAnswer {
  if (answer.status >= 300 && answer.status < 400) {
    return callbackAt(answer.location ?? '', redirectUri) ?? { kind: 'elsewhere' };
  }
  const page = readPage(answer.body);
  const form = page.forms.find(({ action }) => isAt(URL.parse(action), redirectUri));
  if (form) return { kind: 'callback', parameters: new URLSearchParams([...form.fields]) };
  for (const text of page.targets) {
    const found = callbackIn(text, redirectUri);
    if (found) return found;
  }
  return { kind: 'page' };
}

/** The callback that a URL is. */
function callbackAt(location: string, redirectUri: string): AuthorizeAnswer | undefined {
  const url = URL.parse(location);
  if (!url || !isAt(url, redirectUri)) return undefined;
  const parameters = new URLSearchParams(url.search);
  for (const [name, value] of new URLSearchParams(url.hash.slice(1))) parameters.append(name, value);
  return parameters.size > 0 ? { kind: 'callback', parameters } : undefined;
}

/** The callback that a text contains, such as a script. It ends at the quote that it began with, or at a space. */
function callbackIn(text: string, redirectUri: string): AuthorizeAnswer | undefined {
  const start = text.indexOf(redirectUri);
  if (start < 0) return undefined;
  const quote = text[start - 1] ?? '';
  const end = '"\'`'.includes(quote) ? new RegExp(`[\\s<>\\\\${quote}]`) : /[\s"'`<>\\]/;
  return callbackAt(text.slice(start).split(end, 1)[0] ?? '', redirectUri);
}

/** Whether a URL is the redirect URI. Its query and fragment may differ, and so may the spelling of its host. */
function isAt(url: URL | null, redirectUri: string): boolean {
  const expected = new URL(redirectUri);
  return (
    url !== null &&
    url.protocol === expected.protocol &&
    url.host === expected.host &&
    url.pathname === expected.pathname
  );
}

interface Page {
  readonly forms: readonly HtmlForm[];
  /** Texts that may contain the redirect target: links, meta refreshes and scripts. */
  readonly targets: readonly string[];
}

function readPage(html: string): Page {
  const nodes = parseMarkup(html);
  const all = (name: string) => DomUtils.getElementsByTagName(name, nodes, true);
  const attributes = (name: string, attribute: string) => all(name).map(({ attribs }) => attribs[attribute] ?? '');
  return {
    forms: formsIn(nodes),
    targets: [
      ...attributes('a', 'href'),
      ...attributes('meta', 'content'),
      ...all('script').map((script) => unescapeScript(ownText(script))),
    ],
  };
}

/** Reverses the escapes that JavaScript string literals use in URLs: \x3D, \u0026 and \/. */
function unescapeScript(script: string): string {
  return unescapeCharacters(script).replaceAll('\\/', '/');
}
