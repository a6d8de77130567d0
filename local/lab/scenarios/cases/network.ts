import type { FaultDomain } from '../../../../functions/model/fault-domain.ts';
import type { Suspect } from '../../../../functions/model/finding.ts';
import { frequentRetries } from '../../../../functions/run/frequent-retries.ts';
import type { Effect, TlsFlaw } from '../../../../packages/okta-emulator/src/index.ts';
import { emptyResponse, jsonResponse, type OktaResponse } from '../../../../packages/okta-emulator/src/index.ts';
import type { Fault } from '../../simulation/environment.ts';
import {
  type Case,
  cascade,
  defineCase,
  type Expected,
  type Variant,
  variant,
  variants,
  variantsByEndpoint,
  warning,
  warnings,
} from '../case.ts';
import {
  failAtFirst,
  htmlPage,
  intercept,
  interceptDomain,
  interceptOrg,
  replaceHeaders,
  respondFromEdge,
} from '../faults/answers.ts';
import { pushRequests } from '../faults/configuration.ts';
import {
  connectionRefused,
  connectionReset,
  controlUnreachable,
  hasSibling,
  plainTextResponse,
  siblingFailsAlike,
  synDropped,
  tlsHang,
  unresolvableName,
} from '../faults/unreachable.ts';
import {
  allEndpoints,
  at,
  atEach,
  type EndpointTarget,
  type FaultAt,
  journeyEndpoints,
  keys,
  organization,
  orgOutageTargets,
  pushedRequests,
  rateLimits,
} from '../targets.ts';

const network = (code: string): Expected => ({ code, domain: 'network' });
const okta = (code: string): Expected => ({ code, domain: 'okta' });
const notResolved = network('dns-not-resolved');
const reset = network('connection-reset');

/** The emulator runs on `localhost`, which is a custom domain to the monitor: its owner manages the certificate. */
const customDomain: Expected = { code: 'custom-domain-certificate', domain: 'configuration' };

const tlsFlaws: readonly [flaw: TlsFlaw, expected: Expected][] = [
  ['expired', customDomain],
  ['wrong name', customDomain],
  ['unknown authority', network('certificate-untrusted')],
  ['expired, unknown authority', network('certificate-untrusted')],
  ['self-signed', network('certificate-untrusted')],
  ['no shared version', network('tls-handshake-failed')],
];

const breakTls =
  (flaw: TlsFlaw): Fault =>
  async ({ okta }) => ({
    restore: await okta.breakTls(flaw),
    // The emulator has the control too, which would fail alike.
    event: ({ control: _, statusPage: __, ...org }) => org,
  });

/** Longer than any timeout. The wait ends when the client disconnects. */
const noResponse = { delayMs: 600_000 };

const slow = intercept({ delayMs: 1_500 });

const asWarning = (one: Variant): Variant => ({ ...one, isWarning: true });

export const networkCases: readonly Case[] = [
  defineCase('N1', 'the name does not resolve', 'page', [
    orgOutageTargets.flatMap((target) => [
      variant(target, 'ENOTFOUND', notResolved, unresolvableName('acme.okta.invalid')),
      variant(target, 'label of 64 letters', notResolved, unresolvableName(`${'a'.repeat(64)}.okta.invalid`)),
    ]),
  ]),
  defineCase('N2', 'the connection is refused or reset', 'page', [
    orgOutageTargets.flatMap((target) => [
      variant(target, 'ECONNREFUSED', network('connection-refused'), connectionRefused),
      variant(target, 'reset during TLS handshake', reset, connectionReset),
    ]),
    allEndpoints.flatMap((target) => [
      variant(target, 'closed before headers', reset, intercept({ disconnect: 'close' })),
      variant(target, 'reset before headers', reset, intercept({ disconnect: 'reset' })),
      {
        ...variant(target, 'closed during body', reset, intercept({ truncate: 'close' })),
        answeredBy: 'okta' as const,
      },
    ]),
    variantsByEndpoint(journeyEndpoints, 'closed', reset, intercept({ disconnect: 'close' })),
    variant(organization, 'closed, all endpoints', reset, interceptOrg({ disconnect: 'close' })),
  ]),
  defineCase('N3', 'the connection times out', 'page', [
    orgOutageTargets.flatMap((target) => [
      variant(target, 'no response to SYN', network('connect-timeout'), synDropped),
      variant(target, 'no response to TLS hello', network('connect-timeout'), tlsHang),
    ]),
  ]),
  defineCase('N4', 'the TLS handshake fails', 'page', [
    orgOutageTargets.flatMap((target) => [
      ...tlsFlaws.map(([flaw, expected]) => variant(target, flaw, expected, breakTls(flaw))),
      variant(target, 'plain-text response', network('tls-handshake-failed'), plainTextResponse),
    ]),
  ]),
  defineCase('N5', 'connected, but no response', 'page', [
    allEndpoints.flatMap((target) => [
      variant(target, 'no headers', okta('no-answer'), intercept(noResponse)),
      variant(target, 'body stalls', okta('no-answer'), intercept({ truncate: 'stall' })),
    ]),
    variantsByEndpoint(journeyEndpoints, 'no headers', okta('no-answer'), intercept(noResponse)),
    variant(organization, 'no headers, all endpoints', okta('no-answer'), interceptOrg(noResponse)),
  ]),
  defineCase('N6', 'slow responses', 'ticket', [
    warnings(allEndpoints, 'first byte after 1.5 s', okta('slow-answer'), slow),
    variantsByEndpoint(journeyEndpoints, 'slow', okta('slow-answer'), slow).map(asWarning),
  ]),
];

