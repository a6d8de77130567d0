import { describe, expect, it } from 'vitest';
import type { FetchInit } from '../../../../../functions/model/probe.ts';
import { openOktaApi, withApiToken } from '../../../../../local/commands/setup/okta-api.ts';
import { OktaRefusal } from '../../../../../local/commands/setup/refusals.ts';

const origin = 'https://acme.okta.com';
const now = Date.UTC(2030, 0, 1);

/** An answer of Okta's, as recorded. */
const answer =
  (status: number, body: unknown, headers: Record<string, string> = {}) =>
  () =>
    new Response(body === undefined ? null : JSON.stringify(body), { status, headers });
const envelope = (errorCode: string) => ({
  errorCode,
  errorSummary: 'canary-summary',
  errorId: 'oae1',
  errorCauses: [],
});

/** The API with answers in this order, and what was asked and waited for. */
function api(...answers: (() => Response)[]) {
  const requests: unknown[][] = [];
  const waits: number[] = [];
  const okta = openOktaApi({
    ...{ origin, now: () => now },
    async fetch(url, { method = 'GET', body } = {}) {
      requests.push([method, url.replace(origin, ''), ...(body ? [JSON.parse(String(body)) as unknown] : [])]);
      const next = answers.shift();
      if (!next) throw new Error(`There is no answer for ${method} ${url}.`);
      return next();
    },
    async wait(ms) {
      waits.push(ms);
    },
  });
  return { okta, requests, waits };
}

