import type { EventEmitter } from 'node:events';
import { IncomingMessage, ServerResponse } from 'node:http';
import { type Configuration, type KoaContextWithOIDC, Provider } from 'oidc-provider';
import { authorizationResponse } from './authorization-response.ts';
import type { OktaRequest, ResponseHeaders } from './http-message.ts';
import type { ServerAddress } from './org.ts';
import { sessionCookie } from './sessions.ts';

/** The provider's result for a request, as data. */
export interface ProviderResult {
  /** The provider's name of the endpoint, or undefined if it has no endpoint at that path. */
  readonly route: string | undefined;
  /** The client that the provider found, whether or not it authenticated it. */
  readonly clientId: string | undefined;
  /** The user whose session the request carries, who has just signed in, or whom a token is for. */
  readonly accountId?: string | undefined;
  readonly params: Readonly<Record<string, unknown>>;
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly body: unknown;
  /** With the details that the provider does not send to clients. */
  readonly failure: (Error & { allow_redirect?: boolean }) | undefined;
}

const failureEvents = [
  'authorization.error',
  'grant.error',
  'introspection.error',
  'revocation.error',
  'userinfo.error',
  'pushed_authorization_request.error',
  'device_authorization.error',
  'end_session.error',
  'end_session_confirm.error',
  'end_session_success.error',
  'jwks.error',
  'discovery.error',
  'server_error',
] as const;

/** The provider's response headers that are kept. The emulator writes the others itself. */
const keptHeaders = ['content-type', 'location', 'dpop-nonce', 'set-cookie', 'access-control-allow-origin', 'vary'];

/** Drops the provider's cookies besides that of the session: `sign-in.ts` keeps the rest itself. */
function keptValue(name: string, value: unknown): string | readonly string[] | undefined {
  if (name !== 'set-cookie') return value === undefined ? undefined : String(value);
  const kept = [value].flat().filter((cookie): cookie is string => String(cookie).startsWith(`${sessionCookie}=`));
  return kept.length > 0 ? kept : undefined;
}

/**
 * Runs an oidc-provider without a socket and returns its result as data.
 *
 * A Koa application writes to the response itself, unless `ctx.respond` is false: then the result stays on the context.
 * The provider reports the error behind a result only to its event listeners.
 */
export function createProviderBridge(server: ServerAddress, configuration: Configuration) {
  const provider = new Provider(server.issuer, configuration);
  // The provider knows the scopes of its start. `checkScopes` also knows later ones.
  Object.defineProperty(provider.OIDCContext.prototype, 'requestParamOIDCScopes', {
    get(this: KoaContextWithOIDC['oidc']) {
      return this.requestParamScopes;
    },
  });
  const contexts = new WeakMap<IncomingMessage, KoaContextWithOIDC>();
  const failures = new WeakMap<IncomingMessage, Error>();
  const host = new URL(server.origin).host;

  const events: EventEmitter = provider;
  for (const event of failureEvents) {
    events.on(event, (ctx: KoaContextWithOIDC, error: Error) => failures.set(ctx.req, error));
  }
  // Koa's own event, for errors thrown by middleware. Without a listener Koa prints them to the console.
  events.on('error', (error: Error, ctx?: KoaContextWithOIDC) => ctx && failures.set(ctx.req, error));
  provider.use(async (ctx, next) => {
    ctx.respond = false;
    contexts.set(ctx.req, ctx as KoaContextWithOIDC);
    await next();
  });
  provider.registerResponseMode('okta_post_message', (ctx, redirectUri, { iss: _, ...parameters }) => {
    ctx.type = 'html';
    ctx.body = authorizationResponse('okta_post_message', redirectUri, parameters as Record<string, string>).body;
  });
  const handle = provider.callback();

  return {
    provider,
    async run(request: OktaRequest): Promise<ProviderResult> {
      const message = mountedMessage(request, server.mount, host);
      await handle(message, new ServerResponse(message));
      const ctx = contexts.get(message);
      const headers = ctx?.res.getHeaders() ?? {};
      return {
        route: ctx?.oidc?.route,
        clientId: ctx?.oidc?.client?.clientId,
        accountId: ctx?.oidc?.session?.accountId ?? ctx?.oidc?.account?.accountId,
        params: { ...ctx?.oidc?.params },
        status: ctx?.status ?? 500,
        headers: Object.fromEntries(
          keptHeaders.flatMap((name) => {
            const value = keptValue(name, headers[name]);
            return value === undefined ? [] : [[name, value]];
          }),
        ),
        body: ctx?.body,
        failure: failures.get(message),
      };
    },
  };
}

/**
 * The request as Node's message, with a readable body, for the authorization server at `mount`.
 *
 * oidc-provider finds its mount path by comparing `originalUrl` with `url`, as Express and Connect set them.
 */
function mountedMessage(request: OktaRequest, mount: string, host: string): IncomingMessage {
  const message = new IncomingMessage(request.raw.socket);
  const originalUrl = request.raw.url ?? '/';
  const body = Buffer.from(request.body);
  Object.assign(message, {
    method: request.method,
    url: originalUrl.slice(mount.length),
    originalUrl,
    httpVersion: request.raw.httpVersion,
    httpVersionMajor: 1,
    httpVersionMinor: 1,
    // Otherwise the message treats its end as an aborted request and destroys the shared socket.
    complete: true,
    headers: {
      ...request.raw.headers,
      host,
      ...(request.raw.headers['content-length'] !== undefined && { 'content-length': String(body.length) }),
    },
  });
  if (body.length > 0) message.push(body);
  message.push(null);
  return message;
}
