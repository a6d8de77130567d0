import type { PeerCertificate, RequestAuthentication } from '../../../functions/model/exchange.ts';
import type { LogLine } from '../../../functions/model/log-line.ts';
import { formatTarget } from '../../../functions/model/target.ts';
import { locate } from '../../../functions/okta/endpoints.ts';
import { headroomPercent, limitOwner } from '../../../functions/okta/rate-limit.ts';
import { bold, dim, fold, indent, momentInWords, table } from '../reporters/text.ts';
import type { CheckedOrg } from './check-orgs.ts';

/** One request of a check, by which Okta and its System Log find it. */
export interface SentRequest {
  readonly target: string;
  readonly method: string;
  /** Origin and path. */
  readonly url: string;
  readonly status?: number;
  /** Why there was no complete answer. */
  readonly failure?: string;
  readonly firstByteMs?: number;
  readonly requestId?: string;
  readonly authentication?: RequestAuthentication;
}

/** The least that was left of a limit. */
export interface BucketLimit {
  readonly bucket: string;
  /** The owner of the limit, as far as its size shows. */
  readonly owner: 'org' | 'client' | 'concurrency';
  readonly limit: number;
  readonly remaining: number;
  readonly secondsToReset: number;
  /** Of the limit, in percent. Absent where a percentage says nothing. */
  readonly leftPercent?: number;
}

/** The evidence of a check besides its findings. */
export interface CheckEvidence {
  readonly requests: readonly SentRequest[];
  readonly rateLimits: readonly BucketLimit[];
  /** The certificates of the hosts that were connected to, by host. None behind a proxy. */
  readonly certificates: readonly ({ readonly host: string } & PeerCertificate)[];
  /** Okta's clock minus ours in seconds, the largest difference that was seen. Absent if no answer had a date. */
  readonly clockOffsetSeconds?: number;
  /** Okta's status page, in its own words. Absent if it was not requested. */
  readonly oktaStatus?: readonly string[];
}

export function evidenceOf(outcomes: readonly LogLine[]): CheckEvidence {
  const requests = outcomes.flatMap((outcome) =>
    outcome.exchanges.map((exchange) => ({ target: formatTarget(outcome), exchange })),
  );
  const exchanges = requests.map(({ exchange }) => exchange);
  const hosts = new Map(
    exchanges.flatMap(({ url, certificate }) => (certificate ? [[new URL(url).host, certificate] as const] : [])),
  );
  // A status page and an API of your own have clocks of their own.
  const offsets = requests.flatMap(({ target, exchange: { ofResource, clockOffsetSeconds } }) =>
    ofResource || target === 'status-page' ? [] : (clockOffsetSeconds ?? []),
  );
  const [clockOffsetSeconds] = offsets.toSorted((one, other) => Math.abs(other) - Math.abs(one));
  const status = outcomes.find(({ probe }) => probe === 'status-page');
  return {
    requests: requests.map(
      ({ target, exchange: { method, url, status, failure, phases, requestId, authentication } }) => ({
        ...{ target, method, url },
        ...(status !== undefined && { status }),
        ...(failure && { failure: failure.code }),
        ...(phases.firstByteMs !== undefined && { firstByteMs: phases.firstByteMs }),
        ...(requestId !== undefined && { requestId }),
        ...(authentication && { authentication }),
      }),
    ),
    rateLimits: rateLimitsIn(outcomes),
    certificates: [...hosts].map(([host, certificate]) => ({ host, ...certificate })),
    ...(clockOffsetSeconds !== undefined && { clockOffsetSeconds }),
    ...(status && { oktaStatus: statusIn(status) }),
  };
}

