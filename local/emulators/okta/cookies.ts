import type { OktaRequest } from './http-message.ts';

/** The cookies that a request carries, by name. */
export function cookiesOf({ raw }: OktaRequest): Map<string, string> {
  const pairs = (raw.headers.cookie ?? '').split(/; */).filter(Boolean);
  return new Map(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));
}

/** Replaces the cookies of a request. */
export function setCookies({ raw }: OktaRequest, cookies: ReadonlyMap<string, string>): void {
  if (cookies.size === 0) delete raw.headers.cookie;
  else raw.headers.cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
}