const intercepted: Expected = { code: 'intercepted', domain: 'network' };
const unidentified: Expected = { code: 'unidentified-answer', domain: 'network' };

const withHeaders = (answer: OktaResponse, headers: OktaResponse['headers']): OktaResponse => ({
  ...answer,
  headers: { ...answer.headers, ...headers },
});

const blockedPage = withHeaders(htmlPage(403, 'Attention Required!'), { server: 'cloudflare', 'cf-ray': '8f1-FRA' });

/** What stands between a client and Okta says when it does not let a request pass. */
const intermediaries: readonly (readonly [symptom: string, answer: OktaResponse])[] = [
  ['403 page, cloudflare', blockedPage],
  ['401 proxy, NTLM', withHeaders(htmlPage(401, 'Unauthorized'), { 'www-authenticate': ['Negotiate', 'NTLM'] })],
  ['407 proxy', withHeaders(emptyResponse(407), { 'proxy-authenticate': 'Basic realm="proxy"' })],
  ['429 CDN', withHeaders(htmlPage(429, 'Too Many Requests'), { server: 'AkamaiGHost' })],
  ['302 to another sign-on', withHeaders(emptyResponse(302), { location: 'https://sso.example.com/login' })],
  ['511 captive portal', htmlPage(511, 'Network Authentication Required')],
  [
    '503 text/plain',
    { ...emptyResponse(503), headers: { 'content-type': 'text/plain' }, body: 'upstream connect error' },
  ],
  ['403 without a mark', htmlPage(403, 'Forbidden')],
  ['200 maintenance page', htmlPage(200, 'Maintenance')],
  ['200 block page', htmlPage(200, 'This website was blocked by your administrator')],
];

/** Okta's edge may answer so, and so may any gateway. */
const anonymous: readonly (readonly [symptom: string, answer: OktaResponse])[] = [
  ...[502, 503, 504].map((status) => [`${status} text/html`, htmlPage(status, 'Bad Gateway')] as const),
  ['429 without a word', emptyResponse(429)],
];

/** Another answer at each endpoint, as products word a block differently for pages and for APIs. */
const block: FaultAt = (environment, target) => {
  const answers = [...intermediaries.slice(0, 4), ['403 JSON', blockedJson] as const];
  const [, answer] = answers[allEndpoints.findIndex(({ path }) => path === target.path) % answers.length] ?? [];
  return respondFromEdge(answer ?? blockedJson)(environment, target);
};

const blockedJson = withHeaders(jsonResponse(403, { message: 'Forbidden' }), {
  'x-amzn-errortype': 'ForbiddenException',
});

/** Three of the answers at each endpoint, so that each answer is tried at several endpoints of either server. */
function someAtEach(answers: typeof intermediaries, expected: Expected): readonly Variant[] {
  return allEndpoints.flatMap((target, index) =>
    [0, 1, 2].map((offset) => {
      const [symptom, answer] = answers[(index * 3 + offset) % answers.length] ?? ['', blockedJson];
      return asTicketOfDocument(target, variant(target, symptom, expected, respondFromEdge(answer)));
    }),
  );
}

/** One document that cannot be had, while everything else works, is no reason to wake anybody. */
function asTicketOfDocument({ endpoint }: EndpointTarget, one: Variant): Variant {
  return ['organization', 'discovery', 'users'].includes(endpoint) ? { ...one, severity: 'ticket' } : one;
}

/** Without a mark of Okta's or of anything else. */
const unmarked = (status: number): Effect => ({ ...emptyResponse(status), sender: 'other' });

