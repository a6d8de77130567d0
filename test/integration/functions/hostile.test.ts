import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { factsOf, isEncrypted, missingIntrospectionMembers } from '../../../functions/okta/access-token.ts';
import { readAuthorizeAnswer } from '../../../functions/okta/authorize-answer.ts';
import { compareDiscovery } from '../../../functions/okta/discovery.ts';
import { cacheSeconds, parseKeySet, signingKeyIds } from '../../../functions/okta/key-set.ts';
import { knownText, knownTextIn } from '../../../functions/okta/known-texts.ts';
import { parseCallbackError, parseOktaError } from '../../../functions/okta/okta-error.ts';
import { headroomPercent, limitOwner, parseRateLimit } from '../../../functions/okta/rate-limit.ts';
import { parseStatusFeed, parseStatusPage } from '../../../functions/okta/status-page.ts';
import { endOf } from '../../support/ends-in-time.ts';
import {
  endless,
  hostileAnswer,
  hostileHeaders,
  hostileText,
  monsters,
  silence,
  tarpits,
} from '../../support/hostile-answers.ts';
import { type HostileOrg, paths, type Replies, startHostileOrg } from '../../support/hostile-org.ts';
import { answerBytes, type RawReply } from '../../support/raw-server.ts';
import { outcomeLines, outcomeOf } from '../../support/run-probes.ts';
import { expectSound } from '../../support/sound-report.ts';

let org: HostileOrg;
beforeAll(async () => {
  org = await startHostileOrg();
});
afterAll(() => org[Symbol.asyncDispose]());

const callback = 'https://app.example.com/callback';
const json = (value: unknown): RawReply => {
  return (socket) => void socket.end(answerBytes(200, [['content-type', 'application/json']], JSON.stringify(value)));
};
const everywhere = (reply: RawReply): Replies => Object.fromEntries(paths.map((path) => [path, reply]));

/** Everywhere but where others get their input, so that those who need it ask as well. */
const behindTheFirst = (reply: RawReply): Replies => ({
  ...everywhere(reply),
  '/oauth2/v1/token': undefined,
  '/oauth2/default/v1/token': undefined,
  '/.well-known/okta-organization': undefined,
});

describe('a run against a healthy server', () => {
  it('passes, so that what follows is the hostility’s doing', async () => {
    const report = await org.watch({}, 10_000);
    expectSound(report);
    expect(outcomeLines(report).filter((verdict) => !verdict.endsWith(': passed'))).toEqual([]);
  });
});

