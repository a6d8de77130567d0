import { errorEnvelope } from '../../emulators/okta/error-responses.ts';
import type { Fault } from '../../simulator/environment.ts';
import { type Case, type Expected, variant, warning } from '../case.ts';
import { alterHeaders, htmlPage, intercept, rateLimitHeaders, respond } from '../faults/answers.ts';
import { authorize, type EndpointTarget, keys, rateLimitedEndpoints } from '../targets.ts';

const quota = (code: string): Expected => ({ code, domain: 'quota' });
const exhausted = quota('rate-limit-exhausted');
const clientLimited = quota('client-rate-limited');

/** Responds with 429 and these headers, whose reset time is counted from when the fault is injected. */
const respond429 =
  (target: EndpointTarget, limit: string, remaining: string, resetInSeconds?: number): Fault =>
  (environment) =>
    intercept(target, {
      ...errorEnvelope('E0000047'),
      headers: { 'content-type': 'application/json', ...rateLimitHeaders(limit, remaining, resetInSeconds) },
    })(environment);

/** Leaves a share of the target's bucket. The emulator counts later requests from there. */
const leaveHeadroom =
  ({ bucket }: EndpointTarget, share: number): Fault =>
  ({ okta }) =>
    bucket ? { restore: okta.setRemaining(bucket, share) } : {};

const replaceLimitHeaders = (target: EndpointTarget, limit: string, remaining: string) =>
  alterHeaders(target, (headers) => ({ ...headers, ...rateLimitHeaders(limit, remaining) }));

export const quotaCases: readonly Case[] = [
  {
    id: 'Q1',
    title: 'the org’s rate limit is exhausted',
    severity: 'page',
    variants: [
      ...rateLimitedEndpoints.flatMap((target) => [
        variant(target, '429, bucket empty', exhausted, leaveHeadroom(target, 0)),
        variant(target, '429, reset in the past', exhausted, respond429(target, '600', '0', -90)),
        variant(target, '429, repeated headers', exhausted, respond429(target, '2000 & 300', '1500 & 0')),
      ]),
      ...authorize.map((target) =>
        variant(target, '429 page', exhausted, respond(target, htmlPage(429, 'Too Many Requests'))),
      ),
      ...keys.map((target) =>
        variant(target, '429 without headers', exhausted, respond(target, errorEnvelope('E0000047'))),
      ),
    ],
  },
  {
    id: 'Q2',
    title: 'the client’s own rate limit is exhausted',
    severity: 'ticket',
    variants: authorize.flatMap((target) => [
      variant(target, '429, 0/60', clientLimited, respond429(target, '60', '0')),
      variant(target, '429, 1990/2000 & 0/60', clientLimited, respond429(target, '2000 & 60', '1990 & 0')),
    ]),
  },
  {
    id: 'Q3',
    title: 'too many concurrent requests',
    severity: 'ticket',
    variants: rateLimitedEndpoints.map((target) =>
      variant(target, '429, 0/0', quota('too-many-at-once'), respond429(target, '0', '0', 1)),
    ),
  },
  {
    id: 'Q4',
    title: 'rate-limit headroom is low',
    severity: 'ticket',
    variants: [
      ...rateLimitedEndpoints.flatMap((target) => [
        warning(target, '15 % left', quota('headroom-low'), leaveHeadroom(target, 0.15)),
        {
          ...warning(target, '5 % left', quota('headroom-critical'), leaveHeadroom(target, 0.05)),
          severity: 'page' as const,
        },
      ]),
      ...authorize.map((target) =>
        warning(
          target,
          '1990/2000 & 9/60',
          quota('headroom-low'),
          replaceLimitHeaders(target, '2000 & 60', '1990 & 9'),
        ),
      ),
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
