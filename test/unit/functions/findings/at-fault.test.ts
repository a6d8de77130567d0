import { describe, expect, it } from 'vitest';
import { type Asked, attribute, type Reach, type Symptom, symptomOf } from '../../../../functions/findings/at-fault.ts';
import type { Fact } from '../../../../functions/findings/definition.ts';
import { finding } from '../../../../functions/findings/finding.ts';
import type { Exchange } from '../../../../functions/model/exchange.ts';

const exchange = (host: string, answer: Partial<Exchange>): Exchange => ({
  ...{ method: 'GET', url: `https://${host}/.well-known/okta-organization`, at: '', phases: {} },
  ...answer,
});
const lost: Partial<Exchange> = { failure: { code: 'ECONNRESET', message: 'read ECONNRESET' } };
const unmarked = (status: number): Partial<Exchange> => ({ status, sender: { mediaType: 'text/html' } });

const control = (works: boolean): Asked => ({
  ...{ host: 'status.example.com', works },
  exchange: exchange('status.example.com', works ? { status: 200 } : lost),
});
const sibling = (works: boolean, answer: Partial<Exchange> = lost): Asked => ({
  ...{ host: 'acme.okta.com', works },
  exchange: exchange('acme.okta.com', works ? { status: 200, requestId: 'id' } : answer),
});

interface Seen extends Partial<Reach> {
  readonly isProxied?: boolean;
  readonly isReached?: boolean;
}

function blamed(symptom: Symptom, { isProxied = false, isReached = false, ...reach }: Seen) {
  const facts = new Set<Fact>(isReached ? ['Okta answered elsewhere'] : []);
  const found = finding(symptom === 'connection' ? 'connection-reset' : 'unidentified-answer');
  const { code, domain, suspect } = attribute(
    found,
    symptom,
    { isOktaEdge: false, ...reach },
    {
      ...{ domain: 'login.acme.com', isDirect: !isProxied, facts },
    },
  );
  return [code, domain, suspect];
}

/** Nothing else is left, but Okta's edge and a CDN in front of the custom domain cannot be told apart. */
const either = {
  connection: ['connection-reset', 'network', 'okta or custom domain'],
  'server-error': ['unidentified-answer', 'network', 'okta or custom domain'],
  refusal: ['unidentified-answer', 'network', 'okta or custom domain'],
} as const;
const unknown = {
  connection: ['connection-reset', 'network', undefined],
  'server-error': ['unidentified-answer', 'network', undefined],
  refusal: ['unidentified-answer', 'network', undefined],
} as const;

describe('who is at fault without an answer that shows it', () => {
  it.each<readonly [string, Symptom, Seen, readonly unknown[]]>([
    ['nothing else was asked', 'connection', {}, unknown.connection],
    [
      "the control answers, at Okta's edge",
      'connection',
      { control: control(true), isOktaEdge: true },
      ['connection-reset', 'okta', 'okta'],
    ],
    [
      'the control answers, at a custom domain behind something else',
      'connection',
      { control: control(true) },
      either.connection,
    ],
    [
      'the control answers, and the other name fails alike',
      'connection',
      { control: control(true), sibling: sibling(false) },
      ['connection-reset', 'okta', 'okta'],
    ],
    [
      'the control answers, and the other name fails in another way',
      'connection',
      { control: control(true), sibling: sibling(false, unmarked(503)) },
      either.connection,
    ],
    [
      'the other name fails alike, and no control was asked',
      'connection',
      { sibling: sibling(false) },
      unknown.connection,
    ],
    [
      'the control fails',
      'connection',
      { control: control(false), isOktaEdge: true },
      ['connection-reset', 'monitor', 'our way'],
    ],
    [
      'the control fails, but Okta answered another request',
      'connection',
      { control: control(false), isOktaEdge: true, isReached: true },
      ['connection-reset', 'okta', 'okta'],
    ],
    [
      'the control fails behind a proxy',
      'connection',
      { control: control(false), isProxied: true },
      ['connection-reset', 'network', 'our way'],
    ],
    [
      "the control answers behind a proxy, at Okta's edge",
      'connection',
      { control: control(true), isOktaEdge: true, isProxied: true },
      unknown.connection,
    ],
    [
      'the other name answers',
      'connection',
      { sibling: sibling(true) },
      ['custom-domain-unreachable', 'network', 'custom domain'],
    ],
    [
      "the other name answers, and the record leads to Okta's edge",
      'connection',
      { sibling: sibling(true), isOktaEdge: true },
      ['custom-domain-unreachable', 'okta', 'okta'],
    ],
    [
      'the other name answers, and so did the domain',
      'connection',
      { sibling: sibling(true), isReached: true },
      ['connection-reset', 'network', 'okta or custom domain'],
    ],
    ["a 5xx at Okta's edge", 'server-error', { isOktaEdge: true }, ['edge-error', 'okta', 'okta']],
    [
      "a 5xx at Okta's edge behind a proxy",
      'server-error',
      { isOktaEdge: true, isProxied: true },
      unknown['server-error'],
    ],
    ['a 5xx at both names', 'server-error', { sibling: sibling(false, unmarked(502)) }, ['edge-error', 'okta', 'okta']],
    [
      'a 5xx, and a lost connection at the other name',
      'server-error',
      { sibling: sibling(false) },
      either['server-error'],
    ],
    ["a 403 at Okta's edge", 'refusal', { isOktaEdge: true }, ['edge-refused', 'okta', 'okta or administrators']],
    [
      'a 403 at both names',
      'refusal',
      { sibling: sibling(false, unmarked(403)) },
      ['edge-refused', 'okta', 'okta or administrators'],
    ],
    ['a 403, and a 5xx at the other name', 'refusal', { sibling: sibling(false, unmarked(502)) }, either.refusal],
    ['a 403 among answers of Okta', 'refusal', { isOktaEdge: true, isReached: true }, unknown.refusal],
  ])('%s', (_, symptom, seen, expected) => {
    expect(blamed(symptom, seen)).toEqual(expected);
  });
});

describe('a symptom', () => {
  it.each<readonly [string, Partial<Exchange>, Symptom | undefined]>([
    ['a lost connection', lost, 'connection'],
    ['a certificate for another name', { failure: { code: 'ERR_TLS_CERT_ALTNAME_INVALID', message: '' } }, undefined],
    ['a 503 without a mark', unmarked(503), 'server-error'],
    ['a 403 without a mark', unmarked(403), 'refusal'],
    ['a 404 without a mark', unmarked(404), undefined],
    ['a 503 with a request id of Okta', { status: 503, requestId: 'aB3dE6gH9jK2mN5p' }, undefined],
    ['a 503 of a CDN', { status: 503, sender: { server: 'cloudflare' } }, undefined],
    ['a 403 of a firewall', { status: 403, sender: { intermediary: ['a page of a firewall'] } }, undefined],
    ['a 503 of an API of yours', { ...unmarked(503), ofResource: true }, undefined],
  ])('of %s', (_, answer, symptom) => {
    expect(symptomOf(exchange('login.acme.com', answer))).toBe(symptom);
  });
});
