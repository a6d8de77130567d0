import type { Forgery } from './access-token.ts';
import type { TlsFlaw } from './certificates.ts';
import type { ServedRequest } from './https-listener.ts';
import type { Effect, Match } from './interceptors.ts';
import type { Bucket } from './rate-limits.ts';
import type { RegisteredClients } from './registered-clients.ts';
import type { ServerId } from './servers.ts';
import type { ReportedStatus } from './status-page.ts';

export interface OktaOptions {
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** Epoch milliseconds. For the rate limits' windows, the `Date` header, and what is told of key rotation. */
  readonly now?: () => number;
  /** Requests per minute, where they should differ from a Workforce org's. */
  readonly rateLimits?: Partial<Record<Bucket, number>>;
  readonly statusPage?: ReportedStatus;
}

export interface OktaEmulator extends AsyncDisposable {
  /** `localhost` and the port. */
  readonly domain: string;
  readonly origin: string;
  /** PEM of the authority that signed the server's certificate. Trust it, and nothing has to be switched off. */
  readonly ca: string;
  readonly clients: RegisteredClients;
  /** Who can sign in to the web application. */
  readonly person: { readonly login: string; readonly password: string };
  /** For `Authorization: SSWS …`. */
  readonly apiToken: string;
  readonly servers: readonly ServerId[];
  readonly issuers: Readonly<Record<ServerId, string>>;
  readonly audiences: Readonly<Record<ServerId, string>>;
  readonly statusPageUrl: string;
  readonly statusFeedUrl: string;
  /** Since the start, or since they were last forgotten. */
  readonly requests: readonly ServedRequest[];
  forgetRequests(): void;
  setStatus(status: ReportedStatus): void;
  /** Delays, replaces or alters answers from now on. Returns the way back. */
  intercept(match: Match, effect: Effect): () => void;
  /** Sends out other access tokens than the server issued and stands by. Returns the way back. */
  forgeTokens(server: ServerId, forgery: Forgery): () => void;
  /** Shows a flawed certificate, or none that a client can use, to connections from now on. Resolves to the way back. */
  breakTls(flaw: TlsFlaw): Promise<() => void>;
  /** Leaves a share, 0 to 1, of a bucket's requests in its current minute, as if others had made the rest. Returns the way back. */
  leaveHeadroom(bucket: Bucket, share: number): () => void;
  /** Forgets every request that rate limits have counted. */
  refillRateLimits(): void;
  close(): Promise<void>;
}
