import type { CookieJar, Fetch } from '../model/probe.ts';

interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly path: string;
}

/**
 * The cookies of a browser that visits one host (RFC 6265). They cannot be printed.
 *
 * Trap: only for requests to that host. A cookie for all hosts of a domain is sent to this one alone, which is all that a
 * sign-in needs, so public suffixes do not matter.
 *
 * @param first the values of cookies that the browser has from an earlier visit, by name
 */
export function openCookieJar(now: () => number, first: Readonly<Record<string, string>> = {}): CookieJar {
  const cookies = Object.entries(first).map(([name, value]) => ({ name, value, path: '/' }));
  return jarOf(new Map(cookies.map((cookie) => [keyOf(cookie), cookie])), now);
}

function keyOf({ name, path }: Pick<Cookie, 'name' | 'path'>): string {
  return `${name};${path}`;
}

function jarOf(cookies: Map<string, Cookie>, now: () => number): CookieJar {
  return {
    copy: () => jarOf(new Map(cookies), now),
    has: (wanted) => [...cookies.values()].some(({ name }) => name === wanted),
    through: (fetch: Fetch): Fetch => {
      return async (url, init = {}) => {
        const { pathname } = new URL(url);
        const sent = [...cookies.values()]
          .filter(({ path }) => covers(path, pathname))
          // The longest path first, as servers expect that read only the first of two with the same name.
          .toSorted((one, other) => other.path.length - one.path.length);
        const cookie = sent.map(({ name, value }) => `${name}=${value}`).join('; ');
        const response = await fetch(url, { ...init, headers: { ...init.headers, ...(cookie && { cookie }) } });
        for (const line of response.headers.getSetCookie()) {
          const read = readSetCookie(line, pathname, now());
          if (!read) continue;
          const key = keyOf(read);
          if (read.isOver) cookies.delete(key);
          else cookies.set(key, read);
        }
        return response;
      };
    },
  };
}

/** RFC 6265, 5.2. A line that is no cookie is ignored, as browsers do. */
function readSetCookie(
  line: string,
  requestPath: string,
  now: number,
): (Cookie & { readonly isOver: boolean }) | undefined {
  const [pair = '', ...attributes] = line.split(';');
  const at = pair.indexOf('=');
  const name = pair.slice(0, Math.max(0, at)).trim();
  // No control characters: they would make an invalid request, and the answer would look like Okta's fault.
  if (!/^[\x21-\x7e]+$/.test(name)) return undefined;
  const value = pair.slice(at + 1).trim();
  if (!/^[\x20-\x7e]*$/.test(value)) return undefined;
  const found = new Map(
    attributes.map((attribute) => {
      const [key = '', ...rest] = attribute.split('=');
      return [key.trim().toLowerCase(), rest.join('=').trim()] as const;
    }),
  );
  const path = found.get('path');
  const maxAge = found.get('max-age');
  const expires = Date.parse(found.get('expires') ?? '');
  const isOver =
    maxAge !== undefined && /^-?\d+$/.test(maxAge) ? Number(maxAge) <= 0 : !Number.isNaN(expires) && expires <= now;
  return { name, value, path: path?.startsWith('/') ? path : defaultPath(requestPath), isOver };
}

/** RFC 6265, 5.1.4. */
function defaultPath(requestPath: string): string {
  return requestPath.slice(0, Math.max(1, requestPath.lastIndexOf('/')));
}

function covers(path: string, requestPath: string): boolean {
  return requestPath === path || requestPath.startsWith(path.endsWith('/') ? path : `${path}/`);
}
