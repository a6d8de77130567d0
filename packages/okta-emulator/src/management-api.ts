import { accessEndpoints } from './access-resources.ts';
import type { AccessTokens } from './access-token.ts';
import { applicationEndpoints } from './application-resources.ts';
import { createProofChecker, dpopAlgorithms } from './dpop-proof.ts';
import { ApiError, errorEnvelope } from './error-responses.ts';
import { emptyResponse, jsonResponse, type OktaRequest, type OktaResponse } from './http-message.ts';
import type { ApiToken, Caller } from './log-caller.ts';
import type { Collection, Item } from './management-data.ts';
import {
  createEndpointFinder,
  decodedText,
  type EndpointParts,
  type Principal,
  parseBody,
} from './management-resource.ts';
import { type OktaErrorCode, oktaError } from './okta-errors.ts';
import { type AdminRole, covers } from './okta-scopes.ts';
import { orgEndpoints } from './org-resources.ts';
import { policyEndpoints } from './policy-resources.ts';
import { FilterError, parseFilter } from './scim-filter.ts';
import { groupEndpoints, userEndpoints } from './user-resources.ts';

export interface ManagementParts extends EndpointParts {
  readonly apiTokens: readonly (ApiToken & { readonly roles: readonly AdminRole[] })[];
  /** The Org server's tokens: Okta's APIs accept no others. */
  readonly accessTokens: AccessTokens;
  readonly callerOf: (request: OktaRequest) => Caller;
  /** The metadata of a SAML application, by its id. */
  readonly samlMetadata: (id: string) => Promise<OktaResponse> | undefined;
  readonly faults: ManagementFaults;
}

/** Rights that administrators of the emulated org lack, and faults of its management API. */
interface ManagementFaults {
  /** Returns whether every administrator lacks the right that a scope needs. */
  readonly isRestricted: (scope: string) => boolean;
  /** Whether the next change of a policy is refused, because the org is busy with their priorities. */
  readonly takeReconciliation: () => boolean;
}

/** A path below a collection, and its target. */
interface Destination {
  readonly collection: Collection | undefined;
  readonly id: string | undefined;
  /** The path below the item: `credentials/keys`. */
  readonly below: string | undefined;
}

/** Features that the emulated org has no license for. */
const unlicensed = ['/api/v1/device-posture-checks'];

/**
 * Okta's management API, as far as the emulator has it: the collections that it reads, and endpoints with functions of
 * their own.
 *
 * Trap: errors have two formats. A wrong or missing SSWS token gets an error envelope. An OAuth token gets an empty
 * body, and the error is in `WWW-Authenticate`.
 * https://developer.okta.com/docs/reference/core-okta-api/
 */
export function createManagementApi(parts: ManagementParts, collections: Readonly<Record<string, Collection>>) {
  const { origin, faults, state } = parts;
  const authorize = createAuthorizer(parts);
  const findEndpoint = createEndpointFinder([
    ...applicationEndpoints(parts),
    ...accessEndpoints(parts),
    ...groupEndpoints(parts),
    ...userEndpoints(parts),
    ...policyEndpoints(parts),
    ...orgEndpoints(parts),
  ]);

  function isUnlicensed(path: string): boolean {
    const { apiAccessManagement } = state.settings();
    const missing = apiAccessManagement ? unlicensed : [...unlicensed, '/api/v1/authorizationServers'];
    return missing.some((start) => path.startsWith(start));
  }

  /** Trap: a caller who may not grant scopes gets the error of an invalid session, as observed on real orgs. */
  const forbidden = (scope: string) => errorEnvelope(scope === 'okta.appGrants.manage' ? 'E0000005' : 'E0000006');

  /** Returns the error for a request that lacks the right, or whose feature the org lacks. */
  function refusal({ roles }: Principal, scope: string | undefined, path: string): OktaResponse | undefined {
    if (scope !== undefined && (faults.isRestricted(scope) || !covers(roles, scope))) return forbidden(scope);
    return isUnlicensed(path) ? errorEnvelope('E0000015') : undefined;
  }

  type KnownEndpoint = NonNullable<ReturnType<typeof findEndpoint>>;

  function callEndpoint({ endpoint, params }: KnownEndpoint, request: OktaRequest, principal: Principal) {
    const isPolicyChange = endpoint.method !== 'GET' && request.path.includes('/policies');
    if (isPolicyChange && faults.takeReconciliation()) return errorEnvelope('E0000239');
    return endpoint.respond({ request, params, body: parseBody(request.body), principal });
  }

  async function readCollection(request: OktaRequest, collection: Collection): Promise<OktaResponse> {
    if (collection.respond) return collection.respond(request);
    const items = await collection.list();
    return collection.whole ? jsonResponse(200, collection.whole(items)) : page(request, origin, collection, items);
  }

  async function readItem(path: string, collection: Collection, id: string, below: string | undefined) {
    const item = findItem(collection, await collection.list(), id);
    if (!item) return errorEnvelope('E0000007', `${id} (${collection.type})`);
    if (below === undefined) return jsonResponse(200, item);
    const members = collection.members?.[below];
    return members ? jsonResponse(200, await members(String(item.id))) : errorEnvelope('E0000007', `${path} (Path)`);
  }

  async function answer(request: OktaRequest, known: KnownEndpoint | undefined, principal: Principal, to: Destination) {
    const { collection, id, below } = to;
    if (known) return callEndpoint(known, request, principal);
    if (below === metadataPath) {
      return (await parts.samlMetadata(id ?? '')) ?? errorEnvelope('E0000007', `${id} (AppInstance)`);
    }
    if (!collection) return errorEnvelope('E0000007', `${request.path} (Path)`);
    return id === undefined ? readCollection(request, collection) : readItem(request.path, collection, id, below);
  }

  return async (request: OktaRequest): Promise<OktaResponse> => {
    const { path, method } = request;
    const known = findEndpoint(method, path);
    const destination = find(collections, path);
    const { collection, below } = destination;
    if (!known && collection && method !== 'GET' && method !== 'HEAD') return errorEnvelope('E0000022');
    if (!accepts(request, below === metadataPath)) return errorEnvelope('E0000019');
    const scope = known?.endpoint.scope ?? collection?.scope;
    const authorized = await authorize(request, scope);
    if ('response' in authorized) return authorized.response;
    const refused = refusal(authorized.principal, scope, path);
    if (refused) return refused;
    try {
      return await answer(request, known, authorized.principal, destination);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return errorEnvelope(error.errorCode, error.detail, error.causes, error.summary);
    }
  };
}

