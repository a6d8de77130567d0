import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { calculateJwkThumbprint, EmbeddedJWK, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';

/** What the API demands of a token. */
export interface TokenRules {
  readonly issuer: string;
  readonly audience: string;
  /** Each of them must be granted. */
  readonly scopes: readonly string[];
  /** Whether it takes tokens that are bound to a key (RFC 9449). Otherwise it knows Bearer tokens only. */
  readonly dpop: boolean;
  readonly now: Date;
}

/** The request that a token came with. */
export interface PresentedRequest {
  readonly method: string;
  /** Without query and fragment. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

/** A refusal: the status, and the challenge for `WWW-Authenticate` (RFC 6750, 3; RFC 9449, 7.1). */
export interface Refusal {
  readonly status: 401 | 403;
  readonly challenge: string;
}

/** Of Okta's access tokens, whose lifetime is a day at most. It makes jose refuse an `iat` in the future. */
const maxTokenAge = '24h';
/** What Okta recommends that APIs tolerate at most. */
const clockTolerance = '2 minutes';
const proofMaxAge = '5m';

/**
 * Checks an access token as a resource server does: signature, issuer, audience, times, scopes, and the proof of a bound
 * one. Undefined if it is good. Any other error than that of a bad token, such as keys that cannot be read, is thrown.
 */
export async function checkToken(
  { method, url, headers }: PresentedRequest,
  { issuer, audience, scopes, dpop, now: currentDate }: TokenRules,
  getKey: JWTVerifyGetKey,
): Promise<Refusal | undefined> {
  const [, scheme = '', token = ''] = /^(\w+) +(\S+)$/.exec(headers.authorization ?? '') ?? [];
  const isBound = /^dpop$/i.test(scheme) && dpop;
  // A request without what it knows as a token gets no error code (RFC 6750, 3.1).
  if (!isBound && !/^bearer$/i.test(scheme)) return { status: 401, challenge: 'Bearer realm="api"' };
  const name = isBound ? 'DPoP' : 'Bearer';
  let claims: JWTPayload;
  try {
    claims = (await jwtVerify(token, getKey, { issuer, audience, currentDate, maxTokenAge, clockTolerance })).payload;
  } catch (error) {
    return refused(name, 'invalid_token', error);
  }
  const { jkt } = Object(claims.cnf) as { readonly jkt?: unknown };
  if (isBound) {
    try {
      const { payload, protectedHeader } = await jwtVerify(String(headers.dpop), EmbeddedJWK, {
        ...{ typ: 'dpop+jwt', algorithms: ['ES256', 'RS256'], currentDate, clockTolerance, maxTokenAge: proofMaxAge },
      });
      const isProof =
        payload.htm === method &&
        payload.htu === url &&
        payload.ath === createHash('sha256').update(token).digest('base64url') &&
        (await calculateJwkThumbprint(protectedHeader.jwk ?? {})) === jkt;
      if (!isProof) return refusal(401, name, 'invalid_dpop_proof', 'It is not a proof for this request and token');
    } catch (error) {
      return refused(name, 'invalid_dpop_proof', error);
    }
  } else if (jkt !== undefined && dpop) {
    return refusal(401, name, 'invalid_token', 'The token is bound to a key and needs a proof');
  }
  const granted = [claims.scp ?? []].flat();
  if (scopes.every((scope) => granted.includes(scope))) return undefined;
  return refusal(403, name, 'insufficient_scope', 'More scopes are needed', `, scope="${scopes.join(' ')}"`);
}

/** jose's errors are about the token. Whatever else is thrown is the API's own trouble. */
function refused(scheme: string, code: string, error: unknown): Refusal {
  if (!(error instanceof errors.JOSEError) || error instanceof errors.JWKSTimeout) throw error;
  return refusal(401, scheme, code, error.message.replaceAll('"', "'"));
}

function refusal(status: Refusal['status'], scheme: string, code: string, description: string, more = ''): Refusal {
  return { status, challenge: `${scheme} error="${code}", error_description="${description}"${more}` };
}
