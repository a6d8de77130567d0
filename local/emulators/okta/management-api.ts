import type { AccessTokens } from './access-token.ts';
import { createProofChecker, dpopAlgorithms } from './dpop-proof.ts';
import { errorEnvelope } from './error-responses.ts';
import { emptyResponse, jsonResponse, type OktaRequest, type OktaResponse } from './http-message.ts';
import type { Collection, Item } from './management-data.ts';
import { type OktaErrorCode, oktaError } from './okta-errors.ts';
import { InvalidQuery, queryItems } from './query-items.ts';

interface Credentials {
  readonly origin: string;
  readonly apiToken: string;
  /** The Org server's tokens: Okta's APIs accept no others. */
  readonly accessTokens: AccessTokens;
  /** The metadata of a SAML application, by its id. */
  readonly samlMetadata: (id: string) => Promise<OktaResponse> | undefined;
  /** Whether the admin roles of clients lack the right to read what a scope is for. */
  readonly isRestricted: (scope: string) => boolean;
}

/** A path that is below a collection, and what it leads to. */
interface Destination {
  readonly collection: Collection | undefined;
  readonly id: string | undefined;
  /** The path below the item: `credentials/keys`. */
  readonly below: string | undefined;
}

/** Features that the emulated org has no license for. */
const unlicensed = ['/api/v1/device-posture-checks'];

/**
 * The part of Okta's management API that reads a few collections.
 *
 * Trap: errors have two formats. A wrong or missing SSWS token gets an error envelope. An OAuth token gets an empty
 * body, and the error is in `WWW-Authenticate`.
 * https://developer.okta.com/docs/reference/core-okta-api/
 */
export function createManagementApi(credentials: Credentials, collections: Readonly<Record<string, Collection>>) {
  const authorize = createAuthorizer(credentials);
  return async (request: OktaRequest): Promise<OktaResponse> => {
    const destination = find(collections, request.path);
    const { collection, id, below } = destination;
    if (collection && request.method !== 'GET' && request.method !== 'HEAD') return errorEnvelope('E0000022');
    // The only part of the API that is XML.
    const isXml = below === 'sso/saml/metadata';
    const { accept } = request.raw.headers;
    if (isXml ? !/\/(xml|\*)/.test(accept ?? '*/*') : !acceptsJson(accept)) return errorEnvelope('E0000019');
    const rejection = await authorize(request, collection?.scope);
    if (rejection) return rejection;
    if (collection && credentials.isRestricted(collection.scope)) return errorEnvelope('E0000006');
    if (unlicensed.some((path) => request.path.startsWith(path))) return errorEnvelope('E0000015');
    if (isXml) return (await credentials.samlMetadata(id ?? '')) ?? errorEnvelope('E0000007', `${id} (AppInstance)`);
    if (!collection) return errorEnvelope('E0000007', `${request.path} (Path)`);
    try {
      if (id === undefined && collection.respond) return collection.respond(request);
      const items = await collection.list();
      if (id === undefined)
        return collection.whole
          ? jsonResponse(200, collection.whole(items))
          : page(request, credentials.origin, collection, items);
      const item = findItem(collection, items, id);
      if (!item) return errorEnvelope('E0000007', `${id} (${collection.type})`);
      if (below === undefined) return jsonResponse(200, item);
      const members = collection.members?.[below];
      return members
        ? jsonResponse(200, await members(String(item.id)))
        : errorEnvelope('E0000007', `${request.path} (Path)`);
    } catch (error) {
      if (error instanceof InvalidQuery) return errorEnvelope(error.errorCode, '', error.causes, error.summary);
      throw error;
    }
  };
}

