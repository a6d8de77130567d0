import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

/** A key that signs SAML responses, with its self-signed certificate. Both are PEM. */
export interface SamlKey {
  readonly certificate: string;
  readonly privateKey: string;
}

const algorithm = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
} as const;

const dayMs = 86_400_000;
const lifetimeDays = 3650;

/** A key whose certificate is valid for ten years in all, and for so many days from now. */
export async function createSamlKey(
  daysLeft: number,
  nowMs: number,
  given?: webcrypto.CryptoKeyPair,
): Promise<SamlKey> {
  x509.cryptoProvider.set(webcrypto);
  const keys = given ?? (await generateKeys());
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'E=info@okta.com, CN=emulator, OU=SSOProvider, O=Okta, L=San Francisco, ST=California, C=US',
    keys,
    notBefore: new Date(nowMs + (daysLeft - lifetimeDays) * dayMs),
    notAfter: new Date(nowMs + daysLeft * dayMs),
    signingAlgorithm: algorithm,
  });
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { certificate: certificate.toString('pem'), privateKey: x509.PemConverter.encode(pkcs8, 'PRIVATE KEY') };
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

let shared: Promise<webcrypto.CryptoKeyPair> | undefined;

/** Makes the key pair of `listedKey`, which takes a tenth of a second, before anybody asks for it. */
export function prepareListedKey(): Promise<webcrypto.CryptoKeyPair> {
  shared ??= generateKeys();
  return shared;
}

/** A key that signs nothing here, of which only the certificate is listed. A key pair of its own would take too long. */
export async function listedKey(daysLeft: number, nowMs: number): Promise<SamlKey> {
  return createSamlKey(daysLeft, nowMs, await prepareListedKey());
}

const created = new Map<string, Promise<SamlKey>>();

/** The same key for the same day, so that the metadata and the signature match. */
export function samlKeyFor(daysLeft: number, nowMs: number): Promise<SamlKey> {
  const endsOn = `${daysLeft}/${Math.floor(nowMs / dayMs)}`;
  const key = created.get(endsOn) ?? createSamlKey(daysLeft, nowMs);
  created.set(endsOn, key);
  return key;
}

/** A certificate as XML has it: base64 without the lines of PEM. */
export function certificateBody({ certificate }: SamlKey): string {
  return certificate.replace(/-----[^-]+-----|\s/g, '');
}
