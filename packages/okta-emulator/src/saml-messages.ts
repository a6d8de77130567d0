import { createRequire } from 'node:module';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { escapeHtml } from './http-message.ts';
import { oktaId } from './org.ts';
import {
  certificateBody,
  entityIdOf,
  nameIdFormatOf,
  type SamlApplication,
  type SamlKey,
  ssoPathOf,
} from './saml-applications.ts';
import type { User } from './users.ts';

/** The request of a service provider (SAML Core 2.0, 3.4.1). */
interface SamlRequest {
  readonly id: string;
  readonly issuer: string | undefined;
  readonly acsUrl: string | undefined;
}

const maxBytes = 100_000;

/** Reads the request in a parameter: deflated in a redirect, and plain in a post. Undefined if it is malformed. */
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

const validForMs = 300_000;
const redirectBinding = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect';
const postBinding = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST';
const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#';

interface SamlAnswer {
  readonly application: SamlApplication;
  readonly user: User;
  /** The names of the groups of the user. */
  readonly groups: readonly string[];
  /** The id of the request, if the service provider asked. */
  readonly inResponseTo: string | undefined;
  readonly sessionId: string;
  readonly nowMs: number;
}

/** The identity provider's metadata of one application (SAML Metadata 2.0). */
export function samlMetadata(application: SamlApplication, key: SamlKey, origin: string): string {
  const location = escapeHtml(origin + ssoPathOf(application));
  const formats = nameIdFormatOf(application.settings());
  return `<?xml version="1.0" encoding="UTF-8"?><md:EntityDescriptor entityID="${entityIdOf(application)}" xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"><md:IDPSSODescriptor WantAuthnRequestsSigned="false" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>${certificateBody(key)}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor><md:NameIDFormat>${formats}</md:NameIDFormat><md:SingleSignOnService Binding="${postBinding}" Location="${location}"/><md:SingleSignOnService Binding="${redirectBinding}" Location="${location}"/></md:IDPSSODescriptor></md:EntityDescriptor>`;
}

/** A response that says who signed in (SAML Core 2.0, 3.3.3), signed as the application is configured. */
export function samlResponse(answer: SamlAnswer, key: SamlKey): string {
  const { signs } = answer.application.settings();
  const unsigned = responseXml(answer);
  const withAssertion = signs.assertion ? sign(unsigned, 'Assertion', key) : unsigned;
  return signs.response ? sign(withAssertion, 'Response', key) : withAssertion;
}

function responseXml({ groups, application, user, inResponseTo, sessionId, nowMs }: SamlAnswer): string {
  const {
    acsUrl,
    recipient = acsUrl,
    audience,
    issuer,
    nameId,
    clockSkewSeconds,
    ...settings
  } = application.settings();
  const time = (offsetMs: number) => new Date(nowMs + clockSkewSeconds * 1000 + offsetMs).toISOString();
  const issuedBy = `<saml2:Issuer Format="urn:oasis:names:tc:SAML:2.0:nameid-format:entity" xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion">${escapeHtml(issuer ?? entityIdOf(application))}</saml2:Issuer>`;
  const asked = inResponseTo === undefined ? '' : ` InResponseTo="${escapeHtml(inResponseTo)}"`;
  const confirmation = `<saml2:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml2:SubjectConfirmationData${asked} NotOnOrAfter="${time(validForMs)}" Recipient="${escapeHtml(recipient)}"/></saml2:SubjectConfirmation>`;
  const subject = `<saml2:Subject><saml2:NameID Format="${nameIdFormatOf(application.settings())}">${escapeHtml(user[nameId])}</saml2:NameID>${confirmation}</saml2:Subject>`;
  const conditions = `<saml2:Conditions NotBefore="${time(-validForMs)}" NotOnOrAfter="${time(validForMs)}"><saml2:AudienceRestriction><saml2:Audience>${escapeHtml(audience)}</saml2:Audience></saml2:AudienceRestriction></saml2:Conditions>`;
  const statement = `<saml2:AuthnStatement AuthnInstant="${time(0)}" SessionIndex="${escapeHtml(sessionId)}"><saml2:AuthnContext><saml2:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport</saml2:AuthnContextClassRef></saml2:AuthnContext></saml2:AuthnStatement>`;
  const assertion = `<saml2:Assertion ID="${oktaId('id', 35)}" IssueInstant="${time(0)}" Version="2.0" xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion" xmlns:xs="http://www.w3.org/2001/XMLSchema">${issuedBy}${subject}${conditions}${statement}${attributeStatement(settings.attributes, user, groups)}</saml2:Assertion>`;
  return `<?xml version="1.0" encoding="UTF-8"?><saml2p:Response Destination="${escapeHtml(acsUrl)}" ID="${oktaId('id', 35)}"${asked} IssueInstant="${time(0)}" Version="2.0" xmlns:saml2p="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:xs="http://www.w3.org/2001/XMLSchema">${issuedBy}<saml2p:Status><saml2p:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></saml2p:Status>${assertion}</saml2p:Response>`;
}

function attributeStatement(
  attributes: ReturnType<SamlApplication['settings']>['attributes'],
  user: User,
  groups: readonly string[],
): string {
  const written = Object.entries(attributes).map(([name, source]) => {
    const values = [source === 'groups' ? groups : (user[source] ?? [])].flat();
    const valueXml = (value: string) =>
      `<saml2:AttributeValue xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="xs:string">${escapeHtml(value)}</saml2:AttributeValue>`;
    if (values.length === 0) return '';
    return `<saml2:Attribute Name="${escapeHtml(name)}" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified">${values.map(valueXml).join('')}</saml2:Attribute>`;
  });
  const all = written.join('');
  return all === '' ? '' : `<saml2:AttributeStatement>${all}</saml2:AttributeStatement>`;
}

/** Signs an element, with the signature after its issuer, where the schema wants it. */
function sign(xml: string, element: 'Assertion' | 'Response', { certificate, privateKey }: SamlKey): string {
  const signature = new SignedXml({
    privateKey,
    publicCert: certificate,
    signatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    canonicalizationAlgorithm: exclusive,
  });
  const path = `//*[local-name(.)='${element}']`;
  signature.addReference({
    xpath: path,
    transforms: ['http://www.w3.org/2000/09/xmldsig#enveloped-signature', exclusive],
    digestAlgorithm: 'http://www.w3.org/2001/04/xmlenc#sha256',
  });
  signature.computeSignature(xml, {
    prefix: 'ds',
    location: { reference: `${path}/*[local-name(.)='Issuer']`, action: 'after' },
  });
  return signature.getSignedXml();
}

/**
 * The libraries that parse and sign XML.
 *
 * Trap: their types refer to those of browsers, which would take the place of Node's in the whole program. So they are
 * loaded without them, and this file declares the parts in use.
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
