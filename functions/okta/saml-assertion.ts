import { X509Certificate } from 'node:crypto';
import { DomUtils } from 'htmlparser2';
import type { Mismatch } from './access-token.ts';
import { clockToleranceSeconds } from './access-token.ts';
import { parseMarkup } from './parse-markup.ts';

/** The application as the service provider knows it. Absent members are not checked. */
export interface SamlExpectations {
  readonly acsUrl: string;
  readonly audience: string;
  readonly issuer?: string;
  readonly nameIdFormat?: string;
  readonly attributes?: readonly string[];
}

/** What an assertion says, but for the values that describe the user. */
export interface SamlAssertion {
  readonly issuer?: string;
  readonly audiences: readonly string[];
  readonly recipients: readonly string[];
  readonly nameIdFormat?: string;
  /** Epoch ms, of the conditions and of the subject's confirmation: the latest start and the earliest end. */
  readonly notBefore?: number;
  readonly notOnOrAfter?: number;
  /** The names of attributes that have a value. */
  readonly attributes: readonly string[];
}

/**
 * Reads an assertion whose signature was verified (SAML 2.0 Core, 2.3 to 2.7).
 *
 * Trap: only for the text that the signature covers. Anyone may have written the rest of a response.
 */
export function readAssertion(verifiedXml: string): SamlAssertion {
  const nodes = parseMarkup(verifiedXml, { xmlMode: true });
  const all = (name: string) => elementsIn(nodes, name);
  const text = (element: ReturnType<typeof all>[number]) => DomUtils.textContent(element).trim();
  const times = (attribute: string) =>
    [...all('Conditions'), ...all('SubjectConfirmationData')]
      .map(({ attribs }) => Date.parse(attribs[attribute] ?? ''))
      .filter((time) => !Number.isNaN(time));
  const [starts, ends] = [times('NotBefore'), times('NotOnOrAfter')];
  const issuer = all('Issuer').map(text)[0];
  const nameIdFormat = all('NameID')[0]?.attribs.Format;
  return {
    ...(issuer !== undefined && { issuer }),
    audiences: all('Audience').map(text),
    recipients: all('SubjectConfirmationData').flatMap(({ attribs }) => attribs.Recipient ?? []),
    ...(nameIdFormat !== undefined && { nameIdFormat }),
    ...(starts.length > 0 && { notBefore: Math.max(...starts) }),
    ...(ends.length > 0 && { notOnOrAfter: Math.min(...ends) }),
    attributes: all('Attribute').flatMap((attribute) => {
      const values = elementsIn(attribute.children, 'AttributeValue');
      return values.some((value) => text(value) !== '') ? [attribute.attribs.Name ?? ''] : [];
    }),
  };
}

type SamlMismatch = Mismatch<
  | 'saml-acs-mismatch'
  | 'saml-audience-mismatch'
  | 'saml-issuer-mismatch'
  | 'saml-time-invalid'
  | 'saml-name-id-mismatch'
  | 'saml-attribute-missing'
>;

/** Why a service provider would refuse an assertion. Undefined if it would not. `action` is where the browser sends it. */
export function assertionProblem(
  assertion: SamlAssertion,
  action: string,
  expected: SamlExpectations,
  now: number,
): SamlMismatch | undefined {
  const differs = (
    code: SamlMismatch['code'],
    name: string,
    wanted: string,
    found: string | undefined,
  ): SamlMismatch => ({
    ...{ code, detail: `${name} is not what the service provider expects` },
    comparisons: [{ name, expected: wanted, found: found ? found.slice(0, 200) : 'missing' }],
  });
  const { acsUrl, audience, issuer, nameIdFormat, attributes = [] } = expected;
  if (action !== acsUrl) return differs('saml-acs-mismatch', 'where the browser sends the response', acsUrl, action);
  if (!assertion.recipients.includes(acsUrl))
    return differs('saml-acs-mismatch', 'Recipient', acsUrl, assertion.recipients[0]);
  if (!assertion.audiences.includes(audience))
    return differs('saml-audience-mismatch', 'Audience', audience, assertion.audiences.join(' '));
  if (issuer !== undefined && assertion.issuer !== issuer)
    return differs('saml-issuer-mismatch', 'Issuer', issuer, assertion.issuer);
  const { notBefore = now, notOnOrAfter = Number.POSITIVE_INFINITY } = assertion;
  const tolerance = clockToleranceSeconds * 1000;
  const iso = (time: number) => (Math.abs(time) < 8.64e15 ? new Date(time).toISOString() : 'no date');
  if (notBefore - tolerance > now)
    return differs('saml-time-invalid', 'NotBefore', `not after ${iso(now)}`, iso(notBefore));
  if (notOnOrAfter + tolerance <= now)
    return differs('saml-time-invalid', 'NotOnOrAfter', `after ${iso(now)}`, iso(notOnOrAfter));
  if (nameIdFormat !== undefined && assertion.nameIdFormat !== nameIdFormat)
    return differs('saml-name-id-mismatch', 'format of NameID', nameIdFormat, assertion.nameIdFormat);
  const missing = attributes.filter((name) => !assertion.attributes.includes(name));
  if (missing.length === 0) return undefined;
  return {
    ...{ code: 'saml-attribute-missing', detail: `missing or empty: ${missing.join(', ')}` },
    comparisons: missing.map((name) => ({ name: `attribute ${name}`, expected: 'a value', found: 'missing' })),
  };
}

/** Whether there is no such metadata: the application was deleted or deactivated, or has another address. */
export function isGone({ status }: Pick<Response, 'status'>): boolean {
  return status === 404 || status === 410;
}

/** The certificates in an application's public metadata, with which its responses are signed. */
export function certificatesIn(metadata: string): readonly X509Certificate[] {
  const found = elementsIn(parseMarkup(metadata, { xmlMode: true }), 'X509Certificate');
  return found.flatMap((element) => {
    try {
      return [new X509Certificate(Buffer.from(DomUtils.textContent(element).replaceAll(/\s/g, ''), 'base64'))];
    } catch {
      return [];
    }
  });
}

type Nodes = ReturnType<typeof parseMarkup>;

/** Finds elements by name, with any namespace prefix. */
function elementsIn(nodes: Nodes, name: string) {
  const isNamed = (tag: string) => tag.replace(/^.*:/, '') === name;
  return DomUtils.getElementsByTagName(isNamed, nodes, true);
}
