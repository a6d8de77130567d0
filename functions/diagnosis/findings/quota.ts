import { docs, type FindingDefinition } from './definition.ts';

const verify = 'Open Reports > Rate limits in the admin console';

/** Rate limits, by whose limit it is. */
export const quotaFindings = {
  'rate-limit-exhausted': {
    domain: 'quota',
    severity: 'page',
    brief: 'rate limit used up',
    summary: "The org's rate limit for this endpoint is exhausted, so Okta rejects other clients too.",
    causes: [
      'a client that sends far more requests than usual',
      'a script or integration in a loop',
      'a limit that is too low for the normal load',
    ],
    remedy: [
      'Find the client in Reports > Rate limits',
      'Stop it or slow it down',
      'If the load is legitimate, ask Okta Support for a higher limit',
    ],
    doc: docs.limits,
    verify,
  },
  'client-rate-limited': {
    domain: 'quota',
    severity: 'ticket',
    brief: 'client limit used up',
    summary: "This client's own rate limit is exhausted, but other clients are not affected.",
    causes: ['another program that uses the same client from the same address', 'several monitors behind one address'],
    remedy: ['Search the System Log for system.client.rate_limit.violation', 'Give the monitor its own client'],
    doc: docs.limits,
    verify,
  },
  'too-many-at-once': {
    domain: 'quota',
    severity: 'ticket',
    brief: 'too many at once',
    summary: 'The org has too many concurrent requests; the limit clears as they finish.',
    causes: ['slow requests that pile up', 'a batch job with too many workers'],
    remedy: ['Search the System Log for core.concurrency.org.limit.violation', 'Lower the concurrency of batch jobs'],
    doc: docs.limits,
    verify,
  },
  'headroom-low': {
    domain: 'quota',
    severity: 'ticket',
    brief: 'rate limit low',
    summary: 'Less than 20 % of a rate limit is left, but Okta does not reject requests yet.',
    causes: ['a client that sends more requests than usual', 'normal load that grows towards the limit'],
    remedy: ['Find the client in Reports > Rate limits before requests are rejected with 429'],
    doc: docs.limits,
    verify,
  },
  'headroom-critical': {
    domain: 'quota',
    severity: 'page',
    brief: 'rate limit nearly out',
    summary: 'Less than 10 % of a rate limit is left, and Okta rejects requests once it is exhausted.',
    causes: ['a client that sends far more requests than usual', 'a script or integration in a loop'],
    remedy: ['Find the client in Reports > Rate limits', 'Stop it or slow it down now'],
    doc: docs.limits,
    verify,
  },
} as const satisfies Record<string, FindingDefinition>;
