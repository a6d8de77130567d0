import type { KeySet } from '../model/probe.ts';

/**
 * The keys of a JWK Set (RFC 7517), or undefined if the document is not one. A key that is listed twice counts once:
 * otherwise its id would be ambiguous.
 */
export function parseKeySet(document: Readonly<Record<string, unknown>>): KeySet | undefined {
  const { keys } = document;
  if (!Array.isArray(keys)) return undefined;
  const objects = keys.filter((key) => typeof key === 'object' && key !== null && !Array.isArray(key));
  const identity = ({ kid, kty, use, n, e }: Record<string, unknown>) => JSON.stringify([kid, kty, use, n, e]);
  return { keys: [...new Map(objects.map((key) => [identity(key), key])).values()] };
}

/** The ids of the keys that can verify an Okta token's signature. Two or three keys, in any order, are normal. */
export function signingKeyIds({ keys }: KeySet): readonly string[] {
  return keys
    .filter(({ kty, use, n, e, kid }) => kty === 'RSA' && (use ?? 'sig') === 'sig' && n && e && typeof kid === 'string')
    .map(({ kid }) => kid as string);
}

/**
 * How long the key set may be cached, in seconds. Undefined if the headers do not say.
 *
 * Okta allows weeks, and less as a key rotation approaches, so a low value announces a rotation.
 */
export function cacheSeconds(headers: Headers): number | undefined {
  const control = headers.get('cache-control') ?? '';
  if (/\bno-(store|cache)\b/i.test(control)) return 0;
  const maxAge = /\bmax-age\s*=\s*"?(\d{1,15})/i.exec(control)?.[1];
  return maxAge === undefined ? undefined : Number(maxAge);
}
