import { errorEnvelope } from '../../emulators/okta/error-responses.ts';
import { type Case, type Expected, type Variant, variant, variants, warning, warnings } from '../case.ts';
import { htmlPage, intercept, leaveHeadroom, rateLimitHeaders, replaceHeaders, respond } from '../faults/answers.ts';
import { authorize, type FaultAt, keys, rateLimitedEndpoints } from '../targets.ts';

const quota = (code: string): Expected => ({ code, domain: 'quota' });
const exhausted = quota('rate-limit-exhausted');
const clientLimited = quota('client-rate-limited');

/** Responds with 429 and these headers, whose reset time is counted from when the fault is injected. */
const respond429 =
  (limit: string, remaining: string, resetInSeconds?: number): FaultAt =>
  (environment, target) =>
    intercept({
      ...errorEnvelope('E0000047'),
      headers: { 'content-type': 'application/json', ...rateLimitHeaders(limit, remaining, resetInSeconds) },
    })(environment, target);

const lowClientLimit = replaceHeaders(() => rateLimitHeaders('2000 & 60', '1990 & 9'));

export const quotaCases: readonly Case[] = [
  {
    id: 'Q1',
    title: 'the org’s rate limit is exhausted',
    severity: 'page',
    variants: [
      ...rateLimitedEndpoints.flatMap((target) => [
        variant(target, '429, bucket empty', exhausted, leaveHeadroom(0)),
        variant(target, '429, reset in the past', exhausted, respond429('600', '0', -90)),
        variant(target, '429, repeated headers', exhausted, respond429('2000 & 300', '1500 & 0')),
      ]),
      ...variants(authorize, '429 page', exhausted, respond(htmlPage(429, 'Too Many Requests'))),
      ...variants(keys, '429 without headers', exhausted, respond(errorEnvelope('E0000047'))),
    ],
  },
  {
    id: 'Q2',
    title: 'the client’s own rate limit is exhausted',
    severity: 'ticket',
    variants: authorize.flatMap((target) => [
      variant(target, '429, 0/60', clientLimited, respond429('60', '0')),
      variant(target, '429, 1990/2000 & 0/60', clientLimited, respond429('2000 & 60', '1990 & 0')),
    ]),
  },
  {
    id: 'Q3',
    title: 'too many concurrent requests',
    severity: 'ticket',
    variants: variants(rateLimitedEndpoints, '429, 0/0', quota('too-many-at-once'), respond429('0', '0', 1)),
  },
  {
    id: 'Q4',
    title: 'rate-limit headroom is low',
    severity: 'ticket',
    variants: [
      ...rateLimitedEndpoints.flatMap((target): Variant[] => [
        warning(target, '15 % left', quota('headroom-low'), leaveHeadroom(0.15)),
        { ...warning(target, '5 % left', quota('headroom-critical'), leaveHeadroom(0.05)), severity: 'page' },
      ]),
      ...warnings(authorize, '1990/2000 & 9/60', quota('headroom-low'), lowClientLimit),
    ],
  },
  {
    id: 'Q5',
    title: 'another client is rate limited',
    severity: 'ticket',
    variants: [],
    skipReason: 'needs a System Log probe',
  },
];