describe('the management API of a set-up', () => {
  it('reads all pages of a list', async () => {
    const next = { link: `<${origin}/api/v1/apps?after=2>; rel="next"` };
    const { okta } = api(answer(200, [{ id: '1' }], next), answer(200, [{ id: '2' }]));
    expect(await okta.list('/api/v1/apps', 'applications')).toEqual([{ id: '1' }, { id: '2' }]);
  });

  it.each([[{ jwks: { keys: [{ kid: '1' }] } }], [{ keys: [{ kid: '1' }] }]])(
    "reads the keys of a client as Okta's example and as its schema have them: %j",
    async (keySet) => {
      const { okta } = api(answer(200, keySet));
      expect(await okta.list('/api/v1/apps/0oa1/credentials/jwks', 'applications')).toEqual([{ kid: '1' }]);
    },
  );

  it.each([[{}], [{ items: [] }], ['canary'], [null]])(
    'takes an answer without a list for that of something in between, not for an empty list: %j',
    async (body) => {
      const { okta } = api(answer(200, body));
      const error = await okta.list('/api/v1/apps', 'applications').catch((thrown: unknown) => thrown);
      expect((error as OktaRefusal).refusal.isTotal).toBe(true);
      expect(String(error)).not.toContain('canary');
    },
  );

  it.each([
    'https://evil.example.com/api/v1/apps?after=2',
    'http://acme.okta.com/api/v1/apps?after=2',
    'https://acme.okta.com.evil.example.com/api/v1/apps?after=2',
    'https://acme.okta.com:8443/api/v1/apps?after=2',
    'https://acme.okta.com/api/v1/users?after=2',
    '//evil.example.com/api/v1/apps',
    '/api/v1/apps?after=2',
  ])('follows no link to another host or list, and takes no part of a list for all of it: %s', async (target) => {
    const { okta, requests } = api(answer(200, [{ id: '1' }], { link: `<${target}>; rel="next"` }));
    await expect(okta.list('/api/v1/apps', 'applications')).rejects.toMatchObject({ refusal: { isTotal: true } });
    expect(requests).toHaveLength(1);
  });

  it.each([
    ['names a page that was read', (page: number) => page % 3, 3],
    ['goes on and on', (page: number) => page, 100],
  ])('ends a list that %s', async (_, after, most) => {
    let pages = 0;
    const okta = openOktaApi({
      ...{ origin, wait: async () => {}, now: () => now },
      async fetch() {
        pages += 1;
        const link = `<${origin}/api/v1/apps?after=${after(pages)}>; rel="next"`;
        return Response.json([{ id: '1' }], { headers: { link } });
      },
    });
    await expect(okta.list('/api/v1/apps', 'applications')).rejects.toThrow('has no end');
    expect(pages).toBeLessThanOrEqual(most + 1);
  });

  it('ends a list whose pages take too long together', async () => {
    let time = now;
    const okta = openOktaApi({
      ...{ origin, wait: async () => {}, now: () => time },
      async fetch() {
        time += 59_000;
        return Response.json([], { headers: { link: `<${origin}/api/v1/apps?after=${time}>; rel="next"` } });
      },
    });
    await expect(okta.list('/api/v1/apps', 'applications')).rejects.toThrow('has no end');
    expect(time - now).toBeLessThan(11 * 60_000);
  });

  it.each([200, 403, 503])(
    'reads no more of an answer than one of Okta has, whatever its status: %i',
    async (status) => {
      let sent = 0;
      let isCancelled = false;
      const body = () =>
        new ReadableStream({
          pull(controller) {
            sent += 1;
            controller.enqueue(new Uint8Array(1024 * 1024).fill(32));
          },
          cancel() {
            isCancelled = true;
          },
        });
      const { okta } = api(...Array.from({ length: 9 }, () => () => new Response(body(), { status })));
      await expect(okta.get('/api/v1/apps/x', 'applications')).rejects.toThrow('larger than any of Okta');
      await expect(okta.send('POST', '/api/v1/apps', 'applications', {})).rejects.toThrow('larger than any of Okta');
      expect(sent).toBeLessThan(2 * 13);
      expect(isCancelled).toBe(true);
    },
  );

  it('tells an answer that breaks off', async () => {
    const broken = new ReadableStream({ pull: (controller) => controller.error(new Error('canary')) });
    const { okta } = api(() => new Response(broken));
    await expect(okta.get('/api/v1/apps/x', 'applications')).rejects.toThrow(/^The answer broke off/);
  });

  it('waits for the reset that a 429 names, and sends the request again', async () => {
    const reset = {
      'x-rate-limit-limit': '10',
      'x-rate-limit-remaining': '0',
      'x-rate-limit-reset': String(now / 1000 + 20),
    };
    const { okta, requests, waits } = api(answer(429, envelope('E0000047'), reset), answer(200, { id: '0oa1' }));
    expect(await okta.send('POST', '/api/v1/apps', 'applications', { label: 'a' })).toEqual({ id: '0oa1' });
    expect(waits).toEqual([21_000]);
    expect(requests).toEqual(Array(2).fill(['POST', '/api/v1/apps', { label: 'a' }]));
  });

  it('waits longer each time while Okta sorts its policies, and gives up with a reason', async () => {
    const { okta, waits } = api(...Array.from({ length: 7 }, () => answer(423, envelope('E0000239'))));
    const error = await okta.send('POST', '/api/v1/policies', 'policies', {}).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(OktaRefusal);
    expect((error as OktaRefusal).refused).toMatchObject({ status: 423, code: 'E0000239', writes: true });
    expect(waits).toHaveLength(6);
    expect(waits.at(-1)).toBeGreaterThan(Number(waits[0]) * 8);
  });

  it('repeats a read that failed, and never a write', async () => {
    const read = api(answer(503, undefined), answer(200, { id: 'x' }));
    expect(await read.okta.get('/api/v1/apps/x', 'applications')).toEqual({ id: 'x' });
    const write = api(answer(503, undefined));
    await expect(write.okta.send('POST', '/api/v1/apps', 'applications', {})).rejects.toBeInstanceOf(OktaRefusal);
    expect(write.requests).toHaveLength(1);
  });

  it('takes what is not there for nothing, and for deleted', async () => {
    const { okta } = api(answer(404, envelope('E0000007')), answer(404, envelope('E0000007')), answer(204, undefined));
    expect(await okta.get('/api/v1/users/x', 'users')).toBeUndefined();
    expect(await okta.send('DELETE', '/api/v1/users/x', 'users')).toEqual({});
    expect(await okta.send('DELETE', '/api/v1/users/x', 'users')).toEqual({});
  });

  it('reads the code of a challenge, and repeats no text of the answer', async () => {
    const challenge = { 'www-authenticate': 'DPoP error="insufficient_scope", error_description="canary-summary"' };
    const { okta } = api(answer(403, undefined, challenge), answer(403, envelope('E0000006')));
    for (const code of ['insufficient_scope', 'E0000006']) {
      const error = await okta.get('/api/v1/apps/x', 'applications').catch((thrown: unknown) => thrown);
      expect((error as OktaRefusal).refused.code).toBe(code);
      expect(String(error)).not.toContain('canary');
    }
  });

  it('knows a duplicate by its words, and repeats none of them', async () => {
    const text = 'canary: An object with this field already exists in the current organization';
    const body = { ...envelope('E0000001'), errorCauses: [{ errorSummary: text }] };
    const { okta } = api(answer(400, body));
    const error = await okta.send('POST', '/api/v1/groups', 'groups', {}).catch((thrown: unknown) => thrown);
    expect((error as OktaRefusal).refused.exists).toBe(true);
    expect(String(error)).not.toContain('canary');
  });

  it('takes an answer that is no JSON for that of something in between', async () => {
    const { okta } = api(() => new Response('<html>canary</html>'));
    const error = await okta.get('/api/v1/apps/x', 'applications').catch((thrown: unknown) => thrown);
    expect((error as OktaRefusal).refusal.isTotal).toBe(true);
    expect(String(error)).not.toContain('canary');
  });

  it("sends an API token in Okta's own scheme", async () => {
    let sent: FetchInit | undefined;
    const fetch = withApiToken('00token', async (_, init) => {
      sent = init;
      return new Response();
    });
    await fetch(origin, { headers: { accept: 'application/json' } });
    expect(sent?.headers).toEqual({ accept: 'application/json', authorization: 'SSWS 00token' });
  });
});
