import { type CryptoKey, importJWK, importPKCS8, type JWK } from 'jose';
import type { PrivateKey } from 'oauth4webapi';
import type { Secret } from '../aws/secrets.ts';
import { SecretUnreadable } from '../model/errors.ts';
import { memberOf } from './secret-members.ts';

/**
 * The private key in a secret: `privateKey` as a JWK, or as PKCS #8 in PEM format for RS256, with `keyId` beside it.
 *
 * Throws `SecretUnreadable` with the reason and the remedy. Trap: jose imports a public JWK without an error, and its
 * messages may quote the key.
 */
export function privateKeyOf(secret: Secret, name: string): Promise<PrivateKey> {
  const known = imported.get(secret) ?? importPrivateKey(secret, name);
  imported.set(secret, known);
  return known;
}

/** Each secret's key. To import one takes as long as to sign with it. */
const imported = new WeakMap<Secret, Promise<PrivateKey>>();

async function importPrivateKey(secret: Secret, name: string): Promise<PrivateKey> {
  const source = memberOf(secret, name, 'privateKey');
  const { keyId } = secret.reveal();
  const problem = typeof source === 'string' ? pemProblem(source) : jwkProblem(source);
  if (problem) throw new SecretUnreadable(name, `"privateKey" ${problem}`);
  let key: CryptoKey | Uint8Array;
  try {
    key =
      typeof source === 'string'
        ? await importPKCS8(source, 'RS256')
        : await importJWK(source as JWK, algorithmOf(source as JWK));
  } catch {
    throw new SecretUnreadable(name, `"privateKey" ${typeof source === 'string' ? brokenPem : brokenJwk}`);
  }
  if (key instanceof Uint8Array || !key.usages.includes('sign')) {
    throw new SecretUnreadable(name, `"privateKey" ${unfitJwk}`);
  }
  const { modulusLength = minModulusLength } = key.algorithm as { modulusLength?: number };
  if (modulusLength < minModulusLength) throw new SecretUnreadable(name, `"privateKey" ${shortKey}`);
  const kid = typeof keyId === 'string' ? keyId : (source as JWK).kid;
  return { key, ...(typeof kid === 'string' && kid !== '' && { kid }) };
}

/** RFC 7518, section 3.3. */
const minModulusLength = 2_048;

const format = 'store the private key as a JWK (the one with "d"), or as PKCS #8 in PEM format';
const publicKey = `holds a public key: ${format}; only the public key belongs in Okta`;
const brokenPem =
  'is not an RSA key in PKCS #8: an elliptic-curve key must be a JWK, and line breaks in JSON are written \\n';
const brokenJwk = 'is a JWK that cannot be read: copy the private key again, with all of its members';
const unfitJwk = 'is a key that cannot sign: use an RSA or EC key for signatures, with an "alg" such as RS256 or ES256';
const shortKey = `is an RSA key of fewer than ${minModulusLength} bits, with which signatures are not allowed: create a new key`;

/** The headings of PEM files that are often taken for a PKCS #8 private key. */
const pemProblems: readonly (readonly [heading: string, problem: string])[] = [
  ['PUBLIC KEY', publicKey],
  ['CERTIFICATE', `holds a certificate: ${format}`],
  ['ENCRYPTED PRIVATE KEY', 'is encrypted: decrypt it with "openssl pkcs8 -in key.pem -out plain.pem"'],
  ['RSA PRIVATE KEY', 'is in PKCS #1: convert it with "openssl pkcs8 -topk8 -nocrypt -in key.pem"'],
  ['EC PRIVATE KEY', 'is an elliptic-curve key in PEM format: store it as a JWK, such as Okta generates'],
];

function pemProblem(source: string): string | undefined {
  const heading = /-----BEGIN ([A-Z ]+)-----/.exec(source)?.[1];
  if (heading === undefined) {
    return source.trimStart().startsWith('{')
      ? 'is a JWK in quotes: store it as an object, without the quotes'
      : `is neither a JWK nor PEM: ${format}`;
  }
  return pemProblems.find(([known]) => heading.endsWith(known))?.[1];
}

function jwkProblem(source: unknown): string | undefined {
  if (typeof source !== 'object' || source === null) return `is neither a JWK nor PEM: ${format}`;
  if ('keys' in source) return 'is a set of keys: store one private key of it';
  if (!('kty' in source)) return brokenJwk;
  if (source.kty !== 'RSA' && source.kty !== 'EC') return unfitJwk;
  return 'd' in source ? undefined : publicKey;
}

function algorithmOf({ alg, kty, crv }: JWK): string {
  return (
    alg ?? (kty === 'EC' ? { 'P-256': 'ES256', 'P-384': 'ES384', 'P-521': 'ES512' }[crv ?? ''] : undefined) ?? 'RS256'
  );
}
