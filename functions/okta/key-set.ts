import type { KeySet } from '../model/probe.ts';

/** The keys of a JWK Set (RFC 7517), or undefined where the document is none. */
export function parseKeySet(document: Readonly<Record<string, unknown>>): KeySet | undefined {
  const { keys } = document;
  if (!Array.isArray(keys)) return undefined;
  return { keys: keys.filter((key) => typeof key === 'object' && key !== null && !Array.isArray(key)) };
}

/** The ids of the keys that could verify a signature of an Okta token. Two or three in no order are normal. */
export function signingKeyIds({ keys }: KeySet): readonly string[] {
  return keys
    .filter(({ kty, use, n, e, kid }) => kty === 'RSA' && (use ?? 'sig') === 'sig' && n && e && typeof kid === 'string')
    .map(({ kid }) => kid as string);
}

/**
 * How long the set may be cached, in seconds, or undefined where nothing says so.
 *
 * Okta lets it be kept for weeks and shortens that as a rotation comes near, so a small number is a forecast.
 */
export function cacheSeconds(headers: Headers): number | undefined {
  const control = headers.get('cache-control') ?? '';
  if (/\bno-(store|cache)\b/i.test(control)) return 0;
  const maxAge = /\bmax-age\s*=\s*"?(\d{1,15})/i.exec(control)?.[1];
  return maxAge === undefined ? undefined : Number(maxAge);
}
