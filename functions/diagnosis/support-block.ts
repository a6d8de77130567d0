import type { Exchange, Phases } from '../model/exchange.ts';
import type { Finding, TokenFacts } from '../model/finding.ts';
import type { Outcome } from '../model/outcome.ts';

/**
 * The text to paste into a case with Okta's support: what failed where, and for each request what they look it up by.
 *
 * Trap: it leaves the company. It is made of what an outcome keeps, which holds no secret and no personal claim.
 */
export function supportBlock(
  { server, probe, exchanges }: Pick<Outcome, 'server' | 'probe' | 'exchanges'>,
  { code, summary, detail, token }: Finding,
  seen: { readonly domain: string; readonly frequency: string },
): string {
  return [
    `org:       ${seen.domain}`,
    `server:    ${server === undefined ? 'all' : server === 'org' ? 'Org Authorization Server' : server}`,
    `asked by:  synthetic monitor, probe ${probe}`,
    `finding:   ${code}: ${summary}`,
    ...(detail ? [`seen:      ${detail}`] : []),
    `frequency: ${seen.frequency}`,
    ...(token ? [`token:     ${describeToken(token)}`] : []),
    ...exchanges.flatMap(describeExchange),
  ].join('\n');
}

/** One request and its answer, on a line each fact. */
export function describeExchange({
  at,
  method,
  url,
  status,
  requestId,
  error,
  failure,
  rateLimit,
  phases,
  certificate,
}: Exchange) {
  const facts = [
    failure ? `no answer: ${failure.code}` : `status ${status}`,
    requestId && `X-Okta-Request-Id ${requestId}`,
    error?.errorCode && `errorCode ${error.errorCode}`,
    error?.error && `error ${error.error}`,
    error?.errorId && `errorId ${error.errorId}`,
    rateLimit && `rate limit ${rateLimit.remaining}/${rateLimit.limit}, reset in ${rateLimit.secondsToReset} s`,
    describePhases(phases),
    certificate && `certificate ${certificate.subject} by ${certificate.issuer} until ${certificate.validTo}`,
  ];
  return [`request:   ${at} ${method} ${url}`, ...facts.filter(Boolean).map((fact) => `           ${fact}`)];
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
  const told = Object.entries(facts).map(([name, value]) => `${name} ${value}`);
  return [...told, `scopes ${scopes.join(' ')}`, `claims ${claimNames.join(' ')}`].join(', ');
}
