/**
 * One HTTP request and its response, as evidence.
 *
 * Trap: exchanges are logged and shown to people, so they hold no query string, header, body or token. Everything here
 * is safe to paste into a ticket.
 */
export interface Exchange {
  readonly method: string;
  /** Origin and path. The query is never kept: it may carry a state, a code or a challenge. */
  readonly url: string;
  /** When the request was made, ISO 8601 in UTC. */
  readonly at: string;
  /** How the request authenticated, by which a person can repeat it. Absent if it did not. */
  readonly authentication?: RequestAuthentication;
  /** The request had a proof of possession (DPoP, RFC 9449). */
  readonly proof?: true;
  /** The request was to an API of your own, in whose answer nothing is read as Okta's. */
  readonly ofResource?: true;
  readonly phases: Phases;
  /**
   * By how many milliseconds the first byte may have been noticed too late, because the monitor's own process stood still.
   * Absent if at most two. Such a reading is evidence, and not part of the latency series.
   */
  readonly lateMs?: number;
  readonly status?: number;
  /** `X-Okta-Request-Id`, by which Okta Support and the System Log identify the request. */
  readonly requestId?: string;
  readonly rateLimit?: RateLimit;
  /** The answer comes from a cache: the headers that say so, in words (RFC 9111, 5.1). */
  readonly cached?: string;
  /** Where a redirect leads: origin and path. The query is never kept. */
  readonly location?: string;
  /** `Retry-After` (RFC 9110, 10.2.3) of a refusal, in seconds from the response on. */
  readonly retryAfterSeconds?: number;
  /** The error in the response, parsed from whichever format Okta used. */
  readonly error?: OktaError;
  /** The server's certificate, if this exchange was the first over a connection that was opened anew. */
  readonly certificate?: PeerCertificate;
  /** The connection resumed a TLS session: its TLS phase is shorter than that of a new one, and shows no certificate. */
  readonly resumed?: true;
  /** The server's `Date` minus our clock, in seconds: positive when the server is ahead. */
  readonly clockOffsetSeconds?: number;
  /** What shows who sent the response. */
  readonly sender?: SenderMarks;
  /** Why there is no complete response. With a `status`, the headers arrived and the body did not. */
  readonly failure?: TransportFailure;
}

/**
 * By how many milliseconds the clock of the answers is ahead of ours, by the last one that has a date. An offset of 0 is one
 * too: it corrects an earlier answer that a cache had kept.
 *
 * Expiries and assertions are judged by that clock, because ours may be the wrong one.
 */
export function clockOffsetMs(exchanges: readonly Exchange[]): number {
  return (exchanges.findLast((each) => each.clockOffsetSeconds !== undefined)?.clockOffsetSeconds ?? 0) * 1000;
}

/** The client authentication of a request to an OAuth endpoint, or the authorization of a call of the API. */
export const requestAuthentications = [
  'private_key_jwt',
  'client_secret_basic',
  'client_secret_post',
  'api_token',
  'access_token',
] as const;

export type RequestAuthentication = (typeof requestAuthentications)[number];

/** What in a response shows who sent it. Texts are clipped, and none can hold a secret or personal data. */
export interface SenderMarks {
  /** The `Server` header. */
  readonly server?: string;
  /** The `Via` header. */
  readonly via?: string;
  /** `Content-Type` without its parameters. */
  readonly mediaType?: string;
  /** The origin that `Location` leads to, if it is not the org's own. */
  readonly redirect?: string;
  /** The schemes of `WWW-Authenticate` and `Proxy-Authenticate`. */
  readonly challenges?: readonly string[];
  /** The body is a success of the protocol, as this endpoint sends it. Something in between has no reason to make one. */
  readonly protocol?: boolean;
  /** Marks that only Okta leaves, in words. */
  readonly okta?: readonly string[];
  /** What Okta's pages have, and others may have too, in words. */
  readonly hints?: readonly string[];
  /** Headers of proxies and CDNs, in words: the response passed them, and they need not have sent it. */
  readonly passed?: readonly string[];
  /** What proxies, firewalls, CDNs and portals say when they answer themselves, in words. */
  readonly intermediary?: readonly string[];
}

/** The lateness of a reading that is still accepted, in milliseconds. */
export const toleratedLateMs = 2;

/** How long an answer took, complete, in milliseconds: at least, where the monitor's own process may have stood still. */
export function answerMs({ phases: { firstByteMs = 0, bodyMs = 0 }, lateMs = 0 }: Exchange): number {
  return Math.round(firstByteMs + bodyMs - lateMs);
}

/** Milliseconds per phase. DNS, TCP and TLS are absent when the connection was already open. */
export interface Phases {
  readonly dnsMs?: number;
  readonly tcpMs?: number;
  readonly tlsMs?: number;
  /** From sending the request on an open connection to receiving the headers: the server's time plus one round trip. */
  readonly firstByteMs?: number;
  readonly bodyMs?: number;
}

export interface PeerCertificate {
  readonly subject: string;
  readonly issuer: string;
  /** ISO 8601 in UTC. */
  readonly validTo: string;
}

/** Why an exchange ended without a response: the error code of the system or the TLS library. */
export interface TransportFailure {
  readonly code: string;
  readonly message: string;
}

/** Okta's rate-limit headers, normalized: repeated values reduced to the tighter limit, and no reset in the past. */
export interface RateLimit {
  readonly limit: number;
  readonly remaining: number;
  readonly secondsToReset: number;
}

/** An error response, parsed from any of the formats that Okta uses. */
export interface OktaError {
  readonly shape: 'oauth' | 'envelope' | 'challenge' | 'callback' | 'html' | 'other';
  /** OAuth's `error`, from the body, a `WWW-Authenticate` challenge or a callback. */
  readonly error?: string;
  /** Okta's `errorCode`, such as E0000047. */
  readonly errorCode?: string;
  /** The reason code that Okta's error catalog gives to the description, if the catalog lists it. */
  readonly reason?: string;
  /** The description in the catalog's words. Any other text is redacted, because it may quote a request. */
  readonly description?: string;
  /**
   * A text that is not in the catalog, with only those runs of its words that the catalog has too: "… does not contain the
   * required scopes". The rest could name a person.
   */
  readonly wording?: string;
  /** The scopes that a challenge demands. */
  readonly scopes?: readonly string[];
  readonly errorId?: string;
  /** The `errorCauses` of an envelope that hold no personal value. */
  readonly causes?: readonly string[];
}
