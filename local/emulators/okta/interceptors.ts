import { setTimeout as wait } from 'node:timers/promises';
import type { Answer, AnswerHeaders } from './answer.ts';
import type { OktaRequest } from './okta-request.ts';

/** Which requests an intervention is for. A string is the whole path, without the query. */
export interface Match {
  readonly method?: string;
  readonly path: string | RegExp;
  /** Asked once about each request that the others match. */
  readonly when?: (request: OktaRequest) => boolean;
}

/** What happens to them. Several members together: first the delay, then the answer, then the transformation. */
export interface Effect {
  /** Waits before the request is looked at. */
  readonly delayMs?: number;
  /**
   * Answers in Okta's place: neither the authorization server nor the API is asked, and no rate limit counts it.
   * 200 if only a body is given. The usual `date` and `x-okta-request-id` are added unless they are among `headers`.
   */
  readonly status?: number;
  readonly headers?: AnswerHeaders;
  /** Anything but a string is sent as JSON. */
  readonly body?: unknown;
  /** Alters what would have been sent. */
  readonly transform?: (answer: Answer, request: OktaRequest) => Answer | Promise<Answer>;
  /** Closes the connection where the answer should be: in good order, or by a TCP reset. */
  readonly hangUp?: true | 'reset';
  /** Sends the head of the answer and half of its body, and then nothing more, or closes the connection. */
  readonly breakOff?: 'stall' | 'close';
}

/** What to do with a connection once every intervention had its say. */
export type Outcome =
  | { readonly kind: 'answer'; readonly answer: Answer; readonly breakOff: Effect['breakOff'] }
  | { readonly kind: 'hang up'; readonly how: NonNullable<Effect['hangUp']> };

/**
 * The one switch that outages are made of: whoever holds it can delay, replace or alter any answer while the server
 * runs, and take it back. Where several match, they apply in the order in which they came; the last answer wins.
 */
export function createInterventions() {
  const active = new Set<{ match: Match; effect: Effect }>();

  return {
    intervene(match: Match, effect: Effect): () => void {
      const entry = { match, effect };
      active.add(entry);
      return () => {
        active.delete(entry);
      };
    },

    /** `ask` is told of the answer that takes the place of Okta's own, if there is one. */
    async around(
      request: OktaRequest,
      ask: (replacement: Answer | undefined) => Promise<Answer>,
      signal: AbortSignal,
    ): Promise<Outcome> {
      const effects = [...active].filter(({ match }) => isMatch(match, request)).map(({ effect }) => effect);
      for (const { delayMs } of effects) if (delayMs) await wait(delayMs, undefined, { signal });
      const how = effects.findLast(({ hangUp }) => hangUp)?.hangUp;
      if (how) return { kind: 'hang up', how };
      let answer = await ask(effects.map(replacement).findLast((given) => given !== undefined));
      for (const { transform } of effects) if (transform) answer = await transform(answer, request);
      return { kind: 'answer', answer, breakOff: effects.findLast(({ breakOff }) => breakOff)?.breakOff };
    },
  };
}

function isMatch({ method, path, when }: Match, request: OktaRequest): boolean {
  if (method !== undefined && method !== request.method) return false;
  // `search` rather than `test`, which remembers its position in a global expression.
  const isThere = typeof path === 'string' ? path === request.path : request.path.search(path) >= 0;
  return isThere && (when?.(request) ?? true);
}

function replacement({ status, headers, body }: Effect): Answer | undefined {
  if (status === undefined && headers === undefined && body === undefined) return undefined;
  const isText = body === undefined || typeof body === 'string';
  return {
    status: status ?? 200,
    headers: { ...(!isText && { 'content-type': 'application/json' }), ...headers },
    body: isText ? (body ?? '') : JSON.stringify(body),
  };
}
