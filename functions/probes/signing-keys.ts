import { type FindingCode, finding } from '../findings/finding.ts';
import { ProbeFailure, UnexpectedResponse } from '../findings/probe-failure.ts';
import type { Finding } from '../model/finding.ts';
import { defineProbe } from '../model/probe.ts';
import { endpointUrl } from '../okta/endpoints.ts';
import { wholeDays } from '../okta/expiry.ts';
import { cacheSeconds, parseKeySet, signingKeyIds } from '../okta/key-set.ts';
import { kidsWith, parseServerSigning, type ServerSigning } from '../okta/management-answers.ts';
import { type ApiContext, healthOf, openApiReader } from './api-reader.ts';

/** Tokens live this long unless an access policy says otherwise. */
const tokenLifetimeMs = 60 * 60_000;

/** The next key should have been published for as long as this when it begins to sign. */
const announcedDays = 7;

/**
 * Compares the keys with which a custom server signs, or will sign, with those that it publishes, and looks at the dates
 * of their rotation. Where new tokens are verified, that reports an unpublished key sooner, and one page is enough.
 *
 * Trap: for custom servers only. The Org server does not publish the keys of its access tokens.
 * https://developer.okta.com/docs/concepts/key-rotation/
 */
export const signingKeys = defineProbe({
  id: 'signing-keys',
  question: 'Does the server publish the keys that it signs with, and are they rotated?',
  group: 'health',
  scope: 'custom-server',
  requires: ['api', 'health'],
  apiScopes: { anyOf: ['okta.authorizationServers.read'] },
  inputs: ['apiAccess'],
  requests: ['authorization-server', 'authorization-server-keys', 'keys'],
  timed: false,
  metrics: {},
  async run(context) {
    const { org, server } = context;
    const api = openApiReader(context, 'signing-keys');
    const urlOf = (endpoint: 'authorization-server' | 'authorization-server-keys') =>
      endpointUrl(org.domain, server, endpoint);
    const found = await api.item('authorization server', 'authorization-server', urlOf('authorization-server'));
    if (found === 'missing') throw new UnexpectedResponse();
    const keys =
      found &&
      (await api.list('signing keys', 'authorization-server-keys', { url: urlOf('authorization-server-keys') }));
    if (!keys) return api.resultWith([]);
    const [active, next] = [kidsWith('ACTIVE', keys), kidsWith('NEXT', keys)];
    if (active.length === 0) throw new ProbeFailure('health-unread', 'signing keys: none of them is ACTIVE');
    const hiddenIn = ({ kids }: PublishedKeys) => active.filter((kid) => !kids.includes(kid));
    const first = await publishedKeys(context);
    // The keys may have been rotated between the two requests.
    const published = hiddenIn(first).length > 0 ? await publishedKeys(context) : first;
    const hidden = hiddenIn(published);
    const kids = published.kids.join(' ').slice(0, 300) || 'none';
    const unpublished = (code: FindingCode, expected: string) =>
      finding(code, { comparisons: [{ name: `key ids that ${server.id} publishes`, expected, found: kids }] });
    const vanished = await vanishedKeys(context, active, published.kids);
    const signing = parseServerSigning(found);
    const { nextRotation, isManual } = signing;
    const left = nextRotation === undefined ? undefined : wholeDays(api.time(), nextRotation);
    const isReported = hidden.length > 0 && !server.areTokensVerified;
    api.notes.push(
      ...(hidden.length > 0 && !isReported
        ? ['the active key is not published: the probe of new tokens reports it']
        : []),
      isManual || left === undefined ? 'rotated by hand' : `rotates in ${left} days`,
      ...(published.cachedFor === undefined ? [] : [`services may cache the keys for ${published.cachedFor} s`]),
    );
    return api.resultWith([
      ...(isReported ? [unpublished('active-key-unpublished', hidden.join(' '))] : []),
      ...(vanished.length > 0 ? [unpublished('signing-key-vanished', vanished.join(' '))] : []),
      ...(isNextAnnounced(next, published, left)
        ? []
        : [unpublished('next-key-unpublished', next.join(' ') || 'a NEXT key')]),
      ...rotationFindings(server.id, signing, healthOf(org).maxAgeDays, api.time()),
    ]);
  },
});

/** Without a NEXT key, none has to be published yet if the next rotation is far away or unknown. */
function isNextAnnounced(next: readonly string[], { kids }: PublishedKeys, daysLeft = Number.POSITIVE_INFINITY) {
  return next.length > 0 ? next.every((kid) => kids.includes(kid)) : daysLeft > announcedDays;
}

function rotationFindings(
  server: string,
  { isManual, lastRotated, nextRotation }: ServerSigning,
  maxAgeDays: number,
  now: number,
): readonly Finding[] {
  const overdue = nextRotation === undefined ? 0 : wholeDays(nextRotation, now);
  const age = lastRotated === undefined ? 0 : wholeDays(lastRotated, now);
  const date = (time = now) => new Date(time).toISOString().slice(0, 10);
  return [
    ...(!isManual && overdue > 0
      ? [
          finding('key-rotation-overdue', {
            comparisons: [{ name: 'next rotation', expected: 'in the future', found: date(nextRotation) }],
          }),
        ]
      : []),
    ...(isManual && age > maxAgeDays
      ? [
          finding('signing-key-old', {
            once: [`${server}/${lastRotated}#old`],
            comparisons: [
              { name: 'age of the signing key', expected: `at most ${maxAgeDays} days`, found: `${age} days` },
            ],
          }),
        ]
      : []),
  ];
}

/**
 * The keys that signed tokens which may still be valid, and that are not published any more. Remembers which keys sign.
 *
 * Trap: a service that has cached them still verifies these tokens, and one that starts now refuses them.
 */
async function vanishedKeys(
  { memory, server, now }: ApiContext,
  active: readonly string[],
  published: readonly string[],
): Promise<readonly string[]> {
  const own = memory.of(`signing-keys@${server.id}`);
  const signedAt = new Map([...signedAtIn(await own.read()), ...active.map((kid) => [kid, now()] as const)]);
  const live = [...signedAt].filter(([, at]) => now() - at < tokenLifetimeMs);
  await own.write({ signedAt: Object.fromEntries(live) });
  return live.map(([kid]) => kid).filter((kid) => !active.includes(kid) && !published.includes(kid));
}

/** When each key was last seen to sign. Trap: another version of the monitor may have written it. */
function signedAtIn(body: unknown): readonly (readonly [string, number])[] {
  const { signedAt } = Object(body) as { readonly signedAt?: unknown };
  return Object.entries(Object(signedAt) as object).filter(
    (entry): entry is [string, number] => typeof entry[1] === 'number',
  );
}

interface PublishedKeys {
  readonly kids: readonly string[];
  /** How long services may cache the keys, in seconds. */
  readonly cachedFor: number | undefined;
}

async function publishedKeys({ org, server, fetch }: ApiContext): Promise<PublishedKeys> {
  const response = await fetch(endpointUrl(org.domain, server, 'keys'));
  if (response.status !== 200) throw new UnexpectedResponse();
  const keySet = parseKeySet(Object(await response.json().catch(() => undefined)));
  if (!keySet) throw new ProbeFailure('health-unread', 'the published keys are not a JWK Set');
  return { kids: signingKeyIds(keySet), cachedFor: cacheSeconds(response.headers) };
}
