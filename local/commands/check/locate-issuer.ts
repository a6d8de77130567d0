import type { Org, Server } from '../../../functions/model/org.ts';
import { issuerOf } from '../../../functions/okta/endpoints.ts';

/** What is known of the server that a token names as its issuer. */
export type Issuer =
  /** A server of the configuration, or one at the domain of an org of it. Its keys are fetched from that domain. */
  | { readonly place: 'configured' | 'domain'; readonly org: Org; readonly server: Server }
  /** Another host. Trap: nothing is ever fetched from it, because whoever wrote the token chose it. */
  | { readonly place: 'elsewhere' }
  | { readonly place: 'unnamed' };

/**
 * Finds the server that a token names. A slash, capitals or `http:` that make the issuer another text do not hide which
 * server is meant: the judge compares the texts.
 */
export function locateIssuer(issuer: unknown, orgs: readonly Org[]): Issuer {
  if (typeof issuer !== 'string') return { place: 'unnamed' };
  const meant = normal(issuer);
  for (const org of orgs) {
    const server = org.servers.find((each) => normal(each.issuer) === meant);
    if (server) return { place: 'configured', org, server };
  }
  for (const org of orgs) {
    const id = serverAt(org.domain, issuer);
    if (id === undefined) continue;
    // A configured server under the other name of its org is that server, with another issuer than it should have.
    const server = org.servers.find((each) => each.id === id);
    return { place: 'domain', org, server: server ?? { id, issuer: issuerOf(org.domain, id) } };
  }
  return { place: 'elsewhere' };
}

function normal(issuer: string): string {
  const url = URL.parse(issuer);
  return url ? `${url.hostname}:${url.port} ${url.pathname.replace(/\/+$/, '')}` : issuer;
}

/** The id of the server that an issuer means, if it is at this domain. */
function serverAt(domain: string, issuer: string): string | undefined {
  const url = URL.parse(issuer);
  if (url?.host !== domain) return undefined;
  if (/^\/*$/.test(url.pathname)) return 'org';
  return /^\/oauth2\/(default|aus[A-Za-z0-9]{1,40})\/*$/.exec(url.pathname)?.[1];
}
