import { setTimeout as wait } from 'node:timers/promises';
import type { OktaRequest, OktaResponse, ResponseHeaders } from './http-message.ts';
import type { Sender } from './sender-headers.ts';

/** Which requests an interceptor handles. */
export interface Match {
  readonly method?: string;
  /** A string must equal the whole path, without the query. */
  readonly path: string | RegExp;
  /** Called once for each request that matches the method and the path. */
  readonly when?: (request: OktaRequest) => boolean;
}

/** What an interceptor does: first the delay, then the replacement, then the transformation. */
export interface Effect {
  readonly delayMs?: number;
  /**
   * Replaces the response: the authorization server and the API do not see the request, and rate limits do not count
   * it. The status is 200 if only a body is given. The sender's usual headers are added unless they are in `headers`.
   */
  readonly status?: number;
  readonly headers?: ResponseHeaders;
  /** A value that is not a string is sent as JSON. */
  readonly body?: unknown;
  readonly sender?: Sender;
  readonly transform?: (response: OktaResponse, request: OktaRequest) => OktaResponse | Promise<OktaResponse>;
  /** Ends the connection without a response: closes it normally, or resets it. */
  readonly disconnect?: 'close' | 'reset';
  /** Sends the headers and half of the body, then sends nothing more or closes the connection. */
  readonly truncate?: 'stall' | 'close';
}

/** What is sent after all interceptors have run. */
export type Outcome =
  | { readonly kind: 'response'; readonly response: OktaResponse; readonly truncate: Effect['truncate'] }
  | { readonly kind: 'disconnect'; readonly how: NonNullable<Effect['disconnect']> };

/**
 * Interceptors delay, replace or change any response while the server runs, and can be removed again.
 *
 * If several match a request, they apply in the order in which they were added. The last replacement is used.
 */
export function createInterceptors() {
  const active = new Set<{ match: Match; effect: Effect }>();

  return {
    intercept(match: Match, effect: Effect): () => void {
      const entry = { match, effect };
      active.add(entry);
      return () => {
        active.delete(entry);
      };
    },

    /** Runs the matching interceptors. `respond` gets the replacement of Okta's own response, if there is one. */
    async run(
      request: OktaRequest,
      respond: (replacement: OktaResponse | undefined) => Promise<OktaResponse>,
      signal: AbortSignal,
    ): Promise<Outcome> {
      const effects = [...active].filter(({ match }) => isMatch(match, request)).map(({ effect }) => effect);
      for (const { delayMs } of effects) if (delayMs) await wait(delayMs, undefined, { signal });
      const how = effects.findLast(({ disconnect }) => disconnect)?.disconnect;
      if (how) return { kind: 'disconnect', how };
      let response = await respond(effects.map(replacementOf).findLast((given) => given !== undefined));
      for (const { transform } of effects) if (transform) response = await transform(response, request);
      return { kind: 'response', response, truncate: effects.findLast(({ truncate }) => truncate)?.truncate };
    },
  };
}

function isMatch({ method, path, when }: Match, request: OktaRequest): boolean {
  if (method !== undefined && method !== request.method) return false;
  // `search` and not `test`, which remembers its position in a global expression.
  const isPath = typeof path === 'string' ? path === request.path : request.path.search(path) >= 0;
  return isPath && (when?.(request) ?? true);
}

function replacementOf({ status, headers, body, sender }: Effect): OktaResponse | undefined {
  if (status === undefined && headers === undefined && body === undefined) return undefined;
  const isText = body === undefined || typeof body === 'string';
  return {
    status: status ?? 200,
    headers: { ...(!isText && { 'content-type': 'application/json' }), ...headers },
    body: isText ? (body ?? '') : JSON.stringify(body),
    ...(sender && { sender }),
  };
}
