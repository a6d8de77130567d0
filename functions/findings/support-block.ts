import type { Exchange, Phases } from '../model/exchange.ts';
import type { Finding, TokenFacts } from '../model/finding.ts';
import type { Outcome } from '../model/outcome.ts';

/**
 * The text to paste into a case with Okta Support: what failed and where, with the ids that identify each request.
 *
 * Trap: it leaves the company. It uses an outcome only, which contains no secret and no personal data.
 */
export function supportBlock(
  { server, probe, exchanges }: Pick<Outcome, 'server' | 'probe' | 'exchanges'>,
  { code, summary, detail, token }: Pick<Finding, 'code' | 'summary' | 'detail' | 'token'>,
  {
    domain,
    frequency,
    earlier = [],
  }: { readonly domain: string; readonly frequency: string; readonly earlier?: readonly Exchange[] },
): string {
  const at = server === undefined ? '' : server === 'org' ? ', Org Authorization Server' : `, server ${server}`;
  // A detail that only repeats the request would be said twice.
  const isNew = detail !== undefined && !exchanges.some(({ url }) => detail.includes(url));
  return [
    `org:       ${domain}${at}; seen by a synthetic monitor, probe ${probe}`,
    `failure:   ${code}, ${frequency}: ${isNew ? `${summary} ${detail}` : summary}`,
    ...(token ? [`token:     ${describeToken(token)}`] : []),
    ...exchanges.flatMap(describeExchange),
    ...(earlier.length > 0 ? [`earlier:   ${earlier.map(describeBriefly).join('; ')}`] : []),
  ].join('\n');
}

/** One request and its answer. */
function describeExchange(exchange: Exchange): readonly string[] {
  const { at, method, url, rateLimit, phases, certificate } = exchange;
  const facts = [
    describePhases(phases),
    rateLimit && `rate limit ${rateLimit.remaining}/${rateLimit.limit}, reset in ${rateLimit.secondsToReset} s`,
    certificate && `certificate of ${certificate.subject}, issued by ${certificate.issuer} to ${certificate.validTo}`,
  ].filter(Boolean);
  return [`request:   ${at} ${method} ${url}: ${[describeAnswer(exchange), ...facts].join('; ')}`];
}

/** Enough to find the request in Okta's logs. */
function describeBriefly({ at, status, failure, requestId }: Exchange): string {
  return [at, failure?.code ?? `status ${status}`, requestId].filter(Boolean).join(' ');
}

/** What came back: the status or the failure, the error, and the ids. */
function describeAnswer({ status, failure, error, requestId }: Exchange): string {
  const parts = [
    status === undefined ? undefined : `status ${status}`,
    failure && `${status === undefined ? 'no response' : 'no complete response'}: ${failure.code}`,
    error?.errorCode && `errorCode ${error.errorCode}`,
    error?.error && `error ${error.error}`,
    error?.errorId && `errorId ${error.errorId}`,
    requestId && `X-Okta-Request-Id ${requestId}`,
  ];
  return parts.filter(Boolean).join(', ');
}

function describePhases(phases: Phases): string {
  const names = { dnsMs: 'DNS', tcpMs: 'TCP', tlsMs: 'TLS', firstByteMs: 'first byte', bodyMs: 'body' } as const;
  return Object.entries(names)
    .flatMap(([key, name]) => {
      const value = phases[key as keyof Phases];
      return value === undefined ? [] : [`${name} ${Math.round(value)} ms`];
    })
    .join(', ');
}

function describeToken({ claimNames = [], scopes = [], ...facts }: TokenFacts): string {
  const parts = Object.entries(facts).map(([name, value]) => `${name} ${value}`);
  const lists = [`scopes ${scopes.join(' ')}`, `claims ${claimNames.join(' ')}`].filter((list) => !list.endsWith(' '));
  return [...parts, ...lists].join(', ');
}
