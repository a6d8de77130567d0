import { docs, type FindingDefinition } from '../definition.ts';

const verify = 'Open Reports > Rate limits in the admin console';

/** Rate limits, by whose limit it is. */
export const quotaFindings = {
  'rate-limit-exhausted': {
    domain: 'quota',
    severity: 'page',
    brief: 'rate limit used up',
    summary:
      'A rate limit of this endpoint is used up, and Okta rejects requests. It is the limit of the org, or the share of it that this client may use.',
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
  'rate-limited': {
    domain: 'quota',
    severity: 'page',
    brief: 'rate limited',
    summary: 'Okta rejects requests because of a rate limit, and does not say whose limit it is.',
    causes: [
      'the limit of the org for this endpoint',
      'the limit of this client, or of the address that it calls from',
    ],
    remedy: [
      'Look in Reports > Rate limits: if the endpoint is at its limit, other clients are rejected too',
      'Find the client that uses it up, and stop it or slow it down',
    ],
    doc: docs.limits,
    verify,
  },
  'principal-rate-limited': {
    domain: 'quota',
    severity: 'ticket',
    brief: 'own limit used up',
    summary:
      "Okta rejects this client's requests although its rate limit has requests left, so another limit is used up: that of this client or application.",
    causes: [
      'the share of the limit that Okta allows to one application or API token (50 % by default)',
      'another program that uses the same client',
      'too many concurrent requests',
    ],
    remedy: [
      'Look in Reports > Rate limits for violations of this client',
      'Give the monitor its own client',
      "In the application's settings, raise its share of the rate limit",
    ],
    doc: docs.limits,
    verify,
  },
  'api-rate-limited': {
    domain: 'quota',
    severity: 'ticket',
    brief: 'API limit used up',
    summary: 'Okta rejects requests to the management API because of a rate limit. Sign-in has other limits.',
    causes: [
      'a script or integration that sends too many requests',
      'the share of the limit that Okta allows to one application or API token (50 % by default)',
    ],
    remedy: ['Find the client in Reports > Rate limits', 'Stop it or slow it down'],
    doc: docs.limits,
    verify,
  },
  'headroom-unknown': {
    domain: 'quota',
    severity: 'ticket',
    brief: 'headroom unknown',
    summary:
      'The response is good, but it has no usable rate-limit headers, so nobody sees when the limit is nearly used up.',
    causes: ['a proxy or CDN that removes or changes the headers', 'a change in how Okta sends them'],
    remedy: ['Repeat the request from another network, and compare the headers'],
    doc: docs.limits,
    verify: 'curl -i -H "Authorization: SSWS $API_TOKEN" "https://DOMAIN/api/v1/users?limit=1" | grep -i x-rate-limit',
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
    impact: 'One client, or one address, is refused. Others notice nothing.',
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
    impact: 'Some requests are refused until others have ended, usually within seconds.',
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
    impact: 'None yet. At this rate the limit may be used up within a minute.',
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
    impact: 'None yet. One more burst of requests, and Okta refuses everybody.',
  },
} as const satisfies Record<string, FindingDefinition>;
