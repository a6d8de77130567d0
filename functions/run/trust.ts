import { X509Certificate } from 'node:crypto';
import { type DetailedPeerCertificate, getCACertificates, type TLSSocket } from 'node:tls';

/**
 * Whether a trusted authority issued the peer's certificate, whatever its dates.
 *
 * Trap: OpenSSL reports the last problem that it finds, and looks at dates after the chain. So an expired certificate of
 * TLS inspection has the same code as one of Okta's.
 */
export function isIssuedByTrusted(socket: TLSSocket, ca: string | undefined): boolean {
  const chain = chainOf(socket.getPeerCertificate(true));
  const authorities = [...getCACertificates('default'), ...(ca === undefined ? [] : [ca])].flatMap(parse);
  for (const [index, certificate] of chain.entries()) {
    if (authorities.some((authority) => isIssuedBy(certificate, authority))) return true;
    const next = chain[index + 1];
    if (!next || !isIssuedBy(certificate, next)) return false;
  }
  return false;
}

/** The certificates that the peer sent, its own first. A root is its own issuer. */
function chainOf(first: DetailedPeerCertificate): readonly X509Certificate[] {
  const raws = new Set<Buffer>();
  let certificate: DetailedPeerCertificate | undefined = first;
  while (certificate?.raw && !raws.has(certificate.raw) && raws.size < 10) {
    raws.add(certificate.raw);
    certificate = certificate.issuerCertificate;
  }
  return [...raws].flatMap(parse);
}

function parse(certificate: string | Buffer): readonly X509Certificate[] {
  try {
    return [new X509Certificate(certificate)];
  } catch {
    return [];
  }
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}
