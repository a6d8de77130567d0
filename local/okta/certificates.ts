import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

export interface Certificates {
  /** PEM of the authority that clients must trust. */
  readonly ca: string;
  readonly certificate: string;
  readonly privateKey: string;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const dayMs = 86_400_000;
/** As long as the certificates of Okta's own hosts usually last. */
const serverDays = 90;
const authorityDays = 365;

/**
 * An authority that lives only as long as this process, and a certificate for the loopback names signed by it.
 *
 * Clients trust the authority and so keep every check on: a client that must switch verification off to talk to
 * this server has not been tested. OpenSSL's strict mode wants the key identifiers and usages (RFC 5280, 4.2.1).
 */
export async function issueCertificates(nowMs: number): Promise<Certificates> {
  x509.cryptoProvider.set(webcrypto);
  const [authorityKeys, serverKeys] = await Promise.all([generateKeys(), generateKeys()]);
  const notBefore = new Date(nowMs - dayMs);

  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=Embedded Okta, O=okta-synthetics',
    keys: authorityKeys,
    notBefore,
    notAfter: new Date(nowMs + authorityDays * dayMs),
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(authorityKeys.publicKey),
    ],
  });

  const server = await x509.X509CertificateGenerator.create({
    subject: 'CN=localhost',
    issuer: authority.subject,
    publicKey: serverKeys.publicKey,
    signingKey: authorityKeys.privateKey,
    notBefore,
    notAfter: new Date(nowMs + serverDays * dayMs),
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        { type: 'dns', value: 'localhost' },
        { type: 'ip', value: '127.0.0.1' },
        { type: 'ip', value: '::1' },
      ]),
      await x509.SubjectKeyIdentifierExtension.create(serverKeys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(authorityKeys.publicKey),
    ],
  });

  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', serverKeys.privateKey);
  return {
    ca: authority.toString('pem'),
    certificate: server.toString('pem'),
    privateKey: x509.PemConverter.encode(pkcs8, 'PRIVATE KEY'),
  };
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}
