import { type Effect, errorEnvelope } from '../../../../packages/okta-emulator/src/index.ts';
import {
  type Case,
  defineCase,
  type Expected,
  variant,
  variants,
  variantsByEndpoint,
  warning,
  warnings,
} from '../case.ts';
import {
  exhausted429,
  htmlPage,
  intercept,
  leaveHeadroom,
  rateLimitHeaders,
  replaceHeaders,
  respond,
} from '../faults/answers.ts';
import { authorize, type FaultAt, journeyEndpoints, keys, rateLimitedEndpoints, rateLimits } from '../targets.ts';

/** Where users and applications are refused when a limit is used up. */
const signInEndpoints = rateLimitedEndpoints.filter((target) => target !== rateLimits);

/** The endpoints of a journey with a rate limit. */
const limitedInJourney = journeyEndpoints.filter(({ bucket }) => bucket !== undefined);

const quota = (code: string): Expected => ({ code, domain: 'quota' });
const exhausted = quota('rate-limit-exhausted');
const rateLimited = quota('rate-limited');
const unknownHeadroom = quota('headroom-unknown');
const clientLimited = quota('client-rate-limited');

/** Responds with 429 and these headers, whose reset time is counted from each answer. */
const respond429 = (limit: string, remaining: string, resetInSeconds?: number, effect: Partial<Effect> = {}): FaultAt =>
  intercept({ ...exhausted429(limit, remaining, resetInSeconds), ...effect });

const lowClientLimit = replaceHeaders(() => rateLimitHeaders('2000 & 60', '1990 & 9'));

export const quotaCases: readonly Case[] = [
  defineCase('Q1', 'the rate limit of an endpoint is exhausted', 'page', [
    signInEndpoints.flatMap((target) => [
      variant(target, '429, bucket empty', exhausted, leaveHeadroom(0)),
      variant(target, '429, reset in the past', exhausted, respond429('600', '0', -90)),
      variant(target, '429, repeated headers', exhausted, respond429('2000 & 300', '1500 & 0')),
      variant(target, '403 E0000047', exhausted, respond429('600', '0', 30, { status: 403 })),
      variant(target, '429, cut', exhausted, respond429('600', '0', 30, { truncate: 'close' })),
      variant(target, '429, stalls', exhausted, respond429('600', '0', 30, { truncate: 'stall' })),
    ]),
    variantsByEndpoint(limitedInJourney, '429', exhausted, respond429('600', '0')),
  ]),
  defineCase('Q2', 'the client’s own rate limit is exhausted', 'ticket', [
    authorize.flatMap((target) => [
      variant(target, '429, 0/60', clientLimited, respond429('60', '0')),
      variant(target, '429, 1990/2000 & 0/60', clientLimited, respond429('2000 & 60', '1990 & 0')),
    ]),
  ]),
  defineCase('Q3', 'too many concurrent requests', 'ticket', [
    variants(rateLimitedEndpoints, '429, 0/0', quota('too-many-at-once'), respond429('0', '0', 1)),
  ]),
  defineCase('Q4', 'rate-limit headroom is low', 'ticket', [
    rateLimitedEndpoints.flatMap((target) => [
      warning(target, '15 % left', quota('headroom-low'), leaveHeadroom(0.15)),
      { ...warning(target, '5 % left', quota('headroom-critical'), leaveHeadroom(0.05)), severity: 'page' as const },
    ]),
    warnings(authorize, '1990/2000 & 9/60', quota('headroom-low'), lowClientLimit),
  ]),
  defineCase('Q6', 'requests are left, and yet refused', 'ticket', [
    variants(rateLimitedEndpoints, '429, 1500/2000', quota('principal-rate-limited'), respond429('2000', '1500')),
  ]),
  defineCase('Q7', 'the management API is rate limited', 'ticket', [
    variant(rateLimits, '429, bucket empty', quota('api-rate-limited'), leaveHeadroom(0)),
    variant(rateLimits, '429 without headers', quota('api-rate-limited'), respond(errorEnvelope('E0000047'))),
  ]),
  defineCase('Q8', 'a rate limit of an unknown kind', 'page', [
    variants(authorize, '429 page', rateLimited, respond(htmlPage(429, 'Too Many Requests'))),
    variants(keys, '429 without headers', rateLimited, respond(errorEnvelope('E0000047'))),
  ]),
  defineCase('Q9', 'the headers do not show the headroom', 'ticket', [
    warning(
      rateLimits,
      'no headers',
      unknownHeadroom,
      replaceHeaders(() => ({ 'x-rate-limit-limit': [] })),
    ),
    warning(
      rateLimits,
      'more left than the limit',
      unknownHeadroom,
      replaceHeaders(() => rateLimitHeaders('600', '900')),
    ),
    warning(
      rateLimits,
      'negative',
      unknownHeadroom,
      replaceHeaders(() => rateLimitHeaders('600', '-1')),
    ),
  ]),
];
