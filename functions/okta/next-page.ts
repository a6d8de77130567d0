/**
 * The URL of the next page of a list, from its `Link` header (RFC 8288). Undefined if there is none, or if it is not the
 * same list at the same host: a credential goes nowhere else.
 * https://developer.okta.com/docs/reference/core-okta-api/#pagination
 */
export function nextPage(headers: Headers, url: string): string | undefined {
  const [next, current] = [URL.parse(linkToNext(headers) ?? ''), new URL(url)];
  return next && next.origin === current.origin && next.pathname === current.pathname ? next.href : undefined;
}

/** Returns the header's link to the next page, on any host. */
export function linkToNext(headers: Headers): string | undefined {
  const links = (headers.get('link') ?? '').slice(0, 10_000).matchAll(/<([^<>]*)>((?:\s*;\s*[^,;<>]*)*)/g);
  const next = [...links].find(([, , parameters = '']) => /;\s*rel\s*=\s*"?next"?\s*(;|$)/i.test(parameters));
  return next?.[1];
}

/**
 * Returns the `after` of the next page in a `Link` header (RFC 8288), or undefined without one.
 *
 * Trap: takes the cursor alone. The answer chooses the link's host, and requests carry a credential.
 * https://developer.okta.com/docs/reference/core-okta-api/#pagination
 */
export function nextCursor(link: string | null): string | undefined {
  const target = /<([^<>]{1,8000})>\s*;[^<]*\brel="?next"?/i.exec(link ?? '')?.[1];
  const after = target === undefined ? null : URL.parse(target, 'https://okta.invalid')?.searchParams.get('after');
  return after ? after : undefined;
}