/** The least that was left of each limit, by bucket. */
export function rateLimitsIn(outcomes: readonly LogLine[]): readonly BucketLimit[] {
  const limits = outcomes
    .flatMap(({ exchanges }) => exchanges)
    .flatMap(({ url, rateLimit }) => {
      const bucket = locate(url)?.bucket;
      if (!rateLimit || !bucket) return [];
      const leftPercent = headroomPercent(rateLimit, bucket);
      const owner = limitOwner(rateLimit, bucket);
      return [{ bucket, owner, ...rateLimit, ...(leftPercent !== undefined && { leftPercent }) }];
    })
    .toSorted((one, other) => one.remaining - other.remaining);
  const least = [...Map.groupBy(limits, ({ bucket, owner }) => `${bucket} ${owner}`).values()];
  return least.flatMap(([first]) => first ?? []).toSorted((one, other) => (one.bucket < other.bucket ? -1 : 1));
}

function statusIn(outcome: LogLine): readonly string[] {
  switch (outcome.status) {
    case 'passed':
      return outcome.notes.length > 1 ? outcome.notes : [...outcome.notes, 'no open incident'];
    case 'failed':
      return [outcome.finding.detail ?? outcome.finding.summary];
    case 'skipped':
      return [`not known: ${outcome.because}`];
    default:
      return outcome satisfies never;
  }
}

/** Each request with its id, and the certificates, the clock and Okta's announcements. At most 80 columns where ids allow. */
export function formatEvidence({ outcomes }: CheckedOrg, now = Date.now()): readonly string[] {
  const evidence = evidenceOf(outcomes);
  return ['', `  ${bold('Requests')}`, ...formatRequests(evidence), ...formatFacts(evidence, now)];
}

/** The rate limits by bucket, and whose they are. */
export function formatRateLimits({ rateLimits }: Pick<CheckEvidence, 'rateLimits'>): readonly string[] {
  if (rateLimits.length === 0) return [];
  const header = ['bucket', 'left', 'requests', 'resets in', 'limit of'].map(dim);
  const rows = rateLimits.map(({ bucket, owner, limit, remaining, secondsToReset, leftPercent }) => [
    ...[bucket, leftPercent === undefined ? '' : `${leftPercent.toFixed(1)} %`],
    ...[`${remaining}/${limit}`, `${secondsToReset} s`, owner],
  ]);
  return ['', `  ${bold('Rate limits')}`, ...indent(table([header, ...rows], [1, 2, 3]))];
}

/** Three lines a request: an id and a path share no line of 80 columns. */
function formatRequests({ requests }: CheckEvidence): readonly string[] {
  return requests.flatMap(({ target, method, url, status, failure, firstByteMs, requestId, authentication }) => {
    const seen = [
      ...[target, String(failure ?? status ?? 'no answer')],
      ...(firstByteMs === undefined ? [] : [`${firstByteMs.toFixed(0)} ms`]),
      ...(authentication ? [authentication] : []),
    ];
    return [
      ...fold(`    ${method} ${url}`, 80),
      ...fold(`      ${seen.join(', ')}`, 80),
      ...(requestId === undefined ? [] : fold(`      X-Okta-Request-Id ${requestId}`, 80)),
    ];
  });
}

function formatFacts({ certificates, clockOffsetSeconds, oktaStatus }: CheckEvidence, now: number): readonly string[] {
  const facts: readonly (readonly [string, string])[] = [
    ...(certificates.length === 0
      ? [['Certificate', 'not seen: behind a proxy it is verified and not read'] as const]
      : []),
    ...certificates.map(
      ({ host, issuer, validTo }) =>
        [
          'Certificate',
          `${host}: of ${issuer}, ends ${momentInWords(Date.parse(validTo) / 1000, now / 1000)}`,
        ] as const,
    ),
    ['Clock', clockInWords(clockOffsetSeconds)],
    ['Okta status', oktaStatus?.join('; ') ?? 'not asked'],
  ];
  return ['', ...facts.flatMap(([name, text]) => fold(`  ${bold(name)}  ${text}`, 80))];
}

/** Trap: an answer's date has whole seconds, so a second says nothing. */
export function clockInWords(offset: number | undefined): string {
  if (offset === undefined) return 'not compared: no answer had a date';
  if (Math.abs(offset) <= 1) return "agrees with Okta's, to the second";
  return `this machine is ${Math.abs(offset)} s ${offset > 0 ? 'behind' : 'ahead of'} Okta`;
}
