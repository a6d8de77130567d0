import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { DOMParser } from './xml-libraries.ts';

/** What a service provider asks for (SAML Core 2.0, 3.4.1). */
export interface SamlRequest {
  readonly id: string;
  readonly issuer: string | undefined;
  readonly acsUrl: string | undefined;
}

const maxBytes = 100_000;

/** The request in a parameter: deflated in a redirect, and as it is in a post. Undefined if it is no request. */
export function parseSamlRequest(parameter: string, method: string): SamlRequest | undefined {
  try {
    const bytes = Buffer.from(parameter, 'base64');
    const xml = method === 'POST' ? bytes : inflateRawSync(bytes, { maxOutputLength: maxBytes });
    const root = new DOMParser({ errorHandler: refuse }).parseFromString(xml.toString(), 'text/xml').documentElement;
    const id = root?.getAttribute('ID');
    if (root?.localName !== 'AuthnRequest' || !id) return undefined;
    const [issuer] = Array.from(root.getElementsByTagNameNS('urn:oasis:names:tc:SAML:2.0:assertion', 'Issuer'));
    const acsUrl = root.getAttribute('AssertionConsumerServiceURL');
    return { id, issuer: issuer?.textContent?.trim(), acsUrl: acsUrl || undefined };
  } catch {
    return undefined;
  }
}

/** A posted request as a parameter of a redirect. */
export function toRedirectParameter(posted: string): string {
  return deflateRawSync(Buffer.from(posted, 'base64')).toString('base64');
}

function refuse(_level: string, message: unknown): never {
  throw new Error(String(message));
}
