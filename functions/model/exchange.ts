/**
 * One HTTP request and its answer, as evidence.
 *
 * Trap: this is logged and shown to people, so it holds no query string, header, body or token: only what an
 * engineer may paste into a ticket.
 */
export interface Exchange {
  readonly method: string;
  /** Origin and path. A query may carry a state, a code or a challenge, so it is never kept. */
  readonly url: string;
  /** When the request was made, ISO 8601 in UTC. */
  readonly at: string;
  readonly phases: Phases;
  readonly status?: number;
  /** `X-Okta-Request-Id`: what Okta's support and System Log know the request by. */
  readonly requestId?: string;
  readonly rateLimit?: RateLimit;
  /** What the answer's error says, whichever of Okta's shapes it came in. */
  readonly error?: OktaError;
  /** The peer's certificate, where this exchange opened the connection. */
  readonly certificate?: PeerCertificate;
  /** How the server's `Date` differs from our clock, in seconds; positive when the server is ahead. */
  readonly clockOffsetSeconds?: number;
  /** Why there is no answer. */
  readonly failure?: TransportFailure;
}

/** Milliseconds by phase. DNS, TCP and TLS are absent when the connection was already open. */
export interface Phases {
  readonly dnsMs?: number;
  readonly tcpMs?: number;
  readonly tlsMs?: number;
  /** From the request being sent on an open connection to the answer's headers: the server's own time and one round trip. */
  readonly firstByteMs?: number;
  readonly bodyMs?: number;
}

export interface PeerCertificate {
  readonly subject: string;
  readonly issuer: string;
  /** ISO 8601 in UTC. */
  readonly validTo: string;
}

/** Why an exchange ended without an answer: the system's or the TLS library's own error code. */
export interface TransportFailure {
  readonly code: string;
  readonly message: string;
}

/** Okta's rate-limit headers after repair: doubled values resolved to the tighter limit, the reset never in the past. */
export interface RateLimit {
  readonly limit: number;
  readonly remaining: number;
  readonly secondsToReset: number;
}

/** An error answer, from any of the shapes in which Okta sends them. */
export interface OktaError {
  readonly shape: 'oauth' | 'envelope' | 'challenge' | 'callback' | 'html' | 'other';
  /** OAuth's `error`, from the body, a `WWW-Authenticate` challenge or a callback. */
  readonly error?: string;
  /** Okta's `errorCode`, such as E0000047. */
  readonly errorCode?: string;
  /** What Okta's catalogue calls the description, where it is one of the catalogue. */
  readonly reason?: string;
  /** The catalogue's own words. A text that it does not know may quote anything and is not kept. */
  readonly description?: string;
  readonly errorId?: string;
}
