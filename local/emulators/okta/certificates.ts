import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import type { SecureContextOptions } from 'node:tls';
import * as x509 from '@peculiar/x509';

/** A TLS server's certificate, key and protocol versions. */
export type TlsIdentity = Pick<SecureContextOptions, 'key' | 'cert' | 'minVersion' | 'maxVersion'>;

export const tlsFlaws = ['expired', 'wrong name', 'unknown authority', 'self-signed', 'no shared version'] as const;

export type TlsFlaw = (typeof tlsFlaws)[number];

export interface Certificates {
  /** The PEM certificate of the authority, which clients must trust. */
  readonly ca: string;
  readonly valid: TlsIdentity;
  flawed(flaw: TlsFlaw): Promise<TlsIdentity>;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const dayMs = 86_400_000;
/** The usual lifetime of the certificates of Okta's hosts. */
const serverDays = 90;
const authorityDays = 365;

const loopbackNames = [
  { type: 'dns', value: 'localhost' },
  { type: 'ip', value: '127.0.0.1' },
  { type: 'ip', value: '::1' },
] as const;

interface Authority {
  readonly certificate: x509.X509Certificate;
  readonly keys: webcrypto.CryptoKeyPair;
}

/**
 * Creates a certificate authority and issues a certificate for the loopback names. Neither outlives the process.
 *
 * Clients trust the authority, so they keep certificate verification on. OpenSSL's strict mode requires the key
 * identifiers and usages (RFC 5280, 4.2.1).
 */
export async function issueCertificates(nowMs: number): Promise<Certificates> {
  x509.cryptoProvider.set(webcrypto);
  const authority = await createAuthority(nowMs);
  const valid = await issue(authority, nowMs);
  const flaws: Readonly<Record<TlsFlaw, () => Promise<TlsIdentity>>> = {
    expired: () => issue(authority, nowMs - 2 * serverDays * dayMs),
    'wrong name': () => issue(authority, nowMs, [{ type: 'dns', value: 'login.example.com' }]),
    'unknown authority': async () => issue(await createAuthority(nowMs), nowMs),
    'self-signed': () => selfSigned(nowMs),
    // Clients no longer support TLS 1.0, so the handshake fails with an alert.
    'no shared version': async () => ({ ...valid, minVersion: 'TLSv1', maxVersion: 'TLSv1' }),
  };
  return { ca: authority.certificate.toString('pem'), valid, flawed: (flaw) => flaws[flaw]() };
}

async function createAuthority(nowMs: number): Promise<Authority> {
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=Okta emulator, O=okta-synthetics',
    keys,
    // Older than every certificate that it signs, including the expired one.
    notBefore: new Date(nowMs - 3 * serverDays * dayMs),
    notAfter: new Date(nowMs + authorityDays * dayMs),
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate, keys };
}

async function issue(
  authority: Authority,
  issuedAtMs: number,
  names: readonly x509.JsonGeneralName[] = loopbackNames,
): Promise<TlsIdentity> {
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.create({
    subject: 'CN=localhost',
    issuer: authority.certificate.subject,
    publicKey: keys.publicKey,
    signingKey: authority.keys.privateKey,
    ...lifetime(issuedAtMs),
    signingAlgorithm: algorithm,
    extensions: [
      ...(await serverExtensions(keys, names)),
      await x509.AuthorityKeyIdentifierExtension.create(authority.keys.publicKey),
    ],
  });
  return identity(certificate, keys);
}

async function selfSigned(nowMs: number): Promise<TlsIdentity> {
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=localhost',
    keys,
    ...lifetime(nowMs),
    signingAlgorithm: algorithm,
    extensions: await serverExtensions(keys, loopbackNames),
  });
  return identity(certificate, keys);
}

function lifetime(issuedAtMs: number): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(issuedAtMs - dayMs), notAfter: new Date(issuedAtMs + serverDays * dayMs) };
}

async function serverExtensions(
  keys: webcrypto.CryptoKeyPair,
  names: readonly x509.JsonGeneralName[],
): Promise<x509.Extension[]> {
  return [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
    new x509.SubjectAlternativeNameExtension([...names]),
    await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
  ];
}

async function identity(certificate: x509.X509Certificate, keys: webcrypto.CryptoKeyPair): Promise<TlsIdentity> {
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { key: x509.PemConverter.encode(pkcs8, 'PRIVATE KEY'), cert: certificate.toString('pem') };
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}
