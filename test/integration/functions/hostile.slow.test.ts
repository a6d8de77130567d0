import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { factsOf, isEncrypted, missingIntrospectionMembers } from '../../../functions/okta/access-token.ts';
import { readAuthorizeAnswer } from '../../../functions/okta/authorize-answer.ts';
import { compareDiscovery } from '../../../functions/okta/discovery.ts';
import { cacheSeconds, parseKeySet, signingKeyIds } from '../../../functions/okta/key-set.ts';
import { knownText, knownTextIn, parseCallbackError, parseOktaError } from '../../../functions/okta/okta-error.ts';
import { headroomPercent, limitOwner, parseRateLimit } from '../../../functions/okta/rate-limit.ts';
import { parseStatusPage } from '../../../functions/okta/status-page.ts';
import { introspect } from '../../../functions/probes/introspect.ts';
import { keys } from '../../../functions/probes/keys.ts';
import { token } from '../../../functions/probes/token.ts';
import { verify } from '../../../functions/probes/verify.ts';
import { endOf } from '../../support/ends-in-time.ts';
import {
  abnormalAnswers,
  anyText,
  endlessFastAnswers,
  endlessSlowAnswers,
  hostileAnswer,
  hostileHeaders,
  hostileText,
  repetitivePages,
} from '../../support/hostile-answers.ts';
import { type HostileOrg, paths, type Replies, startHostileOrg } from '../../support/hostile-org.ts';
import { answerBytes, type RawReply, silence } from '../../support/raw-server.ts';
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

/** Everywhere but at the endpoints that other probes get their input from, so that those probes send their requests. */
const beyondTheInputs = (reply: RawReply): Replies => ({
  ...everywhere(reply),
  '/oauth2/v1/token': undefined,
  '/oauth2/default/v1/token': undefined,
  '/.well-known/okta-organization': undefined,
});

const passed = (verdict: string) => verdict.endsWith(': passed');

it('a run passes every probe against a healthy org', async () => {
  const report = await org.runProbes({}, { deadlineMs: 10_000 });
  expectSound(report);
  expect(outcomeLines(report).filter((verdict) => !passed(verdict))).toEqual([]);
});

describe('abnormal answers', () => {
  it('a run reports one valid outcome per probe, whatever status, headers and body the endpoints send', async () => {
    const answers = fc.record(Object.fromEntries(paths.map((path) => [path, fc.option(hostileAnswer, { freq: 2 })])));
    await fc.assert(
      fc.asyncProperty(answers, async (chosen) => {
        const replies = Object.entries(chosen).flatMap(([path, bytes]): [string, RawReply][] =>
          bytes ? [[path, (socket) => void socket.end(bytes)]] : [],
        );
        expectSound(await org.runProbes(Object.fromEntries(replies)));
      }),
      { numRuns: 100 },
    );
  });

  it('a run reports one valid outcome per probe, whatever bytes of healthy answers are changed', async () => {
    const change = fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      remove: fc.nat(20),
      insert: fc.oneof(anyText(10), fc.constantFrom('"', '}', '[', 'null', '0', '\r\n')),
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
        expectSound(await org.runProbes(Object.fromEntries(replies)));
      }),
      { numRuns: 50 },
    );
  });

  it('a run reports one valid outcome per probe, whatever a correctly signed token claims', async () => {
    const claims = fc.dictionary(
      fc.constantFrom(...Object.keys(org.claims), 'nbf', 'groups', '__proto__', 'toString'),
      fc.oneof(fc.jsonValue(), fc.constantFrom(-1, 1e300, 9e15, 'x'.repeat(1_000))),
      { maxKeys: 4 },
    );
    await fc.assert(
      fc.asyncProperty(claims, async (changed) => {
        const signed = await org.sign({ ...org.claims, ...changed });
        const answer = json({ token_type: 'Bearer', access_token: signed });
        // The probes that get or read a token. No other probe depends on one.
        expectSound(
          await org.runProbes({ '/oauth2/default/v1/token': answer }, { probes: [keys, token, verify, introspect] }),
        );
      }),
      { numRuns: 50 },
    );
  });

  it.each(Object.entries(abnormalAnswers))(
    'a run reports one valid outcome per probe when the endpoints answer with %s',
    async (_, reply) => {
      expectSound(await org.runProbes(everywhere(reply)));
      expectSound(await org.runProbes(beyondTheInputs(reply)));
    },
  );

  it.each([
    ['has a modulus of three bytes', { n: 'AQAB' }],
    ['has a modulus that is not base64', { n: '!' }],
    ['contains its private part', { d: 'AQAB' }],
  ])('the probe verify fails when the key that signed a token %s', async (_, change) => {
    const report = await org.runProbes({ '/oauth2/default/v1/keys': json({ keys: [{ ...org.jwk, ...change }] }) });
    expectSound(report);
    expect(outcomeOf(report, 'verify', 'default').status).toBe('failed');
  });

  const page =
    (body: string): RawReply =>
    (socket) =>
      void socket.end(answerBytes(200, [], body));
  it.each<[string, () => Promise<Replies> | Replies]>([
    [
      'a status page lists 100,000 incidents',
      () => ({ '/status': page(`<b data-id="incidents">[${'{},'.repeat(100_000)}{}]</b>`) }),
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
  ])('no log line exceeds the size at which CloudWatch cuts it when %s', async (_, replies) => {
    expectSound(await org.runProbes(await replies(), { deadlineMs: 10_000 }));
  });
});