describe('a run ends with one sound outcome a probe', () => {
  it('whatever status, headers and bytes come from any endpoint', async () => {
    const answers = fc.record(Object.fromEntries(paths.map((path) => [path, fc.option(hostileAnswer, { freq: 2 })])));
    await fc.assert(
      fc.asyncProperty(answers, async (chosen) => {
        const replies = Object.entries(chosen).flatMap(([path, bytes]): [string, RawReply][] =>
          bytes ? [[path, (socket) => void socket.end(bytes)]] : [],
        );
        expectSound(await org.watch(Object.fromEntries(replies)));
      }),
      { numRuns: 100 },
    );
  });

  it('whatever is changed in the bytes of healthy answers', async () => {
    const change = fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      remove: fc.nat(20),
      insert: fc.oneof(
        fc.string({ unit: 'binary', maxLength: 10 }),
        fc.constantFrom('"', '}', '[', 'null', '0', '\r\n'),
      ),
    });
    const changes = fc.array(fc.tuple(fc.constantFrom(...paths), change), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(changes, async (all) => {
        const replies = all.map(([path, { at, remove, insert }]): [string, RawReply] => [
          path,
          (socket, request) => {
            const bytes = org.healthy(request);
            const start = Math.floor(at * bytes.length);
            socket.end(Buffer.concat([bytes.subarray(0, start), Buffer.from(insert), bytes.subarray(start + remove)]));
          },
        ]);
        expectSound(await org.watch(Object.fromEntries(replies)));
      }),
      { numRuns: 50 },
    );
  });

  it('whatever a token claims that verifies', async () => {
    const claims = fc.dictionary(
      fc.constantFrom(...Object.keys(org.claims), 'nbf', 'groups', '__proto__', 'toString'),
      fc.oneof(fc.jsonValue(), fc.constantFrom(-1, 1e300, 9e15, 'x'.repeat(1_000))),
      { maxKeys: 4 },
    );
    await fc.assert(
      fc.asyncProperty(claims, async (changed) => {
        const token = await org.sign({ ...org.claims, ...changed });
        const answer = { token_type: 'Bearer', access_token: token };
        expectSound(await org.watch({ '/oauth2/default/v1/token': json(answer) }));
      }),
      { numRuns: 50 },
    );
  });

  it.each(Object.entries(monsters))('for %s', async (_, reply) => {
    expectSound(await org.watch(everywhere(reply)));
    expectSound(await org.watch(behindTheFirst(reply)));
  });

  it.each(Object.entries(endless))('in time for %s', async (name, reply) => {
    const report = await org.watch(everywhere(reply), 3_000);
    expectSound(report);
    expect(outcomeLines(report).filter((verdict) => verdict.endsWith(': passed'))).toEqual([]);
    if (name.endsWith('body that drips')) expect(outcomeLines(report)).toContain('organization: out-of-time');
  });

  it('for silence, long before its time is up', async () => {
    const report = await org.watch(everywhere(silence), 20_000);
    expectSound(report);
    expect(outcomeLines(report).filter((verdict) => !verdict.endsWith(': skipped'))).toEqual([
      'organization: no-answer',
      'status-page: status-unknown',
    ]);
  });

  it.each([
    ['has no modulus to speak of', { n: 'AQAB' }],
    ['has a modulus that is no base64', { n: '!' }],
    ['has its private part', { d: 'AQAB' }],
  ])('when the key that a token names %s', async (_, change) => {
    const report = await org.watch({ '/oauth2/default/v1/keys': json({ keys: [{ ...org.jwk, ...change }] }) });
    expectSound(report);
    expect(outcomeOf(report, 'verify', 'default').status).toBe('failed');
  });

  const page =
    (body: string): RawReply =>
    (socket) =>
      void socket.end(answerBytes(200, [], body));
  it.each<[string, () => Promise<Replies> | Replies]>([
    [
      'a status page announces 100,000 incidents',
      () => ({ '/status': page(`<b data-id="incidents">[${'{},'.repeat(100_000)}{}]</b>`) }),
    ],
    [
      'a status feed has a title of 1 MB',
      () => ({
        '/status': page(''),
        '/status/feed': page(
          `<feed><entry><id>1</id><updated>${new Date().toISOString()}</updated><title>${'t'.repeat(1e6)}</title></entry></feed>`,
        ),
      }),
    ],
    [
      'a token has a claim whose name is 1 MB',
      async () => ({
        '/oauth2/default/v1/token': json({
          token_type: 'Bearer',
          access_token: await org.sign({ ...org.claims, aud: 'x', ['c'.repeat(1e6)]: 1 }),
        }),
      }),
    ],
    [
      'a token has a scope of 1 MB',
      async () => ({
        '/oauth2/default/v1/token': json({
          token_type: 'Bearer',
          access_token: await org.sign({ ...org.claims, aud: 'x', scp: ['s'.repeat(1e6)] }),
        }),
      }),
    ],
  ])('and a log line that is not cut when %s', async (_, replies) => {
    expectSound(await org.watch(await replies(), 10_000));
  });
});

describe('a body that does not end', () => {
  it('is read no further than its limit: the server sees the connection closed', async () => {
    const sent: Promise<number>[] = [];
    const pour: RawReply = (socket) => {
      const { promise, resolve } = Promise.withResolvers<number>();
      sent.push(promise);
      let written = 0;
      const chunk = Buffer.alloc(65_536, ' ');
      const more = () => {
        while (!socket.destroyed && written < 256 * 1024 * 1024) {
          written += chunk.length;
          if (!socket.write(chunk)) return;
        }
        socket.end();
      };
      socket.on('drain', more).on('close', () => resolve(written));
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      more();
    };
    const report = await org.watch(everywhere(pour), 10_000);
    expectSound(report);
    const written = await Promise.all(sent);
    expect(written.length).toBeGreaterThanOrEqual(10);
    // 2 MB are read; the rest is what two sockets and two TLS layers hold.
    expect(Math.max(...written)).toBeLessThan(32 * 1024 * 1024);
  });
});

