import type { Exchange } from './exchange.ts';
import type { Finding } from './finding.ts';
import type { MetricDefinition } from './metric.ts';
import type { Org, Server } from './org.ts';
import type { Readings } from './outcome.ts';

/** Probes of one group run together in one function, with the rights that they need and no more. */
export const groups = ['flows', 'limits', 'status', 'negative-tests'] as const;

export type Group = (typeof groups)[number];

/**
 * How a group's runs use the series that all of an org's groups share, which its alarms watch.
 *
 * `dense`: publishes each of them on every run, zeros too, so that an alarm never lacks data while the group runs.
 * `sparse`: adds what it found, and says nothing where that is nothing: a group that runs less often cannot keep a
 * series dense. `apart`: leaves them alone, and each of its probes has a `Success` and an alarm of its own.
 */
export const publishMode: Readonly<Record<Group, 'dense' | 'sparse' | 'apart'>> = {
  flows: 'dense',
  limits: 'sparse',
  status: 'sparse',
  'negative-tests': 'apart',
};

/** What of the configuration a probe cannot do without. */
export type Requirement = 'web' | 'service' | 'api' | 'negativeTests';

/** The endpoints that probes call; each has a URL and perhaps a rate-limit bucket by kind of server. */
export type Endpoint =
  | 'organization'
  | 'discovery'
  | 'keys'
  | 'authorize'
  | 'token'
  | 'introspect'
  | 'users'
  | 'status-page';

/** What one probe learns and another needs, within a run and at the same server. */
export interface Artifacts {
  readonly token: AccessToken;
  readonly keys: KeySet;
}

/** A fresh access token. Trap: `value` opens doors; it may be sent to Okta and nowhere else. */
export interface AccessToken {
  readonly value: string;
  readonly scope?: string;
  readonly expiresInSeconds?: number;
  /** How far the server's clock was from ours when it issued the token. */
  readonly clockOffsetSeconds?: number;
}

/** A JWK Set (RFC 7517) as it was served. */
export interface KeySet {
  readonly keys: readonly Readonly<Record<string, unknown>>[];
}

export type ArtifactName = keyof Artifacts;

/** The function to reach Okta by. It has the shape of `fetch`, follows no redirect, and records every exchange. */
export type Fetch = (url: string, init?: FetchInit) => Promise<Response>;

export interface FetchInit {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | URLSearchParams | Uint8Array | null;
}

/** How a probe proves who it is, without ever holding the secret. */
export interface Credentials {
  /** A fresh client-credentials token of this server. Asks again once, with the secret re-read, when it is refused. */
  fetchToken(server: Server, fetch: Fetch): Promise<AccessToken>;
  /** What the server says of a token (RFC 7662). */
  introspect(server: Server, token: AccessToken, fetch: Fetch): Promise<Readonly<Record<string, unknown>>>;
  /** Calls a management endpoint with the org's API credential. Asks again once, with the secret re-read, when it is refused. */
  callApi(url: string, fetch: Fetch): Promise<Response>;
}

/** What a probe is given to work with. Time, randomness and the network come from here alone. */
export interface ProbeContext<Inputs extends ArtifactName = ArtifactName> {
  readonly org: Org;
  /** The server looked at. For a probe of the whole org it is the Org server. */
  readonly server: Server;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly fetch: Fetch;
  /** The exchanges that this probe has made so far. */
  readonly exchanges: readonly Exchange[];
  readonly credentials: Credentials;
  readonly inputs: Pick<Artifacts, Inputs>;
  /** The canonical name behind a host, or undefined: how an org's cell is found. */
  readonly canonicalName: (host: string) => Promise<string | undefined>;
}

/** What a probe found when all is well. Anything that is not well it throws, as a `ProbeFailure`. */
export interface ProbeResult<Metric extends string = string, Output extends ArtifactName = ArtifactName> {
  /** A number for each declared metric; undefined where this run could not measure it. */
  readonly readings: Readonly<Record<Metric, number | undefined>>;
  readonly notes?: readonly string[];
  readonly warnings?: readonly Finding[];
  readonly provides?: Pick<Artifacts, Output>;
}

interface ProbeDefinition<Metric extends string, Input extends ArtifactName, Output extends ArtifactName> {
  /** Permanent and kebab-case: it is the `Probe` dimension. */
  readonly id: string;
  /** The question that the probe asks. */
  readonly question: string;
  readonly group: Group;
  /** `server`: at each server; `custom-server`: at custom ones only; `org`: once an org. */
  readonly scope: 'org' | 'server' | 'custom-server';
  readonly requires?: readonly Requirement[];
  /** Artifacts of other probes. When one was not to be had, this probe is skipped. */
  readonly inputs?: readonly Input[];
  readonly provides?: Output;
  /** Every request of one healthy run: the budget, the buckets whose headroom is seen, and the docs. */
  readonly requests: readonly Endpoint[];
  /** Publish `Duration`, the server's time for this probe's request: a metric costs money, so only where people would look. */
  readonly timed: boolean;
  readonly metrics: Readonly<Record<Metric, MetricDefinition>>;
  run(context: ProbeContext<Input>): Promise<ProbeResult<NoInfer<Metric>, NoInfer<Output>>>;
}

/** One question asked on a schedule: the definition from which the runtime, the stack and the docs all work. */
export interface Probe extends Omit<ProbeDefinition<string, ArtifactName, ArtifactName>, 'run'> {
  run(context: ProbeContext): Promise<{
    readonly readings: Readings;
    readonly notes?: readonly string[];
    readonly warnings?: readonly Finding[];
    readonly provides?: Partial<Artifacts>;
  }>;
}

/**
 * Checks a probe's definition by its types: a declared metric without a reading does not compile.
 * What it returns has forgotten the names, so that probes fit into one list.
 */
export function defineProbe<
  const Metric extends string = never,
  const Input extends ArtifactName = never,
  const Output extends ArtifactName = never,
>(definition: ProbeDefinition<Metric, Input, Output>): Probe {
  return definition as unknown as Probe;
}