function find(collections: Readonly<Record<string, Collection>>, path: string): Destination {
  // The keys of identity providers are a collection where an item would be.
  if (collections[path]) return { collection: collections[path], id: undefined, below: undefined };
  const [, base = '', id, below] = /^(\/api\/v1\/[^/]+)(?:\/([^/]+))?(?:\/(.+))?$/.exec(path) ?? [];
  return { collection: collections[base], id: id === undefined ? undefined : decoded(id), below };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function acceptsJson(accept = '*/*'): boolean {
  return /(\*|application)\/(\*|json)|\+json/i.test(accept);
}

function findItem({ names = [] }: Collection, items: readonly Item[], id: string): Item | undefined {
  const isNamed = (item: Item) =>
    names.some((path) => {
      const value = path.split('.').reduce<unknown>((found, name) => Object(found)[name], item);
      return String(value).toLowerCase() === id.toLowerCase();
    });
  return items.find((item) => item.id === id) ?? items.find(isNamed);
}

/** One page of a collection, with links to itself and to the next one. */
function page(request: OktaRequest, origin: string, collection: Collection, items: readonly Item[]): OktaResponse {
  const { query, path } = request;
  const limit = Number(query.get('limit') ?? collection.pageSize) || collection.pageSize;
  const { found, next } = queryItems(items, query, collection, limit);
  const link = (rel: string, parameters: Record<string, string>) =>
    `<${origin}${path}?${new URLSearchParams({ ...parameters, limit: String(limit), ...filters(query) })}>; rel="${rel}"`;
  return jsonResponse(200, found, {
    link: [link('self', {}), ...(next === undefined ? [] : [link('next', { after: next })])],
  });
}

/** The parameters that select items, which links repeat. */
function filters(query: URLSearchParams): Record<string, string> {
  const names = ['filter', 'search', 'q'];
  return Object.fromEntries([...query].filter(([name]) => names.includes(name)));
}

/** Returns a function that returns the response that rejects a request, or undefined if the request is authorized. */
function createAuthorizer({ origin, apiToken, accessTokens }: Credentials) {
  const checkProof = createProofChecker();

  async function whyRejected(request: OktaRequest, isDpop: boolean, token: string, scope: string | undefined) {
    const status = await accessTokens.validate(token);
    if (status.kind === 'invalid') return status.reason;
    const { claims } = status;
    if (isDpop && !claims.cnf) return 'access_token_not_dpop_bound';
    if (!isDpop && claims.cnf) return 'dpop_authentication_scheme_required';
    if (isDpop) {
      const proof = request.raw.headers.dpop;
      const reason = await checkProof({
        ...{ proof: proof === undefined ? undefined : String(proof), method: request.method, token, claims },
        url: origin + decoded(request.path),
      });
      if (reason) return reason;
    }
    return scope === undefined || claims.scp.includes(scope) ? undefined : 'access_token_insufficient_scopes';
  }

  return async (request: OktaRequest, scope: string | undefined): Promise<OktaResponse | undefined> => {
    const [scheme = '', token = ''] = request.raw.headers.authorization?.split(' ') ?? [];
    switch (scheme.toLowerCase()) {
      case 'ssws':
        return token === apiToken ? undefined : errorEnvelope('E0000011');
      case 'bearer':
      case 'dpop': {
        const isDpop = scheme.toLowerCase() === 'dpop';
        const reason = await whyRejected(request, isDpop, token, scope);
        return reason && challenge(origin, request, reason, scope, isDpop);
      }
      default:
        return errorEnvelope('E0000005');
    }
  };
}

/** A challenge as in RFC 6750, 3, with Okta's additional parameters. Its URLs use `http`, as observed on real orgs. */
function challenge(
  origin: string,
  request: OktaRequest,
  code: OktaErrorCode,
  scope: string | undefined,
  isDpop: boolean,
): OktaResponse {
  const { status, error, description } = oktaError(code);
  const realm = origin.replace('https:', 'http:');
  const wantsDpop = isDpop || code === 'dpop_authentication_scheme_required';
  const parameters = {
    ...(wantsDpop && { algs: dpopAlgorithms.join(' ') }),
    authorization_uri: `${realm}/oauth2/v1/authorize`,
    realm,
    ...(scope !== undefined && { scope }),
    error,
    error_description: description,
    resource: request.path,
  };
  const list = Object.entries(parameters).map(([name, value]) => `${name}="${value}"`);
  return emptyResponse(status, { 'www-authenticate': `${wantsDpop ? 'DPoP' : 'Bearer'} ${list.join(', ')}` });
}
