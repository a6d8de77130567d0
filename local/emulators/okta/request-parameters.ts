import type { OktaRequest } from './http-message.ts';

/** The request with other parameters, wherever it has them: in the query, or in the form of a POST. */
export function withParameters(request: OktaRequest, change: (given: URLSearchParams) => URLSearchParams): OktaRequest {
  if (request.method === 'POST') return { ...request, body: change(new URLSearchParams(request.body)).toString() };
  const query = change(request.query);
  request.raw.url = query.size > 0 ? `${request.path}?${query}` : request.path;
  return { ...request, query };
}

/** An extra parameter that marks a request that was pushed, or is being pushed. */
export const pushedMark = 'okta_pushed';

/** An extra parameter by which the provider keeps that a request asked for `offline_access`. */
export const offlineMark = 'okta_offline_access';

/**
 * Marks an authorization request for `offline_access`.
 *
 * Trap: the provider drops the scope unless `prompt` is `consent` (OpenID Connect Core, 11), but Okta asks nobody for
 * consent. By the mark, `checkScopes` knows that it must add the scope again.
 */
export function markOfflineAccess(given: URLSearchParams): URLSearchParams {
  const marked = new URLSearchParams(given);
  marked.delete(offlineMark);
  if (given.get('scope')?.split(' ').includes('offline_access')) marked.set(offlineMark, 'true');
  return marked;
}
