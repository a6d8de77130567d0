import { docs, type FindingDefinition } from './definition.ts';

const verify = 'Reports > Rate limits in the admin console';

/** Rate limits, told apart by whose they are. */
export const quotaFindings = {
  'rate-limit-exhausted': {
    domain: 'quota',
    severity: 'page',
    summary: "The org's rate limit for this endpoint is used up: other clients are refused as well.",
    causes: [
      'a client calls far more than usual',
      'a script or an integration loops',
      'the limit is too low for the load',
    ],
    remedy: [
      'Find the caller in Reports > Rate limits',
      'Stop or slow it',
      "Ask Okta's support for a higher limit if the load is honest",
    ],
    doc: docs.limits,
    verify,
  },
  'client-rate-limited': {
    domain: 'quota',
    severity: 'ticket',
    summary: "This client's own limit is used up; other clients are not affected.",
    causes: ['another program uses the same client from the same address', 'several monitors share an address'],
    remedy: ['Look for system.client.rate_limit.violation in the System Log', 'Give the monitor a client of its own'],
    doc: docs.limits,
    verify,
  },
  'too-many-at-once': {
    domain: 'quota',
    severity: 'ticket',
    summary: "The org's limit of requests under way at once is reached. It clears by itself.",
    causes: ['slow requests pile up', 'a batch job runs with too many workers'],
    remedy: ['Look for core.concurrency.org.limit.violation in the System Log', 'Lower the concurrency of batch jobs'],
    doc: docs.limits,
    verify,
  },
  'headroom-low': {
    domain: 'quota',
    severity: 'ticket',
    summary: 'Less than 20 % of a rate limit is left. Nobody is refused yet.',
    causes: ['a client calls more than usual', 'the load grows towards the limit'],
    remedy: ['Find the caller in Reports > Rate limits before everybody gets 429'],
    doc: docs.limits,
    verify,
  },
  'headroom-critical': {
    domain: 'quota',
    severity: 'page',
    summary: 'Less than 10 % of a rate limit is left. Soon everybody is refused.',
    causes: ['a client calls far more than usual', 'a script or an integration loops'],
    remedy: ['Find the caller in Reports > Rate limits', 'Stop or slow it now'],
    doc: docs.limits,
    verify,
  },
} as const satisfies Record<string, FindingDefinition>;
