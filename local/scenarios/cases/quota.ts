import { errorEnvelope } from '../../emulators/okta/error-responses.ts';
import type { Fault } from '../../simulator/environment.ts';
import { type Case, type Expected, variant, warning } from '../case.ts';
import { altersHeaders, answers, limitHeaders, meets, page } from '../faults/answers.ts';
import { authorize, type EndpointTarget, keys, limited } from '../targets.ts';

const quota = (code: string): Expected => ({ code, domain: 'quota' });
const exhausted = quota('rate-limit-exhausted');

/** A 429 in the envelope, wherever it comes, with these headers. */
const tooMany =
  (site: EndpointTarget, limit: string, remaining: string, resetInSeconds?: number): Fault =>
  (scene) =>
    meets(site, {
      ...errorEnvelope('E0000047'),
      headers: { 'content-type': 'application/json', ...limitHeaders(limit, remaining, resetInSeconds) },
    })(scene);

/** Spends a bucket down to a share, for real: the embedded Okta counts on from there. */
const leaves =
  ({ bucket }: EndpointTarget, share: number): Fault =>
  ({ okta }) =>
    bucket ? { restore: okta.setRemaining(bucket, share) } : {};

const doubled = (site: EndpointTarget, limit: string, remaining: string) =>
  altersHeaders(site, (headers) => ({ ...headers, ...limitHeaders(limit, remaining) }));

export const quotaCases: readonly Case[] = [
  {
    id: 'Q1',
    title: 'the org’s bucket is exhausted',
    severity: 'page',
    variants: [
      ...limited.flatMap((site) => [
        variant(site, '429, spent', exhausted, leaves(site, 0)),
        variant(site, '429, reset in the past', exhausted, tooMany(site, '600', '0', -90)),
        variant(site, '429, doubled headers', exhausted, tooMany(site, '2000 & 300', '1500 & 0')),
      ]),
      ...authorize.map((site) => variant(site, '429 page', exhausted, answers(site, page(429, 'Too Many Requests')))),
      ...keys.map((site) => variant(site, '429 without headers', exhausted, answers(site, errorEnvelope('E0000047')))),
    ],
  },
  {
    id: 'Q2',
    title: 'the client’s own limit',
    severity: 'ticket',
    variants: authorize.flatMap((site) => [
      variant(site, '429, 0/60', quota('client-rate-limited'), tooMany(site, '60', '0')),
      variant(site, '429, 1990/2000 & 0/60', quota('client-rate-limited'), tooMany(site, '2000 & 60', '1990 & 0')),
    ]),
  },
  {
    id: 'Q3',
    title: 'too many requests at once',
    severity: 'ticket',
    variants: limited.map((site) => variant(site, '429, 0/0', quota('too-many-at-once'), tooMany(site, '0', '0', 1))),
  },
  {
    id: 'Q4',
    title: 'little headroom',
    severity: 'ticket',
    variants: [
      ...limited.flatMap((site) => [
        warning(site, '15 % left', quota('headroom-low'), leaves(site, 0.15)),
        { ...warning(site, '5 % left', quota('headroom-critical'), leaves(site, 0.05)), severity: 'page' as const },
      ]),
      ...authorize.map((site) =>
        warning(site, '1990/2000 & 9/60', quota('headroom-low'), doubled(site, '2000 & 60', '1990 & 9')),
      ),
    ],
  },
  {
    id: 'Q5',
    title: 'somebody else was limited',
    severity: 'ticket',
    variants: [],
    skipReason: 'needs a probe of the System Log',
  },
];
