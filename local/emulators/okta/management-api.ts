import type { AccessTokens } from './access-token.ts';
import { type Answer, emptyAnswer, jsonAnswer } from './answer.ts';
import { errorEnvelope } from './error-envelope.ts';
import type { Collection } from './management-data.ts';
import { type OktaErrorCode, oktaError } from './okta-errors.ts';
import type { OktaRequest } from './okta-request.ts';

interface Guard {
  readonly origin: string;
  readonly apiToken: string;
  /** Of the Org server: Okta's APIs take no other. */
  readonly accessTokens: AccessTokens;
}

/**
 * Okta's management API, as far as reading a few collections goes.
 *
 * It refuses in two languages. An SSWS token or none severity an error envelope; an OAuth token severity an empty body,
 * with everything in `WWW-Authenticate`.
 *
 * @see https://developer.okta.com/docs/reference/core-okta-api/
 */
export function createManagementApi(guard: Guard, collections: Readonly<Record<string, Collection>>) {
  return async (request: OktaRequest): Promise<Answer> => {
    const [base = '', id] = split(request.path);
    const collection = collections[base];
    const refusal = await refuse(guard, request, collection?.scope);
    if (refusal) return refusal;
    if (!collection) return errorEnvelope('E0000007', `${request.path} (Path)`);
    if (request.method !== 'GET' && request.method !== 'HEAD') return errorEnvelope('E0000022');

    const items = collection.list();
    if (id === undefined) return page(items, request, guard.origin);
    const item = items.find((candidate) => candidate.id === id);
    return item ? jsonAnswer(200, item) : errorEnvelope('E0000007', `${id} (${base.split('/').at(-1)})`);
  };
}

function split(path: string): readonly string[] {
  return /^(\/api\/v1\/[^/]+)(?:\/([^/]+))?$/.exec(path)?.slice(1) ?? [path];
}

function page(items: readonly unknown[], request: OktaRequest, origin: string): Answer {
  const limit = Number(request.query.get('limit') ?? items.length) || items.length;
  const self = `<${origin}${request.path}?limit=${limit}>; rel="self"`;
  const next = `<${origin}${request.path}?after=${limit}&limit=${limit}>; rel="next"`;
  const after = Number(request.query.get('after') ?? 0) || 0;
  const shown = items.slice(after, after + limit);
  return jsonAnswer(200, shown, { link: items.length > after + limit ? [self, next] : [self] });
}

async function refuse(guard: Guard, request: OktaRequest, scope: string | undefined): Promise<Answer | undefined> {
  const [scheme = '', token = ''] = request.raw.headers.authorization?.split(' ') ?? [];
  switch (scheme.toLowerCase()) {
    case 'ssws':
      return token === guard.apiToken ? undefined : errorEnvelope('E0000011');
    case 'bearer': {
      const verdict = await guard.accessTokens.judge(token);
      if (verdict.kind === 'refused') return challenge(guard, request, verdict.because, scope);
      if (scope === undefined || verdict.claims.scp.includes(scope)) return undefined;
      return challenge(guard, request, 'access_token_insufficient_scopes', scope);
    }
    default:
      return errorEnvelope('E0000005');
  }
}

/** RFC 6750, 3, with members of Okta's own; the URLs in it name `http`, as seen on real orgs. */
function challenge({ origin }: Guard, request: OktaRequest, code: OktaErrorCode, scope: string | undefined): Answer {
  const { status, error, description } = oktaError(code);
  const realm = origin.replace('https:', 'http:');
  const members = {
    authorization_uri: `${realm}/oauth2/v1/authorize`,
    realm,
    ...(scope !== undefined && { scope }),
    error,
    error_description: description,
    resource: request.path,
  };
  const list = Object.entries(members).map(([name, value]) => `${name}="${value}"`);
  return emptyAnswer(status, { 'www-authenticate': `Bearer ${list.join(', ')}` });
}