async function expectNothingPasses(its: HostileOrg, name: string, reply: RawReply): Promise<void> {
  const report = await its.runProbes(everywhere(reply), { deadlineMs: 3_000 });
  expectSound(report);
  expect(outcomeLines(report).filter(passed)).toEqual([]);
  if (name === 'a body sent slowly') expect(outcomeLines(report)).toContain('organization: intercepted');
}

// These wait more than they work, so they run at the same time, each at an org of its own.
describe.concurrent('missing and slow answers', () => {
  it.each(Object.entries(endlessSlowAnswers))(
    'a run ends at its deadline when the answer is %s',
    async (name, reply) => {
      await using own = await startHostileOrg();
      await expectNothingPasses(own, name, reply);
    },
  );

  it('a run without any answer ends long before its deadline and blames the org alone', async () => {
    await using own = await startHostileOrg();
    const report = await own.runProbes(everywhere(silence), { deadlineMs: 20_000 });
    expectSound(report);
    expect(outcomeLines(report).filter((verdict) => !verdict.endsWith(': skipped'))).toEqual([
      'organization: no-answer',
      'status-page: status-unknown',
    ]);
  });
});

describe('endless answers', () => {
  it.each(Object.entries(endlessFastAnswers))('a run ends at its deadline when the answer is %s', (name, reply) =>
    expectNothingPasses(org, name, reply),
  );

  it('a run closes the connection when a body exceeds its limit', async () => {
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
    const report = await org.runProbes(everywhere(pour), { deadlineMs: 10_000 });
    expectSound(report);
    const written = await Promise.all(sent);
    expect(written.length).toBeGreaterThanOrEqual(10);
    // The client reads 2 MB. Two sockets and two TLS layers buffer the rest.
    expect(Math.max(...written)).toBeLessThan(32 * 1024 * 1024);
  });
});

describe('the parsers of answers', () => {
  const parsers: Readonly<Record<string, (text: string, headers: Headers) => unknown>> = {
    parseStatusPage: (text) => parseStatusPage(text),
    'readAuthorizeAnswer of a page': (body) => readAuthorizeAnswer({ status: 200, location: null, body }, callback),
    'readAuthorizeAnswer of a redirect': (text) =>
      readAuthorizeAnswer({ status: 302, location: `${callback}${text}`, body: '' }, callback),
    parseOktaError: (text, headers) => parseOktaError(headers, text),
    parseCallbackError: (text) => parseCallbackError(new URLSearchParams(text)),
    knownText: (text) => [knownText(text), knownTextIn(text)],
    factsOf: (text) => [factsOf(text), isEncrypted(text)],
    'factsOf of a text shaped like a token': (text) =>
      factsOf(`${Buffer.from(text).toString('base64url')}.${Buffer.from(text).toString('base64url')}.x`),
    cacheSeconds: (_, headers) => cacheSeconds(headers),
    parseRateLimit: (_, headers) => {
      const limit = parseRateLimit(headers, 0);
      return limit && [headroomPercent(limit, '/oauth2/v1/token'), limitOwner(limit, undefined)];
    },
  };

  it('no parser throws, whatever text and headers it gets', () => {
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
      { numRuns: 2_000 },
    );
  });

  it.each<[string, (document: Record<string, unknown>) => unknown]>([
    ['parseKeySet and signingKeyIds', (document) => signingKeyIds(parseKeySet(document) ?? { keys: [] })],
    [
      'compareDiscovery',
      (document) => compareDiscovery(document, 'localhost:1', { id: 'org', issuer: 'https://localhost:1' }),
    ],
    ['missingIntrospectionMembers', missingIntrospectionMembers],
  ])('%s never throws, whatever document it gets', (_, parse) => {
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

  it('parseOktaError reads a page that nests 100,000 elements', () => {
    const headers = new Headers({ 'content-type': 'text/html' });
    expect(parseOktaError(headers, '<p>'.repeat(100_000)).shape).toBe('html');
  });
});

describe('the parsers of pages', () => {
  const pages = repetitivePages();
  it.each<[string, string, (page: string) => readonly unknown[]]>([
    ['readAuthorizeAnswer', 'authorize-answer', (body) => [{ status: 200, location: null, body }, callback]],
    ['parseStatusPage', 'status-page', (html) => [html]],
  ])('%s reads large repetitive pages in linear time', async (name, module, argumentsOf) => {
    const calls = pages.map((page) => argumentsOf(page));
    expect(await endOf(`functions/okta/${module}.ts`, name, calls)).toBe('ended');
  });
});
