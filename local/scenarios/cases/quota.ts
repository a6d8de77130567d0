import { errorEnvelope } from '../../emulators/okta/error-envelope.ts';
import type { Step } from '../../simulator/environment.ts';
import { type Case, cell, type Expected, warning } from '../case.ts';
import { altersHeaders, answers, limitHeaders, meets, page } from '../faults/answers.ts';
import { authorize, type EndpointSite, keys, limited } from '../targets.ts';

const quota = (code: string): Expected => ({ code, domain: 'quota' });
const exhausted = quota('rate-limit-exhausted');

/** A 429 in the envelope, wherever it comes, with these headers. */
const tooMany =
  (site: EndpointSite, limit: string, remaining: string, resetInSeconds?: number): Step =>
  (scene) =>
    meets(site, {
      ...errorEnvelope('E0000047'),
      headers: { 'content-type': 'application/json', ...limitHeaders(limit, remaining, resetInSeconds) },
    })(scene);

/** Spends a bucket down to a share, for real: the embedded Okta counts on from there. */
const leaves =
  ({ bucket }: EndpointSite, share: number): Step =>
  ({ okta }) =>
    bucket ? { undo: okta.leaveHeadroom(bucket, share) } : {};

const doubled = (site: EndpointSite, limit: string, remaining: string) =>
  altersHeaders(site, (headers) => ({ ...headers, ...limitHeaders(limit, remaining) }));

export const quotaCases: readonly Case[] = [
  {
    id: 'Q1',
    title: 'the org’s bucket is exhausted',
    hears: 'page',
    cells: [
      ...limited.flatMap((site) => [
        cell(site, '429, spent', exhausted, leaves(site, 0)),
        cell(site, '429, reset in the past', exhausted, tooMany(site, '600', '0', -90)),
        cell(site, '429, doubled headers', exhausted, tooMany(site, '2000 & 300', '1500 & 0')),
      ]),
      ...authorize.map((site) => cell(site, '429 page', exhausted, answers(site, page(429, 'Too Many Requests')))),
      ...keys.map((site) => cell(site, '429 without headers', exhausted, answers(site, errorEnvelope('E0000047')))),
    ],
  },
  {
    id: 'Q2',
    title: 'the client’s own limit',
    hears: 'ticket',
    cells: authorize.flatMap((site) => [
      cell(site, '429, 0/60', quota('client-rate-limited'), tooMany(site, '60', '0')),
      cell(site, '429, 1990/2000 & 0/60', quota('client-rate-limited'), tooMany(site, '2000 & 60', '1990 & 0')),
    ]),
  },
  {
    id: 'Q3',
    title: 'too many requests at once',
    hears: 'ticket',
    cells: limited.map((site) => cell(site, '429, 0/0', quota('too-many-at-once'), tooMany(site, '0', '0', 1))),
  },
  {
    id: 'Q4',
    title: 'little headroom',
    hears: 'ticket',
    cells: [
      ...limited.flatMap((site) => [
        warning(site, '15 % left', quota('headroom-low'), leaves(site, 0.15)),
        { ...warning(site, '5 % left', quota('headroom-critical'), leaves(site, 0.05)), hears: 'page' as const },
      ]),
      ...authorize.map((site) =>
        warning(site, '1990/2000 & 9/60', quota('headroom-low'), doubled(site, '2000 & 60', '1990 & 9')),
      ),
    ],
  },
  {
    id: 'Q5',
    title: 'somebody else was limited',
    hears: 'ticket',
    cells: [],
    waiting: 'needs a probe of the System Log',
  },
];
