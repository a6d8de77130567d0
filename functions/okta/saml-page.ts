import { formsIn } from './html-forms.ts';
import { parseMarkup } from './parse-markup.ts';

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
