import type { Exchange } from '../model/exchange.ts';
import type { Org, Server, ServerKind } from '../model/org.ts';
import { kindOf } from '../model/org.ts';
import type { Endpoint } from '../model/probe.ts';
import { locate } from '../okta/endpoints.ts';

/** All that a rule may see: what was sent where, and what came back. */
export interface AnswerContext {
  readonly exchange: Exchange;
  readonly endpoint: Endpoint | undefined;
  readonly kind: ServerKind;
  /** The scopes that the request asked for, where it asked for any. */
  readonly scopes: readonly string[];
}

/** The evidence in a probe's last exchange. */
export function answerContext(exchange: Exchange, org: Org, server: Server): AnswerContext {
  const located = locate(exchange.url);
  const asked: Partial<Record<Endpoint, readonly string[]>> = {
    authorize: server.web?.scopes ?? [],
    // The rate-limit probe asks the Org server on behalf of the API's own client.
    token: server.service?.scopes ?? (org.api?.kind === 'client' ? org.api.scopes : []),
  };
  return {
    exchange,
    endpoint: located?.endpoint,
    kind: located?.kind ?? kindOf(server),
    scopes: (located && asked[located.endpoint]) ?? [],
  };
}
