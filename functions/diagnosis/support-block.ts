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
  { code, summary, detail, token }: Finding,
  { domain, frequency }: { readonly domain: string; readonly frequency: string },
): string {
  return [
    `org:       ${domain}`,
    `server:    ${server === undefined ? 'all' : server === 'org' ? 'Org Authorization Server' : server}`,
    `source:    synthetic monitor, probe ${probe}`,
    `finding:   ${code}: ${summary}`,
    ...(detail ? [`detail:    ${detail}`] : []),
    `frequency: ${frequency}`,
    ...(token ? [`token:     ${describeToken(token)}`] : []),
    ...exchanges.flatMap(describeExchange),
  ].join('\n');
}

/** One request and its response, one fact per line. */
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
    failure ? `no response: ${failure.code}` : `status ${status}`,
    requestId && `X-Okta-Request-Id ${requestId}`,
    error?.errorCode && `errorCode ${error.errorCode}`,
    error?.error && `error ${error.error}`,
    error?.errorId && `errorId ${error.errorId}`,
    rateLimit && `rate limit ${rateLimit.remaining}/${rateLimit.limit}, reset in ${rateLimit.secondsToReset} s`,
    describePhases(phases),
    certificate &&
      `certificate ${certificate.subject}, issued by ${certificate.issuer}, expires ${certificate.validTo}`,
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
  const parts = Object.entries(facts).map(([name, value]) => `${name} ${value}`);
  return [...parts, `scopes ${scopes.join(' ')}`, `claims ${claimNames.join(' ')}`].join(', ');
}
