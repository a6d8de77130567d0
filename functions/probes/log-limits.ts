import { type FindingCode, finding } from '../findings/finding.ts';
import type { Finding } from '../model/finding.ts';
import type { Party, TouchedLimit } from '../model/org-log.ts';
import { defineProbe } from '../model/probe.ts';

/** How long a single event is reported, because an alarm needs several bad runs. */
const reportedMs = 15 * 60_000;

/** The minutes of an hour with warnings that are no coincidence. */
const minutesNear = 2;

/** People's sign-ins and tokens depend on these buckets. Trap: /oauth2/v1/clients is an API of administrators. */
const signInBucket = /^\/(oauth2(?!\/v1\/clients)|idp\/idx|login|api\/v1\/authn|app(?!s))/;

/**
 * Reports the rate limits of others: no response shows the monitor that the whole org, an application or a token is at its
 * limit. Okta writes one event for each bucket and window, and not for each request.
 * https://developer.okta.com/docs/reference/rl2-monitor/
 */
export const logLimits = defineProbe({
  id: 'log-limits',
  question: 'Has anybody used up a rate limit of the org?',
  group: 'system-log',
  scope: 'org',
  requires: ['api', 'systemLog'],
  inputs: ['orgLog'],
  requests: [],
  timed: false,
  metrics: {},
  async run({ org, inputs: { orgLog } }) {
    const { memory, readAtMs } = orgLog;
    const recent = memory.limits.filter((one) => readAtMs - one.readAtMs < reportedMs);
    const own = org.systemLog?.ownClientIds ?? [];
    const found = [...Map.groupBy(recent, codeOf)].flatMap(([code, limits]) =>
      code === undefined ? [] : [findingOf(code, limits, own)],
    );
    const reached = new Set(recent.filter(isReached).map(({ bucket }) => bucket));
    const near = [...Map.groupBy(memory.limits.filter(isNear), ({ bucket }) => bucket ?? '')]
      .filter(
        ([bucket, limits]) => !reached.has(bucket) && isRepeated(limits) && limits.some((one) => recent.includes(one)),
      )
      .flatMap(([, limits]) => limits);
    const others = recent.filter((one) => codeOf(one) === undefined && !near.includes(one));
    return {
      readings: {},
      notes: others.map((one) => `${one.scope} limit, ${one.limit}: ${describe(one, own)}`),
      warnings: [...found, ...(near.length > 0 ? [findingOf('org-limit-near', near, own)] : [])],
    };
  },
});

/** Only what refuses sign-ins wakes people. */
function codeOf({ limit, scope, bucket = '' }: TouchedLimit): FindingCode | undefined {
  if (limit === 'concurrency') return 'concurrency-reached';
  if (limit !== 'violation') return undefined;
  if (scope === 'org') return signInBucket.test(bucket) ? 'org-limit-reached' : 'api-limit-reached';
  return scope === 'operation' ? 'operation-limit-reached' : 'client-limit-reached';
}

function findingOf(code: FindingCode, limits: readonly TouchedLimit[], own: readonly string[]): Finding {
  const latest = limits.toSorted((one, other) => (other.minutesMs.at(-1) ?? 0) - (one.minutesMs.at(-1) ?? 0));
  const shown = latest.slice(0, 3).map((one) => describe(one, own));
  const more = latest.length > shown.length ? [`and ${latest.length - shown.length} more`] : [];
  return finding(code, {
    detail: [...shown, ...more].join('; '),
    comparisons: latest.slice(0, 3).map(({ bucket, operation, threshold, limit }) => ({
      name: `requests to ${bucket ?? operation ?? 'a bucket without a name'}`,
      expected: threshold === undefined ? 'fewer than the limit' : `at most ${threshold} in a period`,
      found: limit === 'warning' ? 'nearly as many' : 'more',
    })),
  });
}

function isReached({ limit, scope }: TouchedLimit): boolean {
  return scope === 'org' && limit === 'violation';
}

function isNear({ limit, scope }: TouchedLimit): boolean {
  return scope === 'org' && (limit === 'warning' || limit === 'burst');
}

function isRepeated(limits: readonly TouchedLimit[]): boolean {
  return new Set(limits.flatMap(({ minutesMs }) => minutesMs)).size >= minutesNear;
}

function describe({ bucket, operation, by, minutesMs }: TouchedLimit, own: readonly string[]): string {
  const times = minutesMs.slice(-3).map((minute) => `${new Date(minute).toISOString().slice(11, 16)}Z`);
  return `${bucket ?? operation ?? 'a bucket without a name'} at ${times.join(', ')}, reached by ${nameOf(by, own)}`;
}

function nameOf(by: Party, own: readonly string[]): string {
  switch (by.type) {
    case 'application': {
      const { id, name } = by;
      if (id !== undefined && own.includes(id)) return `this monitor (application ${id})`;
      return name === undefined ? `application ${id ?? 'without an id'}` : `application ${name}${id ? ` (${id})` : ''}`;
    }
    case 'api-token':
      return `API token ${by.id}`;
    case 'user':
      return 'a user, whom the System Log names';
    case 'okta':
      return 'Okta itself';
    default:
      return 'an actor that the event does not name';
  }
}
