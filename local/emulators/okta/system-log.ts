import { randomUUID } from 'node:crypto';
import type { OktaRequest } from './http-message.ts';

/** What happened, in the words of Okta's catalog of events. */
export interface Happening {
  readonly eventType: string;
  readonly displayMessage: string;
  readonly actor: {
    readonly id: string;
    readonly type: string;
    readonly displayName: string;
    readonly alternateId?: string;
  };
  /** Okta's internal code of the error, if it failed. */
  readonly failure?: string;
  /** The result, if it is neither a success nor a failure. */
  readonly result?: 'ALLOW' | 'CHALLENGE' | 'DENY';
  readonly debugData?: Readonly<Record<string, string>>;
}

const keptEvents = 1000;

/**
 * The org's System Log.
 *
 * An event has the request's `X-Okta-Request-Id` as the id of its transaction.
 * https://developer.okta.com/docs/reference/api/system-log/
 */
export function createSystemLog(now: () => number) {
  const events: object[] = [];
  return {
    events: events as readonly object[],
    record({ id, path, raw }: OktaRequest, { actor, failure, result, debugData, ...event }: Happening): void {
      if (events.length === keptEvents) events.shift();
      events.push({
        uuid: randomUUID(),
        published: new Date(now()).toISOString(),
        version: '0',
        severity: failure === undefined ? 'INFO' : 'WARN',
        legacyEventType: null,
        ...event,
        actor: { alternateId: 'unknown', detailEntry: null, ...actor },
        client: {
          userAgent: { rawUserAgent: raw.headers['user-agent'] ?? 'unknown', os: 'Unknown', browser: 'UNKNOWN' },
          zone: 'null',
          device: 'Unknown',
          id: null,
          ipAddress: '127.0.0.1',
          geographicalContext: null,
        },
        outcome: { result: result ?? (failure === undefined ? 'SUCCESS' : 'FAILURE'), reason: failure ?? null },
        target: [],
        transaction: { type: 'WEB', id, detail: {} },
        debugContext: { debugData: { requestId: id, requestUri: path, url: `${path}?`, ...debugData } },
        authenticationContext: { authenticationStep: 0, externalSessionId: 'unknown' },
        securityContext: {},
        request: { ipChain: [{ ip: '127.0.0.1', geographicalContext: null, version: 'V4', source: null }] },
      });
    },
  };
}

export type SystemLog = ReturnType<typeof createSystemLog>;
