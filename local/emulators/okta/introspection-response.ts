import type { AccessTokenClaims } from './access-token.ts';

/**
 * What Okta tells of an active access token (RFC 7662, 2.2).
 *
 * The names differ from the token's own claims: `scope` is one string where `scp` is a list, `client_id` is `cid`.
 */
export function introspectionResponse({ ver: _, cid, uid, scp, ...claims }: AccessTokenClaims) {
  return {
    active: true,
    token_type: claims.cnf ? 'DPoP' : 'Bearer',
    scope: scp.join(' '),
    client_id: cid,
    ...(uid !== undefined && { username: claims.sub }),
    ...claims,
    ...(uid !== undefined && { uid }),
  };
}
