import type { AuthorizationServer } from './authorization-server.ts';
import { errorEnvelope } from './error-responses.ts';
import { jsonResponse, type OktaRequest, type OktaResponse } from './http-message.ts';
import { signInAssets } from './sign-in.ts';
import type { SignInSettings } from './sign-in-settings.ts';

type Handler = (request: OktaRequest) => OktaResponse | Promise<OktaResponse>;

interface Handlers {
  readonly origin: string;
  readonly orgId: string;
  readonly org: AuthorizationServer;
  readonly custom: readonly AuthorizationServer[];
  readonly management: Handler;
  readonly statusPage: Handler;
  readonly signIn: Handler;
  readonly saml: Handler;
  readonly idx: Handler;
  readonly authn: Handler;
  readonly sessions: Handler;
  readonly flow: Handler;
  readonly settings: () => Pick<SignInSettings, 'engine' | 'apiAccessManagement'>;
}

const wellKnown = /^\/\.well-known\/(openid-configuration|oauth-authorization-server)$/;
/** RFC 8414, 3.1 puts the well-known part before the issuer's path. Okta serves it there and after the path. */
const wellKnownBefore = /^\/\.well-known\/oauth-authorization-server\/oauth2\/([^/]+)$/;

export function createRouter({
  origin,
  orgId,
  org,
  custom,
  management,
  statusPage,
  signIn,
  saml,
  idx,
  authn,
  sessions,
  flow,
  settings,
}: Handlers): Handler {
  const customById = new Map<string, AuthorizationServer>(custom.map((server) => [server.address.id, server]));
  const atCustom = (id: string | undefined, request: OktaRequest) =>
    settings().apiAccessManagement
      ? (customById.get(id ?? '')?.respond(request) ?? errorEnvelope('E0000007', `${id} (AuthorizationServer)`))
      : errorEnvelope('E0000015');

  const organization = () => ({
    id: orgId,
    _links: { organization: { href: origin } },
    pipeline: settings().engine === 'idx' ? 'idx' : 'v1',
    cell: 'ok8',
  });

  const routes: readonly [
    path: RegExp,
    handler: (request: OktaRequest, group?: string) => OktaResponse | Promise<OktaResponse>,
  ][] = [
    [/^\/\.well-known\/okta-organization$/, () => jsonResponse(200, organization())],
    [wellKnown, (request) => org.respond(request)],
    [
      wellKnownBefore,
      (request, id) => atCustom(id, withPath(request, `/oauth2/${id}/.well-known/oauth-authorization-server`)),
    ],
    [/^\/oauth2\/v1(?:\/clients)(\/|$)/, management],
    [/^\/oauth2\/v1\//, (request) => org.respond(request)],
    [/^\/oauth2\/([^/]+)\//, (request, id) => atCustom(id, request)],
    [/^\/api\/v1\/authn(\/|$)/, authn],
    [/^\/api\/v1\/sessions\/me$/, sessions],
    [/^\/api\/flo\//, flow],
    [/^\/api\//, management],
    [/^\/idp\/idx\//, (request) => (settings().engine === 'idx' ? idx(request) : unknownPath(request))],
    [/^\/login\//, signIn],
    [/^\/assets\//, ({ path, ...request }) => signInAssets[path] ?? unknownPath({ path, ...request })],
    [/^\/app\//, saml],
    [/^\/status(\/|$)/, statusPage],
  ];

  return (request) => {
    for (const [path, handler] of routes) {
      const match = path.exec(request.path);
      if (match) return handler(request, match[1]);
    }
    return unknownPath(request);
  };
}

function unknownPath({ path }: OktaRequest): OktaResponse {
  return errorEnvelope('E0000007', `${path} (Path)`);
}

function withPath(request: OktaRequest, path: string): OktaRequest {
  request.raw.url = path;
  return { ...request, path };
}
