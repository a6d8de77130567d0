import type { Server } from '../model/org.ts';
import { endpointUrl } from './endpoints.ts';

/** A member of a discovery document that is not what the server's kind demands. */
export interface Difference {
  readonly member: string;
  readonly expected: string;
  /** Undefined where the member is missing. */
  readonly found: string | undefined;
}

/**
 * Compares a discovery document with what this server must say of itself (OpenID Connect Discovery 1.0, section 3).
 *
 * Trap: with an issuer mode other than the domain's own, the endpoints follow the issuer's host as well.
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
    // Okta names the endpoints by the host that was asked, whatever the issuer says.
    const also = member === 'issuer' ? url : url.replace(`https://${host}`, `https://${domain}`);
    return found === url || found === also ? [] : [{ member, expected: url, found: describe(found) }];
  });
}

function describe(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const url = typeof value === 'string' ? URL.parse(value) : null;
  // What is found is shown to people: an address and no more.
  return url ? `${url.origin}${url.pathname}`.slice(0, 200) : 'no URL';
}
