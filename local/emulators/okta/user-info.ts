import type { AccessTokens } from './access-token.ts';
import { customClaims, userInfoClaims } from './account-claims.ts';
import { createProofChecker } from './dpop-proof.ts';
import { emptyResponse, jsonResponse, noStore, type OktaRequest, type OktaResponse } from './http-message.ts';
import { type OktaErrorCode, oktaError } from './okta-errors.ts';
import type { ServerAddress } from './org.ts';
import type { OrgState } from './org-state.ts';

type Claims = Readonly<Record<string, unknown>>;

/** /userinfo of one server, for its own access tokens, with a DPoP proof if they are bound to a key. */
export function createUserInfo(server: ServerAddress, accessTokens: AccessTokens, state: OrgState) {
  const checkProof = createProofChecker();
  const alterations = new Set<(claims: Claims) => Claims>();

  async function respond(request: OktaRequest): Promise<OktaResponse> {
    const { scheme, token } = presented(request);
    if (token === '') return refused('access_token_missing');
    const status = await accessTokens.validate(token);
    if (status.kind === 'invalid') return refused('access_token_invalid');
    const { claims } = status;
    if (claims.cnf) {
      if (scheme !== 'dpop') return refused('dpop_authentication_scheme_required', 'DPoP');
      const proof = request.raw.headers.dpop;
      const reason = await checkProof({
        ...{ proof: proof === undefined ? undefined : String(proof), method: request.method, token, claims },
        url: server.origin + request.path,
      });
      if (reason) return refused(reason, 'DPoP');
    } else if (scheme === 'dpop') return refused('access_token_not_dpop_bound', 'DPoP');
    const user = state.users.find(claims.uid ?? '');
    if (!user) return refused('access_token_invalid');
    if (!claims.scp.includes('openid')) return refused('userinfo_insufficient_scopes');
    const all = {
      ...userInfoClaims(user, state.groups.namesOf(user.id), claims.scp),
      ...customClaims(server.id, state, 'userinfo', user.id, claims.scp),
    };
    return jsonResponse(
      200,
      [...alterations].reduce<Claims>((given, change) => change(given), all),
      noStore,
    );
  }

  return {
    respond,
    /** Changes the claims from now on. Returns a function that ends this. */
    alter(change: (claims: Claims) => Claims): () => void {
      alterations.add(change);
      return () => {
        alterations.delete(change);
      };
    },
  };
}

/** The access token of a request: in the header, or in the form of a POST (RFC 6750, 2). */
function presented({ method, body, raw }: OktaRequest): { readonly scheme: string; readonly token: string } {
  const [scheme = '', token = ''] = raw.headers.authorization?.split(' ') ?? [];
  if (token !== '' || method !== 'POST') return { scheme: scheme.toLowerCase(), token };
  return { scheme: 'bearer', token: new URLSearchParams(body).get('access_token') ?? '' };
}

function refused(code: OktaErrorCode, scheme: 'Bearer' | 'DPoP' = 'Bearer'): OktaResponse {
  const { status, error, description } = oktaError(code);
  return emptyResponse(status, {
    'www-authenticate': `${scheme} error="${error}", error_description="${description}"`,
  });
}