/** The only part of the API that is XML. */
const metadataPath = 'sso/saml/metadata';

function find(collections: Readonly<Record<string, Collection>>, path: string): Destination {
  // The keys of identity providers are a collection where an item would be.
  if (collections[path]) return { collection: collections[path], id: undefined, below: undefined };
  const [, base = '', id, below] = /^(\/api\/v1\/[^/]+)(?:\/([^/]+))?(?:\/(.+))?$/.exec(path) ?? [];
  return { collection: collections[base], id: id === undefined ? undefined : decodedText(id), below };
}

function accepts({ raw }: OktaRequest, isXml: boolean): boolean {
  const { accept = '*/*' } = raw.headers;
  return (isXml ? /\/(xml|\*)/ : /(\*|application)\/(\*|json)|\+json/i).test(accept);
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

type Authorized = { readonly response: OktaResponse } | { readonly principal: Principal };

/** Returns a function that finds who sent a request, or the response that rejects it. */
function createAuthorizer({ origin, apiTokens, accessTokens, callerOf, state }: ManagementParts) {
  const checkProof = createProofChecker();

  async function verdictOn(
    request: OktaRequest,
    isDpop: boolean,
    token: string,
    scope: string | undefined,
  ): Promise<OktaErrorCode | readonly AdminRole[]> {
    const status = await accessTokens.validate(token);
    if (status.kind === 'invalid') return status.reason;
    const { claims } = status;
    if (isDpop && !claims.cnf) return 'access_token_not_dpop_bound';
    if (!isDpop && claims.cnf) return 'dpop_authentication_scheme_required';
    if (isDpop) {
      const proof = request.raw.headers.dpop;
      const reason = await checkProof({
        ...{ proof: proof === undefined ? undefined : String(proof), method: request.method, token, claims },
        url: origin + decodedText(request.path),
      });
      if (reason) return reason;
    }
    if (scope !== undefined && !claims.scp.includes(scope)) return 'access_token_insufficient_scopes';
    // Who manages may read too, but a token has only the scopes that it has.
    if (claims.uid !== undefined) return state.rolesOf(claims.uid);
    return state.applications.find(claims.cid)?.roles.map(({ type }) => type) ?? [];
  }

  return async (request: OktaRequest, scope: string | undefined): Promise<Authorized> => {
    const [scheme = '', token = ''] = request.raw.headers.authorization?.split(' ') ?? [];
    switch (scheme.toLowerCase()) {
      case 'ssws': {
        const known = apiTokens.find(({ value }) => value === token);
        if (!known) return { response: errorEnvelope('E0000011') };
        return { principal: { roles: known.roles, caller: callerOf(request) } };
      }
      case 'bearer':
      case 'dpop': {
        const isDpop = scheme.toLowerCase() === 'dpop';
        const verdict = await verdictOn(request, isDpop, token, scope);
        if (typeof verdict === 'string') return { response: challenge(origin, request, verdict, scope, isDpop) };
        return { principal: { roles: verdict, caller: callerOf(request) } };
      }
      default:
        return { response: errorEnvelope('E0000005') };
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

/** One page of the items that a query selects, and the cursor of the next page if there may be one. */
function queryItems(
  items: readonly Item[],
  query: URLSearchParams,
  { searched }: Pick<Collection, 'searched'>,
  limit: number,
): { readonly found: readonly Item[]; readonly next?: string } {
  const conditions = [
    ...['filter', 'search'].flatMap((name) => conditionOf(query.get(name))),
    ...textCondition(query.get('q'), searched),
  ];
  const selected = items.filter((item) => conditions.every((condition) => condition(item)));
  const start = startOf(selected, query.get('after'));
  const found = selected.slice(start, start + limit);
  const next = selected.length > start + limit ? cursorOf(found.at(-1)) : undefined;
  return { found, ...(next !== undefined && { next }) };
}

function startOf(selected: readonly Item[], after: string | null): number {
  if (after === null) return 0;
  const index = selected.findIndex((item) => cursorOf(item) === after);
  if (index < 0) throw new ApiError('E0000029', 'Invalid cursor.');
  return index + 1;
}

function cursorOf(item: Item | undefined): string | undefined {
  const key = item?.id ?? item?.kid;
  return key === undefined ? undefined : String(key);
}

function conditionOf(expression: string | null) {
  if (expression === null) return [];
  try {
    return [parseFilter(expression)];
  } catch (error) {
    if (error instanceof FilterError) throw new ApiError('E0000031', error.message);
    throw error;
  }
}

/** Some attributes are searched for one text at their beginning. */
function textCondition(text: string | null, searched: Collection['searched']) {
  if (text === null) return [];
  const value = JSON.stringify(text);
  return [parseFilter(searched.map((path) => `${path} sw ${value}`).join(' or '))];
}
