import type { Org, Server } from '../../../functions/model/org.ts';
import { Redacted } from '../../../functions/model/redacted.ts';
import { issuerOf } from '../../../functions/okta/endpoints.ts';

/** The kinds of text that people paste as a token, in words. */
export const tokenKinds = {
  'org-access-token': 'an access token of the Org server, opaque to everyone but Okta',
  'custom-access-token': 'an access token of a custom authorization server',
  'id-token': 'an ID token',
  'client-assertion': 'a client assertion, with which a client authenticates at one endpoint',
  'dpop-proof': 'a DPoP proof, which comes with a token and is none',
  'other-jwt': 'a signed JWT, but neither an access token nor an ID token as Okta makes them',
  'unsigned-jwt': 'a JWT without a signature ("alg": "none"), which anybody can write',
  'encrypted-jwt': 'an encrypted JWT (JWE), which only the holder of the key can read',
  'damaged-jwt': 'a part of a JWT, or a JWT that was changed on the way',
  'api-token': 'what looks like an API token of Okta (SSWS), which is no OAuth token',
  opaque: 'an opaque text: a refresh token, or a token that is not of Okta',
  none: 'not a token',
} as const;

export type TokenKind = keyof typeof tokenKinds;

type Members = Readonly<Record<string, unknown>>;

/** The parts of a pasted text that can be read without a key. Trap: nothing in it is verified. */
export interface ReadToken {
  readonly kind: TokenKind;
  /** The token without surrounding text. */
  readonly value: Redacted<string>;
  readonly header?: Members;
  readonly claims?: Members;
  /** Text that was removed, or problems of the text, without quoting it. */
  readonly notes: readonly string[];
}

/** More than any header can hold. */
export const mostTokenCharacters = 64 * 1024;

/** A header or quotes around a token, as logs and developer tools show it. */
const around =
  /^(?:["'`]?(?:authorization|(?:access|id|refresh)_token)["'`]?\s*[:=]\s*)?["'`]?(?:(?<scheme>bearer|dpop|ssws)\s+)?(?<value>.*?)["'`,;]*$/is;

/** Descriptions of texts that cannot be tokens, by pattern. The first match counts. */
const otherTexts: readonly (readonly [pattern: RegExp, note: string])[] = [
  [/^$/, 'it is empty'],
  [/-----BEGIN /, 'it is a PEM file: if it holds a private key, keep it secret'],
  [/^\s*[{[]/, 'it is JSON: paste the value of "access_token" or "id_token" alone'],
  [/^\s*</, 'it is markup, such as a SAML response or an error page'],
  [/^[a-z][a-z0-9+.-]*:\/\//i, 'it is a URL: paste the token alone'],
  [/\s/, 'it has spaces or line breaks inside'],
  [/[^\x21-\x7E]/, 'it has characters that no token has'],
];

/** Classifies a pasted text. Does not throw. */
export function readToken(pasted: string): ReadToken {
  const { scheme, value = '' } = around.exec(pasted.trim())?.groups ?? {};
  const notes = scheme === undefined ? [] : ['the scheme before it was left out'];
  const read = (kind: TokenKind, more: Partial<ReadToken> = {}): ReadToken => ({
    ...{ kind, value: new Redacted(value), notes },
    ...more,
  });
  const other = otherThanToken(value);
  if (other !== undefined) return read('none', { notes: [other] });
  if (scheme?.toLowerCase() === 'ssws' || /^00[\w-]{40}$/.test(value)) return read('api-token');
  const parts = value.split('.');
  const [first = '', second = '', third = ''] = parts;
  const header = membersOf(first);
  if (!header) {
    // Every JWT begins with `{"` in base64url.
    return first.startsWith('eyJ')
      ? read('damaged-jwt', { notes: [...notes, 'its first part is not the header of a JWT'] })
      : read('opaque');
  }
  if (parts.length === 5) return read('encrypted-jwt', { header });
  const claims = membersOf(second);
  const damage = damageOf(parts, claims, header);
  if (damage !== undefined || !claims) return read('damaged-jwt', { header, notes: [...notes, damage ?? ''] });
  const kind = third === '' || isNone(header) ? 'unsigned-jwt' : kindOfJwt(header, claims);
  return read(kind, { header, claims });
}

/** Says why a text cannot be a token. Undefined if it may be one. */
function otherThanToken(value: string): string | undefined {
  if (value.length > mostTokenCharacters) return `it has more than ${mostTokenCharacters} characters`;
  return otherTexts.find(([pattern]) => pattern.test(value))?.[1];
}

function isNone({ alg }: Members): boolean {
  return String(alg).toLowerCase() === 'none';
}

function damageOf(parts: readonly string[], claims: Members | undefined, header: Members): string | undefined {
  if (parts.length !== 3)
    return `it has ${parts.length === 1 ? '1 part' : `${parts.length} parts`}, and a signed JWT has 3`;
  if (!claims) return 'its second part is not a set of claims';
  const signature = parts[2] ?? '';
  if (signature === '' && !isNone(header)) return 'its signature is missing';
  return /^[\w-]*$/.test(signature) ? undefined : 'its signature has characters that base64url has not';
}

/** Okta's own mark of an access token of the Org server. */
const orgAccessType = 'application/okta-internal-at+jwt';

/** By the type in the header where there is one, and otherwise by the claims that only this kind has. */
function kindOfJwt({ typ }: Members, claims: Members): TokenKind {
  const type = String(typ).toLowerCase();
  const id = String(claims.jti);
  if (type === 'dpop+jwt') return 'dpop-proof';
  if (type === orgAccessType) return 'org-access-token';
  if (/^(application\/)?at\+jwt$/.test(type) || claims.scp !== undefined || id.startsWith('AT.'))
    return isOrgIssuer(claims.iss) ? 'org-access-token' : 'custom-access-token';
  if (id.startsWith('ID.') || ['nonce', 'at_hash', 'amr', 'auth_time'].some((name) => claims[name] !== undefined))
    return 'id-token';
  return claims.iss !== undefined && claims.iss === claims.sub ? 'client-assertion' : 'other-jwt';
}

/** The issuer of the Org server is the org itself. */
function isOrgIssuer(issuer: unknown): boolean {
  const url = typeof issuer === 'string' ? URL.parse(issuer) : null;
  return url?.protocol === 'https:' && url.pathname === '/';
}

function membersOf(part: string): Members | undefined {
  if (!/^[\w-]+$/.test(part)) return undefined;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(part, 'base64url'));
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : undefined;
  } catch {
    return undefined;
  }
}

/** The server that a token names as its issuer. */
export type Issuer =
  /** A server of the configuration, or one at the domain of an org of it. Its keys are fetched from that domain. */
  | { readonly place: 'configured' | 'domain'; readonly org: Org; readonly server: Server }
  /** Another host. Trap: never fetch from it, because the token's author chose it. */
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