describe('a parser never throws', () => {
  const parsers: Readonly<Record<string, (text: string, headers: Headers) => unknown>> = {
    parseStatusPage: (text) => parseStatusPage(text),
    parseStatusFeed: (text) => parseStatusFeed(text, 0),
    'readAuthorizeAnswer of a page': (body) => readAuthorizeAnswer({ status: 200, location: null, body }, callback),
    'readAuthorizeAnswer of a redirect': (text) =>
      readAuthorizeAnswer({ status: 302, location: `${callback}${text}`, body: '' }, callback),
    parseOktaError: (text, headers) => parseOktaError(headers, text),
    parseCallbackError: (text) => parseCallbackError(new URLSearchParams(text)),
    knownText: (text) => [knownText(text), knownTextIn(text)],
    factsOf: (text) => [factsOf(text), isEncrypted(text)],
    'factsOf what looks like a token': (text) =>
      factsOf(`${Buffer.from(text).toString('base64url')}.${Buffer.from(text).toString('base64url')}.x`),
    cacheSeconds: (_, headers) => cacheSeconds(headers),
    parseRateLimit: (_, headers) => {
      const limit = parseRateLimit(headers, 0);
      return limit && [headroomPercent(limit, '/oauth2/v1/token'), limitOwner(limit, undefined)];
    },
  };

  it('whatever text and headers it is given', () => {
    fc.assert(
      fc.property(hostileText, hostileHeaders, (text, headers) => {
        const thrown = Object.entries(parsers).flatMap(([name, parse]) => {
          try {
            parse(text, headers);
            return [];
          } catch (error) {
            return [`${name}: ${error}`];
          }
        });
        expect(thrown).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });

  it.each<[string, (document: Record<string, unknown>) => unknown]>([
    ['parseKeySet and signingKeyIds', (document) => signingKeyIds(parseKeySet(document) ?? { keys: [] })],
    [
      'compareDiscovery',
      (document) => compareDiscovery(document, 'localhost:1', { id: 'org', issuer: 'https://localhost:1' }),
    ],
    ['missingIntrospectionMembers', missingIntrospectionMembers],
  ])('%s', (_, parse) => {
    const document = fc.oneof(
      fc.object(),
      fc.dictionary(fc.constantFrom('keys', 'issuer', 'token_endpoint', 'jwks_uri', 'sub'), fc.anything()),
      fc.record({ keys: fc.array(fc.dictionary(fc.constantFrom('kty', 'use', 'n', 'e', 'kid'), fc.jsonValue())) }),
    );
    fc.assert(
      fc.property(document, (each) => void parse(each as Record<string, unknown>)),
      { numRuns: 300 },
    );
  });

  it('parseOktaError, of a page that nests 100,000 elements', () => {
    const headers = new Headers({ 'content-type': 'text/html' });
    expect(parseOktaError(headers, '<p>'.repeat(100_000)).shape).toBe('html');
  });
});

describe('a large page is read in a time that grows with its size alone', () => {
  it.each<[string, string, (page: string) => readonly unknown[]]>([
    ['readAuthorizeAnswer', 'authorize-answer', (body) => [{ status: 200, location: null, body }, callback]],
    ['parseStatusPage', 'status-page', (html) => [html]],
    ['parseStatusFeed', 'status-page', (xml) => [xml, Date.now()]],
  ])('by %s', async (name, module, argumentsOf) => {
    const calls = tarpits.map((page) => argumentsOf(page));
    expect(await endOf(`functions/okta/${module}.ts`, name, calls)).toBe('ended');
  });
});
