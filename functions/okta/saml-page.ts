import { DomUtils } from 'htmlparser2';
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
  for (const form of DomUtils.getElementsByTagName('form', parseMarkup(html), true)) {
    const inputs = DomUtils.getElementsByTagName('input', form.children, true);
    const response = inputs.find(({ attribs }) => attribs.name === 'SAMLResponse')?.attribs.value;
    if (response) return { action: form.attribs.action ?? '', response };
  }
  return undefined;
}
