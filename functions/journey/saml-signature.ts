import type { X509Certificate } from 'node:crypto';

/** An assertion that a signature covers, or why it is missing. */
export type Verified = { readonly assertion: string; readonly certificate: X509Certificate } | { readonly why: string };

export function isVerified(verified: Verified): verified is Verified & { readonly assertion: string } {
  return 'assertion' in verified;
}

/** Far more than a response has. */
const maxCharacters = 1_000_000;

/**
 * Verifies the signature of a SAML response (base64) with the certificates of the application, and returns the assertion
 * that it covers.
 *
 * A library does it, which refuses several assertions, signatures that are elsewhere than in what they sign, and documents
 * that do not parse. Documents with a type are refused before: entities have no place in a response. The library is loaded
 * only for organizations with SAML applications. Trap: it does not look at the dates of a certificate.
 */
export async function verifyResponse(response: string, certificates: readonly X509Certificate[]): Promise<Verified> {
  const text = Buffer.from(response, 'base64').toString('utf8');
  if (text.length > maxCharacters || /<!DOCTYPE|<!ENTITY/i.test(text)) return { why: 'it is no response of SAML' };
  const { SAML } = await import('@node-saml/node-saml');
  let why = 'no certificate verifies it';
  for (const certificate of certificates) {
    const provider = new SAML({
      // Only the signature is verified here. The caller compares the assertion's contents with the expected ones.
      ...{ callbackUrl: 'https://unused.invalid/', issuer: 'unused', audience: false, acceptedClockSkewMs: -1 },
      ...{ idpCert: certificate.toString(), wantAssertionsSigned: false, wantAuthnResponseSigned: false },
    });
    try {
      const { profile } = await provider.validatePostResponseAsync({ SAMLResponse: response });
      const assertion = profile?.getAssertionXml?.();
      if (assertion) return { assertion, certificate };
      why = 'it has no assertion';
    } catch (error) {
      why = reasonOf(error);
    }
  }
  return { why };
}

/** Trap: the library's messages may quote the response. Only the ones that are known are shown. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : '';
  const known =
    /^(Invalid (document )?signature|SAML provider returned \w+ error|Missing SAML assertion|Unknown SAML response|No decryption key)/;
  return known.exec(text)?.[0] ?? 'the response cannot be read';
}
