import type { EventEmitter } from 'node:events';
import { type IncomingMessage, ServerResponse } from 'node:http';
import { type Configuration, type KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { AnswerHeaders } from './answer.ts';
import { mountedMessage, type OktaRequest } from './okta-request.ts';
import type { ServerAddress } from './servers.ts';

/** What the provider made of a request, before anything is sent. */
export interface ProviderResult {
  /** Its name of the endpoint. Undefined: it has none there. */
  readonly route: string | undefined;
  readonly params: Readonly<Record<string, unknown>>;
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly body: unknown;
  /** With the detail that the provider keeps from clients. */
  readonly failure: (Error & { allow_redirect?: boolean }) | undefined;
}

const failureEvents = [
  'authorization.error',
  'grant.error',
  'introspection.error',
  'revocation.error',
  'userinfo.error',
  'pushed_authorization_request.error',
  'end_session.error',
  'end_session_confirm.error',
  'end_session_success.error',
  'jwks.error',
  'discovery.error',
  'server_error',
] as const;

/** What is worth keeping of the provider's own headers: the rest is ours to write. */
const keptHeaders = ['content-type', 'location', 'dpop-nonce', 'set-cookie', 'access-control-allow-origin', 'vary'];

/**
 * Runs an oidc-provider without a socket: a request in, what it would have sent out, as data.
 *
 * A Koa application writes to the response by itself. Its way out is `ctx.respond = false`, which leaves the result
 * on the context, together with the error that led to it, which the provider tells only to its listeners.
 */
export function createProviderBridge(server: ServerAddress, configuration: Configuration) {
  const provider = new Provider(server.issuer, configuration);
  const contexts = new WeakMap<IncomingMessage, KoaContextWithOIDC>();
  const failures = new WeakMap<IncomingMessage, Error>();
  const host = new URL(server.origin).host;

  const events: EventEmitter = provider;
  for (const event of failureEvents) {
    events.on(event, (ctx: KoaContextWithOIDC, error: Error) => failures.set(ctx.req, error));
  }
  // Koa's own, for what a middleware throws; unheard, it would be printed to the console.
  events.on('error', (error: Error, ctx?: KoaContextWithOIDC) => ctx && failures.set(ctx.req, error));
  provider.use(async (ctx, next) => {
    ctx.respond = false;
    contexts.set(ctx.req, ctx as KoaContextWithOIDC);
    await next();
  });
  // Only so that the provider takes it for one it knows: what it answers is made elsewhere.
  provider.registerResponseMode('okta_post_message', (ctx) => {
    ctx.body = '';
  });
  const run = provider.callback();

  return {
    provider,
    /** For the parts of the provider that take Node's own request. */
    messageFor: (request: OktaRequest) => mountedMessage(request, '', host),
    async ask(request: OktaRequest): Promise<ProviderResult> {
      const message = mountedMessage(request, server.mount, host);
      await run(message, new ServerResponse(message));
      const ctx = contexts.get(message);
      const sent = ctx?.res.getHeaders() ?? {};
      return {
        route: ctx?.oidc?.route,
        params: { ...ctx?.oidc?.params },
        status: ctx?.status ?? 500,
        headers: Object.fromEntries(
          keptHeaders.flatMap((name) => {
            const value = sent[name];
            return value === undefined ? [] : [[name, Array.isArray(value) ? value : String(value)]];
          }),
        ),
        body: ctx?.body,
        failure: failures.get(message),
      };
    },
  };
}

export type ProviderBridge = ReturnType<typeof createProviderBridge>;
