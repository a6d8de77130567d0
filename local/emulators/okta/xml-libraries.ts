import { createRequire } from 'node:module';

/**
 * The libraries that parse and sign XML.
 *
 * Trap: their types refer to those of browsers, which would take the place of Node's in the whole program. So they are
 * loaded without them, and what is used of them is described here.
 */
const load = createRequire(import.meta.url);

interface Element {
  readonly localName: string;
  readonly textContent: string | null;
  getAttribute(name: string): string;
  getElementsByTagNameNS(namespace: string, name: string): ArrayLike<Element>;
}

interface Parser {
  parseFromString(text: string, type: 'text/xml'): { readonly documentElement: Element | undefined };
}

interface Signer {
  addReference(reference: { xpath: string; transforms: readonly string[]; digestAlgorithm: string }): void;
  computeSignature(xml: string, options: { prefix: string; location: { reference: string; action: 'after' } }): void;
  getSignedXml(): string;
}

interface SignerOptions {
  readonly privateKey: string;
  readonly publicCert: string;
  readonly signatureAlgorithm: string;
  readonly canonicalizationAlgorithm: string;
}

export const { DOMParser } = load('@xmldom/xmldom') as {
  readonly DOMParser: new (options: { errorHandler: (level: string, message: unknown) => void }) => Parser;
};

export const { SignedXml } = load('xml-crypto') as { readonly SignedXml: new (options: SignerOptions) => Signer };
