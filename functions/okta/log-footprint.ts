/** A request of the monitor that leaves an event, by its `X-Okta-Request-Id`. */
export interface SentRequest {
  readonly requestId: string;
  readonly sentAtMs: number;
}

/** Which requests of the monitor are in the org's System Log. */
export interface Footprint {
  /** With the time from the request until its event was read, which is at least as long as the event took. */
  readonly arrived: readonly (SentRequest & { readonly withinMs: number })[];
  /** With the time since the request. Okta promises none, so a young one proves nothing. */
  readonly missing: readonly (SentRequest & { readonly waitedMs: number })[];
}

/**
 * Looks for the monitor's own requests among the events that were read until `readAtMs`.
 *
 * Okta's answer has the id of the transaction that its events have. Trap: requests for keys, discovery, introspection and
 * user info have no event.
 * https://developer.okta.com/docs/reference/core-okta-api/#request-debugging
 */
export function matchFootprint(
  sent: readonly SentRequest[],
  events: readonly { readonly requestId?: string }[],
  readAtMs: number,
): Footprint {
  const logged = new Set(events.map(({ requestId }) => requestId));
  const [arrived, missing] = [true, false].map((isIn) =>
    sent.filter(({ requestId }) => logged.has(requestId) === isIn),
  );
  const since = ({ sentAtMs }: SentRequest) => Math.max(0, readAtMs - sentAtMs);
  return {
    arrived: (arrived ?? []).map((request) => ({ ...request, withinMs: since(request) })),
    missing: (missing ?? []).map((request) => ({ ...request, waitedMs: since(request) })),
  };
}
