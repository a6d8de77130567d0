import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import type { SecureContextOptions } from 'node:tls';
import * as x509 from '@peculiar/x509';

/** A TLS server's certificate, key and protocol versions. */
export type TlsIdentity = Pick<SecureContextOptions, 'key' | 'cert' | 'minVersion' | 'maxVersion'>;

export const tlsFlaws = [
  'expired',
  'wrong name',
  'unknown authority',
  'expired, unknown authority',
  'self-signed',
  'no shared version',
] as const;

export type TlsFlaw = (typeof tlsFlaws)[number];

interface Certificates {
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

/** A certificate authority as PEM: its certificate, and its private key (PKCS #8). */
export interface AuthorityPem {
  readonly certificate: string;
  readonly privateKey: string;
}

interface Authority {
  readonly certificate: x509.X509Certificate;
  readonly privateKey: webcrypto.CryptoKey;
}

/** Whether an authority can still sign a certificate for its whole lifetime. */
export function canIssue({ certificate }: AuthorityPem, nowMs: number): boolean {
  return new x509.X509Certificate(certificate).notAfter.getTime() > nowMs + serverDays * dayMs;
}

/**
 * Issues certificates for the loopback names, by a new authority if none is given.
 *
 * Clients trust the authority, so they keep certificate verification on. OpenSSL's strict mode requires the key
 * identifiers and usages (RFC 5280, 4.2.1).
 */
export async function issueCertificates(nowMs: number, pem?: AuthorityPem): Promise<Certificates> {
  x509.cryptoProvider.set(webcrypto);
  const authority = await importAuthority(pem ?? (await createAuthority(nowMs)));
  const valid = await issue(authority, nowMs);
  const flaws: Readonly<Record<TlsFlaw, () => Promise<TlsIdentity>>> = {
    expired: () => issue(authority, nowMs - 2 * serverDays * dayMs),
    'wrong name': () => issue(authority, nowMs, [{ type: 'dns', value: 'login.example.com' }]),
    'unknown authority': async () => issue(await importAuthority(await createAuthority(nowMs)), nowMs),
    'expired, unknown authority': async () =>
      issue(await importAuthority(await createAuthority(nowMs)), nowMs - 2 * serverDays * dayMs),
    'self-signed': () => selfSigned(nowMs),
    // Clients no longer support TLS 1.0, so the handshake fails with an alert.
    'no shared version': async () => ({ ...valid, minVersion: 'TLSv1', maxVersion: 'TLSv1' }),
  };
  return { ca: authority.certificate.toString('pem'), valid, flawed: (flaw) => flaws[flaw]() };
}

export async function createAuthority(nowMs: number): Promise<AuthorityPem> {
  x509.cryptoProvider.set(webcrypto);
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
  return { certificate: certificate.toString('pem'), privateKey: await privatePem(keys) };
}

async function importAuthority({ certificate, privateKey }: AuthorityPem): Promise<Authority> {
  const [pkcs8] = x509.PemConverter.decode(privateKey);
  if (!pkcs8) throw new Error('The private key of the certificate authority is not PEM.');
  return {
    certificate: new x509.X509Certificate(certificate),
    privateKey: await webcrypto.subtle.importKey('pkcs8', pkcs8, algorithm, true, ['sign']),
  };
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
    signingKey: authority.privateKey,
    ...lifetime(issuedAtMs),
    signingAlgorithm: algorithm,
    extensions: [
      ...(await serverExtensions(keys, names)),
      await x509.AuthorityKeyIdentifierExtension.create(authority.certificate.publicKey),
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
  return { key: await privatePem(keys), cert: certificate.toString('pem') };
}

async function privatePem({ privateKey }: webcrypto.CryptoKeyPair): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', privateKey), 'PRIVATE KEY');
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}
