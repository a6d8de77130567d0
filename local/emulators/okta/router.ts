import { type Answer, jsonAnswer } from './answer.ts';
import type { AuthorizationServer } from './authorization-server.ts';
import { errorEnvelope } from './error-envelope.ts';
import type { OktaRequest } from './okta-request.ts';

type Handler = (request: OktaRequest) => Answer | Promise<Answer>;

export interface Parts {
  readonly origin: string;
  readonly orgId: string;
  readonly org: AuthorizationServer;
  readonly custom: readonly AuthorizationServer[];
  readonly management: Handler;
  readonly statusPage: Handler;
  readonly signIn: Handler;
}

const wellKnown = /^\/\.well-known\/(openid-configuration|oauth-authorization-server)$/;
/** RFC 8414, 3.1 puts the well-known part before the issuer's path; Okta answers both there and after it. */
const wellKnownBefore = /^\/\.well-known\/oauth-authorization-server\/oauth2\/([^/]+)$/;

/** Which part of Okta a request is for. */
export function createRouter(parts: Parts): Handler {
  const customById = new Map<string, AuthorizationServer>(parts.custom.map((server) => [server.address.id, server]));
  const atCustom = (id: string | undefined, request: OktaRequest) =>
    customById.get(id ?? '')?.answer(request) ?? errorEnvelope('E0000007', `${id} (AuthorizationServer)`);

  const organization = {
    id: parts.orgId,
    _links: { organization: { href: parts.origin } },
    pipeline: 'idx',
  };

  const routes: readonly [path: RegExp, handler: (request: OktaRequest, part?: string) => Answer | Promise<Answer>][] =
    [
      [/^\/\.well-known\/okta-organization$/, () => jsonAnswer(200, organization)],
      [wellKnown, (request) => parts.org.answer(request)],
      [
        wellKnownBefore,
        (request, id) => atCustom(id, moved(request, `/oauth2/${id}/.well-known/oauth-authorization-server`)),
      ],
      [/^\/oauth2\/v1(?:\/clients)(\/|$)/, (request) => parts.management(request)],
      [/^\/oauth2\/v1\//, (request) => parts.org.answer(request)],
      [/^\/oauth2\/([^/]+)\//, (request, id) => atCustom(id, request)],
      [/^\/api\//, (request) => parts.management(request)],
      [/^\/signin\//, (request) => parts.signIn(request)],
      [/^\/status(\/|$)/, (request) => parts.statusPage(request)],
    ];

  return (request) => {
    for (const [path, handler] of routes) {
      const match = path.exec(request.path);
      if (match) return handler(request, match[1]);
    }
    return errorEnvelope('E0000007', `${request.path} (Path)`);
  };
}

function moved(request: OktaRequest, path: string): OktaRequest {
  request.raw.url = path;
  return { ...request, path };
}
