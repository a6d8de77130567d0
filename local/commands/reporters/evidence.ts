import type { CheckedOrg } from '../check/check-orgs.ts';
import { type CheckEvidence, evidenceOf } from '../check/evidence.ts';
import { momentInWords } from '../time-words.ts';
import { bold, dim, fold, indent, table } from './text.ts';

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
