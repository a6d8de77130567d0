import { emptyResponse, jsonResponse, type OktaResponse } from '../../emulators/okta/index.ts';
import {
  type Case,
  cascade,
  defineCase,
  type Expected,
  type Variant,
  variant,
  variants,
  variantsByEndpoint,
} from '../case.ts';
import { htmlPage, respondFromEdge } from '../faults/answers.ts';
import { pushRequests } from '../faults/configuration.ts';
import {
  allEndpoints,
  at,
  atEach,
  type EndpointTarget,
  type FaultAt,
  journeyEndpoints,
  organization,
  pushedRequests,
  rateLimits,
} from '../targets.ts';

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
  defineCase('N8', 'nobody knows who answers', 'page', [
    someAtEach(anonymous, unidentified),
    variantsByEndpoint(journeyEndpoints, '502', unidentified, respondFromEdge(htmlPage(502, 'Bad Gateway'))),
    cascade(
      organization,
      '502, all endpoints',
      unidentified,
      ...allEndpoints.map((target) => at(target, respondFromEdge(htmlPage(502, 'Bad Gateway')))),
    ),
  ]),
];
