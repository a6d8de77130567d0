import type { SentRequest } from '../model/org-log.ts';

/** Which requests of the monitor are in the org's System Log. */
export interface Footprint {
  /** With the time from the request until its event was read, which is at least as long as the event took. */
  readonly arrived: readonly (SentRequest & { readonly withinMs: number })[];
  /** Okta promises no time, so a young one proves nothing. */
  readonly missing: readonly SentRequest[];
}

/**
 * Looks for the monitor's own requests among those whose events were read.
 *
 * Okta's answer has the id of the transaction that its events have. Trap: requests for keys, discovery, introspection and
 * user info have no event.
 * https://developer.okta.com/docs/reference/core-okta-api/#request-debugging
 */
export function matchFootprint(
  sent: readonly SentRequest[],
  read: readonly { readonly requestId: string; readonly readAtMs: number }[],
): Footprint {
  const readAt = new Map(read.map(({ requestId, readAtMs }) => [requestId, readAtMs]));
  return {
    arrived: sent.flatMap((request) => {
      const readAtMs = readAt.get(request.requestId);
      return readAtMs === undefined ? [] : [{ ...request, withinMs: Math.max(0, readAtMs - request.sentAtMs) }];
    }),
    missing: sent.filter(({ requestId }) => !readAt.has(requestId)),
  };
}
