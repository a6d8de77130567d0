/**
 * The `after` of the next page in a `Link` header (RFC 8288), or undefined if there is none.
 *
 * Trap: only the cursor is taken. The link's host is whatever the answer says, and requests carry a credential.
 * https://developer.okta.com/docs/reference/core-okta-api/#pagination
 */
export function nextCursor(link: string | null): string | undefined {
  const target = /<([^<>]{1,8000})>\s*;[^<]*\brel="?next"?/i.exec(link ?? '')?.[1];
  const after = target === undefined ? null : URL.parse(target, 'https://okta.invalid')?.searchParams.get('after');
  return after ? after : undefined;
}
