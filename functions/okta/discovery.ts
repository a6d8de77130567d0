import type { Server } from '../model/org.ts';
import { endpointUrl } from './endpoints.ts';

/** A member of a discovery document that differs from what this kind of server must have. */
export interface Difference {
  readonly member: string;
  readonly expected: string;
  /** Undefined if the member is missing. */
  readonly found: string | undefined;
}

/**
 * Compares a discovery document with what this server must publish (OpenID Connect Discovery 1.0, section 3).
 *
 * Trap: if the issuer mode names another host than the org's domain, the endpoints may be on that host as well.
 */
export function compareDiscovery(
  document: Readonly<Record<string, unknown>>,
  domain: string,
  server: Pick<Server, 'id' | 'issuer'>,
): readonly Difference[] {
  const host = new URL(server.issuer).host;
  const expected: Record<string, string> = {
    issuer: server.issuer,
    authorization_endpoint: endpointUrl(host, server, 'authorize'),
    token_endpoint: endpointUrl(host, server, 'token'),
    jwks_uri: endpointUrl(host, server, 'keys'),
    introspection_endpoint: endpointUrl(host, server, 'introspect'),
  };
  return Object.entries(expected).flatMap(([member, url]) => {
    const found = document[member];
    // Okta builds the endpoint URLs from the host of the request, for any issuer.
    const onRequestHost = member === 'issuer' ? url : url.replace(`https://${host}`, `https://${domain}`);
    const isExpected = [url, onRequestHost].some((each) => found === each || isSameUrl(found, each));
    return isExpected ? [] : [{ member, expected: url, found: describe(found) }];
  });
}

/**
 * The host of another org, if the whole document is that of one. The issuer alone may be on another host by the issuer mode,
 * and single endpoints by a fault.
 */
export function otherOrgIn(
  differences: readonly Difference[],
  domain: string,
  { issuer }: Pick<Server, 'issuer'>,
): string | undefined {
  const hosts = new Set(differences.map(({ found = '' }) => URL.parse(found)?.host));
  const [host] = hosts;
  const isWhole = differences.length >= membersCompared && hosts.size === 1;
  return isWhole && host !== domain && host !== new URL(issuer).host ? host : undefined;
}

/** The issuer and four endpoints. */
const membersCompared = 5;

/**
 * Whether two URLs are the same after normalization (RFC 3986, 6.2.2 and 6.2.3): capitals in a host name and the
 * default port mean nothing. A final slash does.
 */
export function isSameUrl(found: unknown, expected: string): boolean {
  const url = typeof found === 'string' ? URL.parse(found) : null;
  return url?.href === new URL(expected).href && String(found).endsWith('/') === expected.endsWith('/');
}

function describe(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const url = typeof value === 'string' ? URL.parse(value) : null;
  // People see this value, so it contains an address and nothing else.
  return url ? `${url.origin}${url.pathname}`.slice(0, 200) : 'not a URL';
}
