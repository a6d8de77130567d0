import type { AccessTokens } from './access-token.ts';
import { errorEnvelope } from './error-responses.ts';
import { emptyResponse, jsonResponse, type OktaRequest, type OktaResponse } from './http-message.ts';
import type { Collection } from './management-data.ts';
import { type OktaErrorCode, oktaError } from './okta-errors.ts';

interface Credentials {
  readonly origin: string;
  readonly apiToken: string;
  /** The Org server's tokens: Okta's APIs accept no others. */
  readonly accessTokens: AccessTokens;
}

/**
 * The part of Okta's management API that reads a few collections.
 *
 * Trap: errors have two formats. A wrong or missing SSWS token gets an error envelope. An OAuth token gets an empty
 * body, and the error is in `WWW-Authenticate`.
 * https://developer.okta.com/docs/reference/core-okta-api/
 */
export function createManagementApi(credentials: Credentials, collections: Readonly<Record<string, Collection>>) {
  return async (request: OktaRequest): Promise<OktaResponse> => {
    const [base = '', id] = split(request.path);
    const collection = collections[base];
    const rejection = await authorize(credentials, request, collection?.scope);
    if (rejection) return rejection;
    if (!collection) return errorEnvelope('E0000007', `${request.path} (Path)`);
    if (request.method !== 'GET' && request.method !== 'HEAD') return errorEnvelope('E0000022');

    const items = collection.list();
    if (id === undefined) return page(items, request, credentials.origin);
    const item = items.find((candidate) => candidate.id === id);
    return item ? jsonResponse(200, item) : errorEnvelope('E0000007', `${id} (${base.split('/').at(-1)})`);
  };
}

function split(path: string): readonly string[] {
  return /^(\/api\/v1\/[^/]+)(?:\/([^/]+))?$/.exec(path)?.slice(1) ?? [path];
}

function page(items: readonly unknown[], request: OktaRequest, origin: string): OktaResponse {
  const limit = Number(request.query.get('limit') ?? items.length) || items.length;
  const self = `<${origin}${request.path}?limit=${limit}>; rel="self"`;
  const next = `<${origin}${request.path}?after=${limit}&limit=${limit}>; rel="next"`;
  const after = Number(request.query.get('after') ?? 0) || 0;
  const pageItems = items.slice(after, after + limit);
  return jsonResponse(200, pageItems, { link: items.length > after + limit ? [self, next] : [self] });
}

/** The response that rejects a request, or undefined if the request is authorized. */
async function authorize(
  { origin, apiToken, accessTokens }: Credentials,
  request: OktaRequest,
  scope: string | undefined,
): Promise<OktaResponse | undefined> {
  const [scheme = '', token = ''] = request.raw.headers.authorization?.split(' ') ?? [];
  switch (scheme.toLowerCase()) {
    case 'ssws':
      return token === apiToken ? undefined : errorEnvelope('E0000011');
    case 'bearer': {
      const status = await accessTokens.validate(token);
      if (status.kind === 'invalid') return challenge(origin, request, status.reason, scope);
      if (scope === undefined || status.claims.scp.includes(scope)) return undefined;
      return challenge(origin, request, 'access_token_insufficient_scopes', scope);
    }
    default:
      return errorEnvelope('E0000005');
  }
}

/** A challenge as in RFC 6750, 3, with Okta's additional parameters. Its URLs use `http`, as observed on real orgs. */
function challenge(origin: string, request: OktaRequest, code: OktaErrorCode, scope: string | undefined): OktaResponse {
  const { status, error, description } = oktaError(code);
  const realm = origin.replace('https:', 'http:');
  const parameters = {
    authorization_uri: `${realm}/oauth2/v1/authorize`,
    realm,
    ...(scope !== undefined && { scope }),
    error,
    error_description: description,
    resource: request.path,
  };
  const list = Object.entries(parameters).map(([name, value]) => `${name}="${value}"`);
  return emptyResponse(status, { 'www-authenticate': `Bearer ${list.join(', ')}` });
}
