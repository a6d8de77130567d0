import { answerMs, type Exchange } from '../model/exchange.ts';
import type { Finding } from '../model/finding.ts';
import type { Org } from '../model/org.ts';
import { finalExchanges, type Outcome } from '../model/outcome.ts';
import type { Bucket } from '../okta/default-limits.ts';
import { locate } from '../okta/endpoints.ts';
import { headroomPercent, isRateLimited, limitOwner } from '../okta/rate-limit.ts';
import { finding } from './finding.ts';

/** Percent of a rate limit that remains: below `low` it is a ticket, below `critical` a page. */
export const headroomLevels = { low: 20, critical: 10 } as const;

/**
 * Adds warnings to probes that passed, for slow responses and low headroom.
 *
 * Trap: a limit that rejected any probe of the run has its own finding, so it gets no headroom warning. A first attempt
 * that failed is ignored: only the final attempt shows whether Okta is slow.
 */
export function withWarnings(
  outcomes: readonly Outcome[],
  org: Pick<Org, 'domain' | 'slowAfterMs'>,
): readonly Outcome[] {
  const exhausted = exhaustedBuckets(outcomes.flatMap(({ exchanges }) => exchanges));
  return outcomes.map((outcome) => {
    if (outcome.status !== 'passed') return outcome;
    const warnings = finalExchanges(outcome).flatMap((exchange) => [
      ...slownessWarnings(exchange, org),
      ...headroomWarnings(exchange, exhausted),
    ]);
    return { ...outcome, warnings: [...outcome.warnings, ...warnings] };
  });
}

function slownessWarnings(exchange: Exchange, { domain, slowAfterMs }: Pick<Org, 'domain' | 'slowAfterMs'>): Finding[] {
  const { url, phases } = exchange;
  const totalMs = answerMs(exchange);
  const { endpoint } = locate(url) ?? {};
  // How long a page of the System Log takes depends on how many events it has.
  if (totalMs <= slowAfterMs || !endpoint || endpoint === 'logs' || new URL(url).host !== domain) return [];
  const detail = `first byte after ${Math.round(phases.firstByteMs ?? 0)} ms, complete after ${totalMs} ms at ${url}`;
  const comparisons = [{ name: 'time to answer', expected: `at most ${slowAfterMs} ms`, found: `${totalMs} ms` }];
  return [finding('slow-answer', { detail, comparisons })];
}

function headroomWarnings(exchange: Exchange, exhausted: ReadonlySet<string>): Finding[] {
  const { rateLimit, url } = exchange;
  const percent = headroomOf(exchange, exhausted);
  if (!rateLimit || percent === undefined || percent >= headroomLevels.low) return [];
  const { bucket, endpoint } = locate(url) ?? {};
  // Readers of the System Log may use up its limit: no sign-in needs it.
  const code = percent < headroomLevels.critical && endpoint !== 'logs' ? 'headroom-critical' : 'headroom-low';
  const { remaining, limit } = rateLimit;
  return [
    finding(code, {
      detail: `${remaining} of ${limit} requests left in ${bucket} (${limitOwner(rateLimit, bucket)} limit)`,
    }),
  ];
}

/** The rate-limit buckets that rejected a request in these exchanges. Their headroom is no longer meaningful. */
export function exhaustedBuckets(exchanges: readonly Exchange[]): ReadonlySet<string> {
  return new Set(exchanges.filter(isRateLimited).flatMap(({ url }) => locate(url)?.bucket ?? []));
}

/**
 * Small limits that refuse no sign-in, and that the tools of administrators use up for a minute every now and then. A
 * request that they refuse is a finding. Low headroom is not.
 */
const administrative: ReadonlySet<string> = new Set<Bucket>([
  '/api/v1/agentPools',
  '/api/v1/apps',
  '/api/v1/apps/{id}',
  '/api/v1/domains',
]);

/** The remaining share of an exchange's bucket, 0 to 100. Undefined if its headers do not say. */
export function headroomOf({ rateLimit, url }: Exchange, exhausted: ReadonlySet<string>): number | undefined {
  const bucket = locate(url)?.bucket;
  return rateLimit && bucket !== undefined && !exhausted.has(bucket) && !administrative.has(bucket)
    ? headroomPercent(rateLimit, bucket)
    : undefined;
}

/** The lowest headroom of all buckets in these exchanges. */
export function lowestHeadroom(exchanges: readonly Exchange[]): number | undefined {
  const exhausted = exhaustedBuckets(exchanges);
  const shares = exchanges.map((exchange) => headroomOf(exchange, exhausted)).filter((share) => share !== undefined);
  return shares.length > 0 ? Math.min(...shares) : undefined;
}

/** The most that fit into a message. */
const mostThings = 20;

/**
 * Merges the same finding about several things into one: a message shows one of each code. It keeps all keys, so that each
 * notice is sent once.
 */
export function folded(findings: readonly Finding[]): readonly Finding[] {
  const alike = Object.values(Object.groupBy(findings, ({ code, severity }) => `${code} ${severity}`));
  return alike.flatMap((each = []): readonly Finding[] => {
    const [first] = each;
    if (!first || each.length === 1) return each;
    const shown = each.slice(0, mostThings);
    const more = each.length - shown.length;
    const details = [...shown.flatMap(({ detail }) => detail ?? []), ...(more > 0 ? [`and ${more} more`] : [])];
    const comparisons = shown.flatMap((finding) => finding.comparisons ?? []);
    const once = each.flatMap((finding) => finding.once ?? []);
    // It names one thing of several.
    const { about: _, ...common } = first;
    return [
      {
        ...common,
        ...(details.length > 0 && { detail: details.join('; ').slice(0, 1_000) }),
        ...(comparisons.length > 0 && { comparisons }),
        ...(once.length > 0 && { once }),
      },
    ];
  });
}

/** Returns the findings of a probe that passed. */
interface Reported {
  readonly warnings: readonly Finding[];
  readonly notes: readonly string[];
}

/**
 * Turns notices that were sent before into notes, and merges findings that say the same about
 * different things.
 *
 * @param told when people were told, by the keys in `Finding.once`
 */
export function onlyUntold({ warnings, notes }: Reported, told: ReadonlyMap<string, string>): Reported {
  const isTold = ({ once }: Finding) => once?.every((key) => told.has(key)) ?? false;
  const known = warnings.filter(isTold).map(({ code, detail, once: [key = ''] = [] }) => {
    const day = told.get(key)?.slice(0, 10);
    return `told on ${day}: ${[code, detail].filter(Boolean).join(', ')}`;
  });
  return { warnings: folded(warnings.filter((each) => !isTold(each))), notes: [...notes, ...known] };
}