const attributed = (code: string, domain: FaultDomain, suspect: Suspect): Expected => ({ code, domain, suspect });

const ofCustomDomain = attributed('custom-domain-unreachable', 'network', 'custom domain');

/** Failures that do not show who is at fault, and the rest of the run does. */
export const attributionCases: readonly Case[] = [
  defineCase('N10', 'the custom domain fails alone', 'page', [
    [{ disconnect: 'close' } as const, unmarked(502), unmarked(403)].map((effect, index) => ({
      ...variant(
        organization,
        ['closed', '502', '403'][index] ?? '',
        ofCustomDomain,
        hasSibling,
        interceptDomain(effect),
      ),
      answeredBy: (['nobody', 'unknown', 'intermediary'] as const)[index] ?? 'nobody',
    })),
  ]),
  defineCase('N11', 'no connection, and what else is reached shows whose fault it is', 'page', [
    (
      [
        ['ENOTFOUND', 'dns-not-resolved', unresolvableName('acme.okta.invalid')],
        ['no SYN answer', 'connect-timeout', synDropped],
        ['no TLS answer', 'connect-timeout', tlsHang],
      ] as const
    ).map(([symptom, code, fault]) => ({
      ...variant(organization, `${symptom} at both names`, attributed(code, 'okta', 'okta'), fault, siblingFailsAlike),
      answeredBy: 'nobody' as const,
    })),
    {
      ...variant(
        organization,
        'closed at both names',
        attributed('connection-reset', 'okta', 'okta'),
        hasSibling,
        interceptOrg({ disconnect: 'close' }),
      ),
      answeredBy: 'nobody' as const,
    },
    {
      ...variant(
        organization,
        'closed, the control too',
        attributed('connection-reset', 'monitor', 'our way'),
        controlUnreachable,
        interceptOrg({ disconnect: 'close' }),
      ),
      answeredBy: 'nobody' as const,
    },
  ]),
  defineCase('N13', 'requests fail now and then, and work when sent again', 'ticket', [
    {
      ...warning(
        organization,
        'each second: 502, no mark',
        network('intermittent-failures'),
        failAtFirst(unmarked(502)),
      ),
      runs: frequentRetries,
      answeredBy: 'okta' as const,
      needsPast: true as const,
    },
  ]),
  defineCase('N12', "Okta's edge answers without a mark", 'page', [
    [502, 503, 504].map((status) => ({
      ...variant(
        organization,
        `${status} at both names`,
        attributed('edge-error', 'okta', 'okta'),
        hasSibling,
        interceptOrg(unmarked(status)),
      ),
      answeredBy: 'unknown' as const,
    })),
    {
      ...variant(
        organization,
        '403 at both names',
        attributed('edge-refused', 'okta', 'okta or administrators'),
        hasSibling,
        interceptOrg(unmarked(403)),
      ),
      answeredBy: 'intermediary' as const,
    },
  ]),
];

/** Answers that are not Okta's, or that may not be. */
export const intermediaryCases: readonly Case[] = [
  defineCase('N7', 'something in between answers', 'page', [
    someAtEach(intermediaries, intercepted),
    variantsByEndpoint(journeyEndpoints, '403', intercepted, respondFromEdge(blockedPage)),
    variants(pushedRequests, '403 page at PAR', intercepted, pushRequests, respondFromEdge(blockedPage)),
    variantsByEndpoint(journeyEndpoints, '200 page', intercepted, respondFromEdge(htmlPage(200, 'Maintenance'))),
    cascade(organization, 'blocked, all endpoints', intercepted, ...atEach(allEndpoints, block)),
    variant(rateLimits, 'blocked, all endpoints', intercepted, ...atEach(allEndpoints, block)),
  ]),
  defineCase('N8', 'the sender of the answer is unknown', 'page', [
    someAtEach(anonymous, unidentified),
    variantsByEndpoint(journeyEndpoints, '502', unidentified, respondFromEdge(htmlPage(502, 'Bad Gateway'))),
    cascade(
      organization,
      '502, all endpoints',
      unidentified,
      ...allEndpoints.map((target) => at(target, respondFromEdge(htmlPage(502, 'Bad Gateway')))),
    ),
  ]),
  defineCase('N9', 'something in between changes answers', 'page', [
    variants(
      keys,
      'gzip declared, not applied',
      network('changed-on-the-way'),
      replaceHeaders(() => ({ 'content-encoding': 'gzip' })),
    ).map((each) => ({ ...each, answeredBy: 'okta' as const })),
  ]),
];
