import { createHash } from 'node:crypto';
import type { OktaRequest } from './http-message.ts';
import { type Caller, clientParticipant } from './log-caller.ts';
import { type Bucket, type BucketState, bucketLimits, warningPercent } from './rate-limits.ts';
import type { Happening, SystemLog } from './system-log.ts';

/** A limit that a client touched, as Okta logs it: once in a window, however many requests the limit refuses. */
export interface TouchedLimit {
  /** That of the Org server's tokens by default. Limits of operations and of requests in flight have none. */
  readonly bucket?: Bucket;
  /** Requests in the window. By default, the limit of the bucket. */
  readonly threshold?: number;
  readonly secondsToReset?: number;
  /** The kind of client that the limit is for. Recorded events show `ORG`, and the catalog `USER`. */
  readonly scope?: 'ORG' | 'USER' | 'API_TOKEN' | 'APP';
  /** Of a limit of an operation: `phone_enrollment`, `authenticator_otp_verification`. */
  readonly operation?: string;
}

type DebugData = (limit: Required<TouchedLimit>, caller: Caller) => Readonly<Record<string, string>>;

type Kind = readonly [
  eventType: string,
  displayMessage: string,
  debugData: DebugData,
  more?: Pick<Happening, 'result' | 'reason'>,
];

const minute = { timeSpan: '1', timeUnit: 'MINUTES' };

const orgLimit = (limit: Required<TouchedLimit>, { actor }: Caller) => ({
  rateLimitBucketUuid: bucketUuid(limit.bucket),
  rateLimitScopeType: limit.scope,
  rateLimitSecondsToReset: String(limit.secondsToReset),
  threshold: String(limit.threshold),
  ...minute,
  ...(actor.type === 'User' && { userId: actor.id }),
});

const clientLimit = (limit: Required<TouchedLimit>, { clientId = 'unknown' }: Caller) => ({
  clientId,
  clientType: 'OAUTH2',
  ip: '127.0.0.1',
  deviceTokenHash: 'null',
  threshold: String(limit.threshold),
  ...minute,
});

const operationLimit = (limit: Required<TouchedLimit>) => ({
  operationRateLimitType: limit.operation,
  operationRateLimitScopeType: limit.scope.toLowerCase(),
  operationRateLimitSecondsToReset: String(limit.secondsToReset),
  operationRateLimitThreshold: String(limit.threshold),
  operationRateLimitTimeSpan: '5',
  operationRateLimitTimeUnit: 'MINUTES',
});

const warningLimit: DebugData = (limit, caller) => ({
  ...orgLimit(limit, caller),
  warningPercent: String(warningPercent),
});

const burst: DebugData = ({ bucket, threshold }) => ({
  burstRateLimitBucketUuid: bucketUuid(bucket),
  burstRateLimitUrlPattern: bucket,
  baseThreshold: String(threshold),
  burstThreshold: String(5 * threshold),
  ...minute,
});

const clientShare: DebugData = ({ bucket }, { clientId = 'unknown' }) => ({
  clientId,
  rateLimitBucket: bucket,
  rateLimitWarningThresholdInPercent: String(warningPercent),
});

const denied = { result: 'DENY' } as const;

/** https://developer.okta.com/docs/reference/rl-system-log-events/ */
const kinds = {
  'org-warning': ['system.org.rate_limit.warning', 'Rate limit warning', warningLimit],
  'org-violation': ['system.org.rate_limit.violation', 'Rate limit violation', orgLimit],
  'org-burst': ['system.org.rate_limit.burst', 'Burst rate limit activated', burst],
  'org-concurrency': ['core.concurrency.org.limit.violation', 'Too many requests in flight', () => ({})],
  'client-violation': ['system.client.rate_limit.violation', 'Client rate limit violation', clientLimit, denied],
  'client-notification': ['system.client.rate_limit.notification', 'Client rate limit notification', clientLimit],
  'client-concurrency': [
    'system.client.concurrency_rate_limit.violation',
    'Too many requests in flight for client',
    clientLimit,
    denied,
  ],
  'client-share': [
    'app.oauth2.client_id_rate_limit_warning',
    'Requests from a single client ID consumed the majority of the rate limit',
    clientShare,
  ],
  'operation-warning': ['system.operation.rate_limit.warning', 'Operation rate limit warning', operationLimit],
  'operation-violation': [
    'system.operation.rate_limit.violation',
    'Operation rate limit violation',
    operationLimit,
    { result: 'DENY', reason: 'Too many attempts' },
  ],
} as const satisfies Record<string, Kind>;

export type TouchedLimitKind = keyof typeof kinds;

/** An integration of the org, besides the monitor, that uses the rest of a limit. */
export const otherIntegration: Caller = {
  actor: clientParticipant('0oa7nightly8import9x', 'Nightly import'),
  clientId: '0oa7nightly8import9x',
};

/**
 * Writes touched limits to the System Log, each with the client that touched it.
 *
 * Trap: an event stands for a window, not for a request. The limit of an API token or an application has the event of
 * the org's limit, with the token or the application.
 */
export function createRateLimitLog(log: SystemLog, now: () => number, callerOf: (request: OktaRequest) => Caller) {
  const reachedBy = ({ limit, reset, reached }: BucketState, bucket: Bucket, caller: Caller) =>
    reached.map((threshold) => {
      const secondsToReset = Math.max(0, reset - Math.floor(now() / 1000));
      return happening(`org-${threshold}`, { bucket, threshold: limit, secondsToReset }, caller);
    });
  return {
    /** After a request was counted. */
    counted(request: OktaRequest, bucket: Bucket, state: BucketState): void {
      for (const each of reachedBy(state, bucket, callerOf(request))) log.record(request, each);
    },

    /** After other clients used up a bucket. */
    usedByOthers(bucket: Bucket, state: BucketState): void {
      log.recordAll(reachedBy(state, bucket, otherIntegration));
    },

    record(kind: TouchedLimitKind, limit: TouchedLimit, caller: Caller): void {
      log.recordAll([happening(kind, limit, caller)]);
    },
  };
}

function happening(name: TouchedLimitKind, given: TouchedLimit, caller: Caller): Happening {
  const [eventType, displayMessage, debugData, more]: Kind = kinds[name];
  const bucket = given.bucket ?? '/oauth2/v1/token';
  const limit: Required<TouchedLimit> = {
    bucket,
    threshold: bucketLimits[bucket],
    secondsToReset: 30,
    scope: 'ORG',
    operation: 'web_request',
    ...given,
  };
  const isOfBucket = name.startsWith('org-') && name !== 'org-concurrency';
  const target = (type: string, id: string) => ({ id, type, displayName: null });
  return {
    eventType,
    displayMessage,
    severity: 'WARN',
    ...caller,
    ...more,
    targets: [
      ...(isOfBucket ? [target('URL Pattern', bucket), target('Bucket Uuid', bucketUuid(bucket))] : []),
      ...(caller.clientId !== undefined && name.startsWith('client-') ? [caller.actor] : []),
    ],
    debugData: debugData(limit, caller),
  };
}

/** The id of a bucket is the same in all orgs: a UUID made of its name (RFC 9562, 5.3). */
function bucketUuid(bucket: string): string {
  const hash = createHash('md5').update(bucket).digest('hex');
  const variant = ((Number.parseInt(hash.slice(16, 18), 16) & 0x3f) | 0x80).toString(16);
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-3${hash.slice(13, 16)}-${variant}${hash.slice(18, 20)}-${hash.slice(20)}`;
}
